"""One app of ours at api.weixin.qq.com: its token, and the calls that carry it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core import clock
from wechat.errors import STALE_TOKEN, of_api
from wechat.schemas import TokenAnswer, read
from wechat.tokens import Token, Tokens
from wechat.transport import Repeat, Transport, errcode_of


class Caller:
    """A mini program or an official account. Problems are those of `wechat.errors`."""

    def __init__(self, app_id: str, secret: str, url: str) -> None:
        self._app_id, self._secret = app_id, secret
        self.transport = Transport(url)
        self.tokens = Tokens(app_id, self._fetch_token)

    async def close(self) -> None:
        """Let the connections go."""
        await self.transport.close()

    async def answer(
        self,
        name: str,
        method: str,
        path: str,
        *,
        repeat: Repeat,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Call with the token, and once more with a new one when WeChat refuses the token.

        The answer is WeChat's, whatever its errcode.
        """

        async def once(token: str) -> dict[str, Any]:
            given = {**(params or {}), "access_token": token}
            return await self.transport.call(
                name, method, path, params=given, body=body, repeat=repeat
            )

        token = await self.tokens.get()
        answer = await once(token)
        if errcode_of(answer) in STALE_TOKEN:
            answer = await once(await self.tokens.get(stale=token))
        return answer

    async def _fetch_token(self, force: bool) -> Token:
        began = clock.now()
        answer = await self.transport.call(
            "stable_token",
            "POST",
            "/cgi-bin/stable_token",
            body={
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._secret,
                "force_refresh": force,
            },
            repeat=Repeat.ANY,
        )
        check("stable_token", answer)
        given: TokenAnswer = read(TokenAnswer, answer)
        return Token(given.access_token, began + timedelta(seconds=given.expires_in))


def check(name: str, answer: Mapping[str, Any]) -> None:
    """Raises the problem that the answer's errcode stands for."""
    if errcode := errcode_of(answer):
        raise of_api(name, errcode)
