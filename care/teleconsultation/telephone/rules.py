"""Pure decisions about telephone calls."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from care.teleconsultation.states import LIVE, Status
from care.teleconsultation.telephone.models import Outcome, PhoneCall
from core import clock
from people.masking import mask_phone

# From the moment somebody has answered until the report is being made.
LOGGING: Final = LIVE - {Status.SUBMITTED, Status.FEEDBACK}
OLDEST: Final = timedelta(days=7)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
LONGEST_MINUTES: Final = 600
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "接通",
    Outcome.NO_ANSWER: "没人接",
    Outcome.UNREACHABLE: "打不通",
}
_DIALLED: Final = re.compile(r"\+?\d{3,20}")  # 120, 05395550100, +8613812345678


def tidy_number(typed: str) -> str:
    """The number as it is dialled. Raises ValueError with a sentence."""
    bare = re.sub(r"[\s()()\-—]+", "", typed)
    if not _DIALLED.fullmatch(bare):
        raise ValueError("号码只能有数字,例如 0539-5550100 或 13812345678")
    return bare


def wrong_time(called_at: datetime, moment: datetime) -> str:
    """Why this cannot be when the call was made, in words; empty when it can."""
    if called_at > moment + CLOCKS_DIFFER:
        return "这个时间还没有到"
    if called_at < moment - OLDEST:
        return f"只能补记 {OLDEST.days} 天以内的电话"
    return ""


def result_words(call: PhoneCall) -> str:
    """接通,通话 5 分钟."""
    words = OUTCOMES[call.outcome]
    return f"{words},通话 {call.minutes} 分钟" if call.minutes else words


def whom_words(call: PhoneCall) -> str:
    """病人 138****1234: the number is never shown whole."""
    return f"{call.callee} {mask_phone(call.number)}"


def sentence(call: PhoneCall) -> str:
    """One line for the timeline, where the caller stands beside it."""
    return f"电话联系:打给{whom_words(call)},{result_words(call)}"


def line(call: PhoneCall) -> str:
    """One line for the conversation and the report, with caller, time and note."""
    at = call.called_at.astimezone(clock.SHANGHAI)
    said = f"{call.caller_name} {at:%H:%M} 打给{whom_words(call)},{result_words(call)}"
    return f"{said}。{call.note}" if call.note else said
