"""The mini program's API: who signs in, their phone number, subscribe messages, content check."""

from collections.abc import Mapping
from typing import Any, Final

from wechat import rules
from wechat.calling import Caller, check
from wechat.errors import of_api
from wechat.schemas import (
    LoginSession,
    PhoneNumber,
    Scene,
    Suggestion,
    Verdict,
    read,
)
from wechat.settings import MiniProgram
from wechat.transport import Repeat

LONGEST_TEXT: Final = 2500
LONGEST_CODE: Final = 128
NO_CODE: Final = 41008
MOST_PIECES: Final = 4
_GRAVITY: Final = (Suggestion.PASS, Suggestion.REVIEW, Suggestion.RISKY)


class Api(Caller):
    """One mini program. Problems are those of `wechat.errors`."""

    def __init__(self, program: MiniProgram) -> None:
        super().__init__(program.app_id, program.secret, program.url)
        self._program = program

    async def login(self, code: str) -> LoginSession:
        """Exchange the code of `wx.login`, which is good for five minutes and once.

        Raises CodeRefused, UserBlocked, TooFast.
        """
        _check_code("jscode2session", code)
        answer = await self.transport.call(
            "jscode2session",
            "GET",
            "/sns/jscode2session",
            params={
                "appid": self._program.app_id,
                "secret": self._program.secret,
                "js_code": code,
                "grant_type": "authorization_code",
            },
            repeat=Repeat.UNSENT,
        )
        check("jscode2session", answer)
        session: LoginSession = read(LoginSession, answer)
        return session

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange the code of the getPhoneNumber button; each success costs 0.03 yuan."""
        _check_code("getuserphonenumber", code)
        answer = await self._with_token(
            "getuserphonenumber",
            "/wxa/business/getuserphonenumber",
            {"code": code},
            Repeat.UNSENT,
        )
        phone: PhoneNumber = read(PhoneNumber, answer.get("phone_info"))
        return phone

    async def send(
        self, openid: str, template_id: str, values: Mapping[str, rules.Value], *, page: str = ""
    ) -> str:
        """Send a subscribe message; texts are cut to fit. Raises NoCredit, UnknownUser.

        The answer is WeChat's own name for the message (`msgid`), by which its word about the
        end of it refers to it.

        Not repeated by itself once it may have arrived: an answer that was lost has used up the
        user's agreement.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": rules.fit_all(values),
            "miniprogram_state": self._program.state,
            "lang": "zh_CN",
        }
        answer = await self._with_token(
            "subscribe_send", "/cgi-bin/message/subscribe/send", body, Repeat.UNSENT
        )
        return str(answer.get("msgid", ""))[:64]

    async def check_text(self, openid: str, text: str, scene: Scene) -> Verdict:
        """What WeChat thinks of a public text; of several pieces the gravest verdict.

        Medical words give false hits: let a person decide, never block care by it.
        Raises NotRecentlySeen for a user who was not in the mini program within two hours.
        """
        gravest = Verdict(suggest=Suggestion.PASS)
        most = LONGEST_TEXT * MOST_PIECES
        for start in range(0, min(len(text), most), LONGEST_TEXT):
            piece = text[start : start + LONGEST_TEXT]
            verdict = await self._check_piece(openid, piece, scene)
            if _GRAVITY.index(verdict.suggest) > _GRAVITY.index(gravest.suggest):
                gravest = verdict
        if len(text) > most and gravest.suggest is Suggestion.PASS:
            return Verdict(suggest=Suggestion.REVIEW)
        return gravest

    async def _check_piece(self, openid: str, piece: str, scene: Scene) -> Verdict:
        body = {"version": 2, "openid": openid, "scene": int(scene), "content": piece}
        answer = await self._with_token("msg_sec_check", "/wxa/msg_sec_check", body, Repeat.ANY)
        verdict: Verdict = read(Verdict, answer.get("result"))
        return verdict

    async def _with_token(
        self, name: str, path: str, body: Mapping[str, Any], repeat: Repeat
    ) -> dict[str, Any]:
        answer = await self.answer(name, "POST", path, body=body, repeat=repeat)
        check(name, answer)
        return answer


def _check_code(name: str, code: str) -> None:
    """Spare WeChat what cannot be a code."""
    if not 1 <= len(code) <= LONGEST_CODE:
        raise of_api(name, NO_CODE)
