"""What follows a try, and when: pure decisions of sending.

A channel answers with a code (`wechat.errors`, the SMS gateway's). The table says what to do with
each; what it does not name is tried again later, so many times, and then goes to the next channel.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from core.quiet import Quiet

C = TypeVar("C")


class Verdict(Enum):
    """What an answer means for the message.

    NEXT: this channel will not take it. LATER: it may, in a while. UNSURE: it may have been taken.
    """

    NEXT = "next"
    LATER = "later"
    UNSURE = "unsure"


TABLE: Final[dict[str, Verdict]] = {
    "wechat_no_credit": Verdict.NEXT,  # 43101: has not agreed to another one
    "wechat_service_muted": Verdict.NEXT,  # 43107, 43108: switched off in WeChat
    "wechat_no_template": Verdict.NEXT,  # the operator has none for this topic
    "wechat_user_unknown": Verdict.NEXT,  # 40003: the WeChat account is gone
    "wechat_user_blocked": Verdict.NEXT,  # 40226
    "wechat_message_field": Verdict.NEXT,  # 47003: our mistake, the log says so
    "wechat_template_unknown": Verdict.NEXT,  # 40037: the operator's to mend, the log says so
    "wechat_template_banned": Verdict.NEXT,  # 43116: the same
    "wechat_page": Verdict.NEXT,  # 40165: our mistake
    "wechat_not_following": Verdict.NEXT,  # 43004, or nobody we know of follows
    "wechat_official_off": Verdict.NEXT,  # no official account is set up
    "wechat_off": Verdict.NEXT,  # no mini program is set up
    "wechat_busy": Verdict.LATER,  # -1
    "wechat_quota": Verdict.LATER,  # 45009
    "wechat_too_fast": Verdict.LATER,  # 45011
    "wechat_refused": Verdict.LATER,  # the operator's to mend
    "wechat_unreachable": Verdict.LATER,
    "sms_number": Verdict.NEXT,  # no such number
    "sms_blocked": Verdict.NEXT,  # has answered TD, or is on the carrier's list
    "sms_text": Verdict.NEXT,  # the text was not approved
    "sms_off": Verdict.NEXT,
    "no_phone": Verdict.NEXT,  # we know no number
    "switched_off": Verdict.NEXT,  # by the resident
    "account_closed": Verdict.NEXT,
    "deceased": Verdict.NEXT,  # nobody is asked to call somebody who has died
    "sms_busy": Verdict.LATER,
    "sms_silent": Verdict.LATER,
}
WAITS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
"""Between tries on one channel; after the last of them the next channel has its turn."""


def verdict(code: str, *, uncertain: bool = False) -> Verdict:
    """What an answer with this code means; `uncertain`: it may have been carried out."""
    return Verdict.UNSURE if uncertain else TABLE.get(code, Verdict.LATER)


def wait(tries: int) -> timedelta | None:
    """How long until the next try after so many; None when they are used up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def after(
    ladder: Sequence[C], channel: C | None, *, closed: Collection[C] = frozenset()
) -> C | None:
    """The channel that follows on the topic's ladder; the first one after None.

    `closed` ones are passed over, also when the message stands on one of them.
    """
    if channel is not None and channel not in ladder:
        return None
    rest = ladder if channel is None else ladder[ladder.index(channel) + 1 :]
    return next((one for one in rest if one not in closed), None)


def first_for_patient(ladder: Sequence[str]) -> Any:
    """The first channel that needs no account of the mini program; None without one."""
    return next((channel for channel in ladder if channel in ("sms", "phone")), None)


JOURNEY: Final = timedelta(hours=2)
"""From a village to the county town (our own assumption; no rule names it)."""


def cannot_wait(quiet: Quiet, moment: datetime, starts_at: datetime) -> bool:
    """Whether somebody has set out already when the next quiet is over, and hears it too late."""
    return starts_at - JOURNEY < quiet.next_end(moment)


def is_known(*, began: datetime, moment: datetime, remembers: timedelta) -> bool:
    """Whether a channel that knows messages by our number would still know one that may have
    left at `began`, and not bring it again."""
    return moment - began <= remembers


def may_be_sent_again(*, began: datetime, heard_of: datetime | None) -> bool:
    """Whether silence about a message means that it was not sent.

    A channel that tells the end of every message (WeChat: `subscribe_msg_sent_event`) and has
    told it of one that began later would have told it of this one too. When it has told nothing,
    it may be we who cannot hear, and nobody is told twice by guessing.
    """
    return heard_of is not None and heard_of > began
