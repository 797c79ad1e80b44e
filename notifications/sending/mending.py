"""Which messages are kept to be sent again after a mistake of the house's: pure decisions.

A channel can refuse because of the one who is told (no agreement, no number) or because of the
house and its suppliers (a wrong field, a key that ended, a gateway that is down). The first is an
answer, the second can be mended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from notifications.states import Delivery

MENDABLE: Final = frozenset(
    {
        "wechat_message_field",  # 47003: the template's fields are others than we think
        "wechat_template_unknown",  # 40037
        "wechat_template_banned",  # 43116
        "wechat_page",  # 40165
        "wechat_refused",  # an errcode of the operator's: secret, address list, template gone
        "wechat_unreachable",
        "wechat_busy",
        "wechat_quota",  # 45009: more may be asked for in the back office
        "wechat_too_fast",
        "sms_text",  # the text was not approved
        "sms_busy",
        "sms_silent",
    }
)
"""Not here: a channel or a template that the house does not have. That is a decision, and what it
keeps back would grow for ever."""
MAY_HAVE_ARRIVED: Final = frozenset(
    {Delivery.SENDING, Delivery.SENT, Delivery.UNSURE, Delivery.GIVEN_UP}
)
NOT_HEARD_OF: Final = "not_heard_of"
"""Failed, as far as a channel knew our number at that time. Days later it may have forgotten."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt, as far as it matters here."""

    channel: str
    status: Delivery
    code: str

    @property
    def may_have_arrived(self) -> bool:
        """Whether it could be told twice by sending it again."""
        return self.status in MAY_HAVE_ARRIVED or self.code == NOT_HEARD_OF


def channel_to_mend(ladder: Sequence[str], tries: Iterable[Tried]) -> str | None:
    """Where it is to be sent again once the mistake is mended; None when that would help nobody.

    Nothing is sent again that may have arrived by any channel. A channel that has answered for
    the recipient (REFUSED, NO_CONSENT with a code of theirs) is not asked once more.
    """
    tries = list(tries)
    if any(one.may_have_arrived for one in tries):
        return None
    ours = {one.channel for one in tries if one.code in MENDABLE}
    answered = {
        one.channel
        for one in tries
        if one.status in (Delivery.REFUSED, Delivery.NO_CONSENT) and one.code not in MENDABLE
    }
    return next((channel for channel in ladder if channel in ours - answered), None)
