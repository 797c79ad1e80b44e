"""The official account's API: who somebody is, and template messages."""

from collections.abc import Mapping
from typing import Any, Final

from wechat import rules
from wechat.calling import Caller, check
from wechat.schemas import FollowerAnswer, read
from wechat.settings import Official
from wechat.transport import Repeat, errcode_of

SENT_BEFORE: Final = 45065
"""What WeChat answers to a number it knows already, where it does not answer as the first time."""


class OfficialApi(Caller):
    """One official account. Problems are those of `wechat.errors`."""

    def __init__(self, official: Official) -> None:
        super().__init__(official.app_id, official.secret, official.url)
        self._official = official

    async def user(self, openid: str) -> FollowerAnswer:
        """Whether they follow, and who they are. Raises UnknownUser."""
        answer = await self.answer(
            "user_info",
            "GET",
            "/cgi-bin/user/info",
            params={"openid": openid, "lang": "zh_CN"},
            repeat=Repeat.ANY,
        )
        check("user_info", answer)
        found: FollowerAnswer = read(FollowerAnswer, answer)
        return found

    async def send(
        self,
        openid: str,
        template_id: str,
        values: Mapping[str, rules.Value],
        *,
        number: str,
        page: str = "",
    ) -> str:
        """Send a template message; texts are cut to fit. WeChat's own name for it (`msgid`).

        `number` is ours (`client_msg_id`): for ten minutes WeChat sends only one message of that
        number to this openid, so that a call whose answer was lost may be made again.
        Raises NotFollowing, UnknownUser, MessageRefused, TooFast, Misconfigured.
        """
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "client_msg_id": number,
            "data": rules.fit_all(values),
        }
        if page:
            body["miniprogram"] = {"appid": self._official.opens, "pagepath": page}
        answer = await self.answer(
            "template_send",
            "POST",
            "/cgi-bin/message/template/send",
            body=body,
            repeat=Repeat.ANY,
        )
        if errcode_of(answer) != SENT_BEFORE:
            check("template_send", answer)
        return str(answer.get("msgid", ""))[:64]
