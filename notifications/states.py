"""States of one attempt to deliver a communication (docs/states/delivery.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Delivery(StrEnum):
    """Where an attempt stands. The comment says what is known of the message."""

    SENDING = "sending"  # a process is at it, or was killed at it
    SENT = "sent"  # the channel took it
    NO_CONSENT = "no_consent"  # the resident has not agreed to messages of this kind
    REFUSED = "refused"  # the channel will never take it
    FAILED = "failed"  # certainly not sent, to be tried again
    UNSURE = "unsure"  # perhaps sent: not tried again, nobody is told twice by guessing


DELIVERY: Final[Table[Delivery]] = {
    (Delivery.SENDING, "accept"): Delivery.SENT,
    (Delivery.SENDING, "lack_consent"): Delivery.NO_CONSENT,
    (Delivery.SENDING, "refuse"): Delivery.REFUSED,
    (Delivery.SENDING, "fail"): Delivery.FAILED,
    (Delivery.SENDING, "lose"): Delivery.UNSURE,
    (Delivery.FAILED, "retry"): Delivery.SENDING,
}
