"""Text messages: the adapter to whoever sends them, and the demo's inbox.

A real provider sends approved templates only, so a message is a template's name and its values.
The sentence lives here for the sandbox and for whoever applies for the template. Set up as
`docs/howto/residents.md` says. Never called inside a transaction; never logged.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from core import clock
from core.errors import Unavailable
from people.masking import mask_phone

OFF: Final = "本院还没有开通短信,请带证件到卫生室或医院窗口办理。"


class Template(StrEnum):
    """The messages this house sends, by the name under which the provider knows them."""

    PROXY_CODE = "proxy_code"
    OWN_CODE = "own_code"
    CONTRACT_CODE = "contract_code"
    DUTY_CODE = "duty_code"


SENTENCES: Final[Mapping[Template, str]] = {
    Template.PROXY_CODE: (
        "{who}想用微信替您在{hospital}{what}。您愿意,就把验证码 {code} 告诉对方,"
        "{minutes} 分钟内有效;不认识对方,请不要告诉任何人。"
    ),
    Template.OWN_CODE: (
        "您正在{hospital}办理实名,验证码 {code},{minutes} 分钟内有效。请不要告诉任何人。"
    ),
    Template.CONTRACT_CODE: (
        "您正在和{hospital}{team}签订家庭医生签约服务协议,同意就填验证码 {code},"
        "{minutes} 分钟内有效。没有申请过的,请不要告诉任何人。"
    ),
    Template.DUTY_CODE: (
        "您正在{hospital}登记值班电话,验证码 {code},{minutes} 分钟内有效。请不要告诉任何人。"
    ),
}


class Sms(Protocol):
    """Whoever sends. Raises Unavailable."""

    async def send(self, phone: str, template: Template, values: Mapping[str, str]) -> None: ...


class Off:
    """No provider is set up."""

    async def send(self, phone: str, template: Template, values: Mapping[str, str]) -> None:
        """Say so."""
        raise Unavailable("sms_off", OFF)


@dataclass(frozen=True, slots=True)
class Received:
    """A message in the sandbox's inbox."""

    phone: str
    text: str
    at: str


class Sandbox:
    """The demo's provider: a file, one line a message."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "inbox.jsonl"

    async def send(self, phone: str, template: Template, values: Mapping[str, str]) -> None:
        """Put it into the inbox."""
        text = SENTENCES[template].format_map(values)
        line = json.dumps(
            {"phone": phone, "text": text, "at": clock.now().isoformat()}, ensure_ascii=False
        )
        await asyncio.to_thread(self._append, line)

    async def inbox(self, phone: str) -> list[Received]:
        """What arrived at this number, or at numbers masked like this, newest first."""
        lines = await asyncio.to_thread(self._lines)
        found = [Received(**json.loads(line)) for line in reversed(lines)]
        return [one for one in found if phone in (one.phone, mask_phone(one.phone))]

    def _append(self, line: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a") as file:
            file.write(line + "\n")

    def _lines(self) -> list[str]:
        return self._file.read_text().splitlines() if self._file.exists() else []


_sender: Sms = Off()


def configure(sender: Sms) -> None:
    """Set who sends; the composition root calls this."""
    global _sender
    _sender = sender


def sender() -> Sms:
    """Who sends."""
    return _sender
