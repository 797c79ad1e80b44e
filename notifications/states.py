"""States of a communication (docs/states/communication.md) and of one attempt to bring it
(docs/states/delivery.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Stage(StrEnum):
    """Where a communication stands. It lies in the inbox from its due moment on in any case."""

    WAITING = "waiting"  # to be sent on its channel when due
    SENDING = "sending"  # a process has it, until its lease ends
    UNSURE = "unsure"  # perhaps sent: the channel's own word is awaited until the due moment
    SENT = "sent"  # a channel took it
    CALLING = "calling"  # a person has been asked to call
    REACHED = "reached"  # the person reached them
    INBOX = "inbox"  # no channel is left, or none is meant: it lies in the inbox
    WITHDRAWN = "withdrawn"  # no longer true before it was sent
    PARKED = "parked"  # kept back by a mistake of the house's, which an operator can mend
    EXPIRED = "expired"  # its time passed before it could be sent


COMMUNICATION: Final[Table[Stage]] = {
    (Stage.WAITING, "take"): Stage.SENDING,
    (Stage.WAITING, "withdraw"): Stage.WITHDRAWN,
    (Stage.SENDING, "accept"): Stage.SENT,
    (Stage.SENDING, "postpone"): Stage.WAITING,
    (Stage.SENDING, "hand_over"): Stage.CALLING,
    (Stage.SENDING, "exhaust"): Stage.INBOX,
    (Stage.SENDING, "park"): Stage.PARKED,
    (Stage.SENDING, "lose"): Stage.UNSURE,
    (Stage.SENDING, "withdraw"): Stage.WITHDRAWN,
    (Stage.SENDING, "expire"): Stage.EXPIRED,
    (Stage.UNSURE, "confirm"): Stage.SENT,
    (Stage.UNSURE, "deny"): Stage.WAITING,
    (Stage.UNSURE, "exhaust"): Stage.INBOX,
    (Stage.SENT, "bounce"): Stage.WAITING,
    (Stage.PARKED, "replay"): Stage.WAITING,
    (Stage.PARKED, "rest"): Stage.INBOX,
    (Stage.PARKED, "expire"): Stage.EXPIRED,
    (Stage.PARKED, "withdraw"): Stage.WITHDRAWN,
    (Stage.CALLING, "reach"): Stage.REACHED,
    (Stage.CALLING, "exhaust"): Stage.INBOX,
    (Stage.CALLING, "withdraw"): Stage.WITHDRAWN,
}


class Delivery(StrEnum):
    """Where an attempt stands. The comment says what is known of the message."""

    SENDING = "sending"  # a process is at it, or was killed at it
    SENT = "sent"  # the channel took it
    NO_CONSENT = "no_consent"  # the resident has not agreed to it, or switched it off
    REFUSED = "refused"  # the channel will never take it
    FAILED = "failed"  # certainly not sent
    UNSURE = "unsure"  # perhaps sent: the channel's own word is awaited
    GIVEN_UP = "given_up"  # perhaps sent, and no word came: not sent again on this channel


DELIVERY: Final[Table[Delivery]] = {
    (Delivery.SENDING, "accept"): Delivery.SENT,
    (Delivery.SENDING, "lack_consent"): Delivery.NO_CONSENT,
    (Delivery.SENDING, "refuse"): Delivery.REFUSED,
    (Delivery.SENDING, "fail"): Delivery.FAILED,
    (Delivery.SENDING, "lose"): Delivery.UNSURE,
    (Delivery.UNSURE, "accept"): Delivery.SENT,
    (Delivery.UNSURE, "refuse"): Delivery.REFUSED,
    (Delivery.UNSURE, "fail"): Delivery.FAILED,
    (Delivery.UNSURE, "give_up"): Delivery.GIVEN_UP,
    (Delivery.SENT, "refuse"): Delivery.REFUSED,
}
IN_FLIGHT: Final = (Delivery.SENDING, Delivery.UNSURE)


class Call(StrEnum):
    """Where a call to a resident stands (docs/states/call.md)."""

    OPEN = "open"  # to be made
    REACHED = "reached"  # they were told
    WRONG_NUMBER = "wrong_number"  # the number is not theirs: the record's phone is to be mended
    UNREACHED = "unreached"  # called often enough
    DROPPED = "dropped"  # no longer needed


CALL: Final[Table[Call]] = {
    (Call.OPEN, "reach"): Call.REACHED,
    (Call.OPEN, "miss"): Call.OPEN,
    (Call.OPEN, "find_wrong"): Call.WRONG_NUMBER,
    (Call.OPEN, "give_up"): Call.UNREACHED,
    (Call.OPEN, "drop"): Call.DROPPED,
}
