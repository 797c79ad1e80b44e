"""States of a consultation and of each doctor invited to it, as tables (远程规范; docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a consultation stands. The comment says who is waited for."""

    DRAFT = "draft"  # the inviter
    SUBMITTED = "submitted"  # the asked specialist
    ACCEPTED = "accepted"  # the specialist: look, ask for material, or begin
    MATERIAL_REQUESTED = "material_requested"  # the inviter
    MATERIAL_READY = "material_ready"  # the specialist
    SCHEDULED = "scheduled"  # the agreed time
    WAITING = "waiting"  # somebody is before the door or in the room, alone
    IN_SESSION = "in_session"  # both sides are in the room
    OPINION_DRAFT = "opinion_draft"  # the experts' signatures
    OPINION_SIGNED = "opinion_signed"  # the inviter's decision
    FEEDBACK = "feedback"  # the archive
    ARCHIVED = "archived"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ABORTED = "aborted"  # for technical reasons
    CONVERTED_TO_REFERRAL = "converted_to_referral"


class ExpertStatus(StrEnum):
    """Where one invited doctor stands, apart from the consultation as a whole."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    DECLINED = "declined"
    MISSED = "missed"  # did not answer in time
    WITHDRAWN = "withdrawn"  # no longer needed: a colleague was faster, or redirected


S = Status

CONSULTATION: Final[Table[Status]] = {
    (S.DRAFT, "submit"): S.SUBMITTED,
    (S.DRAFT, "cancel"): S.CANCELLED,
    (S.SUBMITTED, "accept"): S.ACCEPTED,
    (S.SUBMITTED, "decline"): S.DECLINED,
    (S.SUBMITTED, "expire"): S.EXPIRED,
    (S.SUBMITTED, "redirect"): S.SUBMITTED,
    (S.SUBMITTED, "escalate"): S.SUBMITTED,
    (S.SUBMITTED, "cancel"): S.CANCELLED,
    (S.SUBMITTED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.ACCEPTED, "request_material"): S.MATERIAL_REQUESTED,
    (S.ACCEPTED, "schedule"): S.SCHEDULED,
    (S.ACCEPTED, "open"): S.WAITING,
    (S.ACCEPTED, "read"): S.OPINION_DRAFT,
    (S.ACCEPTED, "redirect"): S.SUBMITTED,
    (S.ACCEPTED, "cancel"): S.CANCELLED,
    (S.ACCEPTED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.MATERIAL_REQUESTED, "provide_material"): S.MATERIAL_READY,
    (S.MATERIAL_REQUESTED, "cancel"): S.CANCELLED,
    (S.MATERIAL_REQUESTED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.MATERIAL_READY, "request_material"): S.MATERIAL_REQUESTED,
    (S.MATERIAL_READY, "schedule"): S.SCHEDULED,
    (S.MATERIAL_READY, "open"): S.WAITING,
    (S.MATERIAL_READY, "read"): S.OPINION_DRAFT,
    (S.MATERIAL_READY, "redirect"): S.SUBMITTED,
    (S.MATERIAL_READY, "cancel"): S.CANCELLED,
    (S.MATERIAL_READY, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.SCHEDULED, "reschedule"): S.SCHEDULED,
    (S.SCHEDULED, "open"): S.WAITING,
    (S.SCHEDULED, "cancel"): S.CANCELLED,
    (S.SCHEDULED, "abort"): S.ABORTED,
    (S.SCHEDULED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.WAITING, "begin"): S.IN_SESSION,
    (S.WAITING, "reschedule"): S.SCHEDULED,
    (S.WAITING, "cancel"): S.CANCELLED,
    (S.WAITING, "abort"): S.ABORTED,
    (S.WAITING, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.IN_SESSION, "end"): S.OPINION_DRAFT,
    (S.IN_SESSION, "abort"): S.ABORTED,
    (S.IN_SESSION, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.OPINION_DRAFT, "sign"): S.OPINION_SIGNED,
    (S.OPINION_SIGNED, "correct"): S.OPINION_SIGNED,
    (S.OPINION_SIGNED, "decide"): S.FEEDBACK,
    (S.FEEDBACK, "correct"): S.FEEDBACK,
    (S.FEEDBACK, "archive"): S.ARCHIVED,
    (S.ARCHIVED, "correct"): S.ARCHIVED,
    (S.DECLINED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.EXPIRED, "convert"): S.CONVERTED_TO_REFERRAL,
    (S.ABORTED, "convert"): S.CONVERTED_TO_REFERRAL,
}

E = ExpertStatus

EXPERT: Final[Table[ExpertStatus]] = {
    (E.INVITED, "accept"): E.ACCEPTED,
    (E.INVITED, "decline"): E.DECLINED,
    (E.INVITED, "miss"): E.MISSED,
    (E.INVITED, "withdraw"): E.WITHDRAWN,
    (E.ACCEPTED, "withdraw"): E.WITHDRAWN,
    (E.ACCEPTED, "sign"): E.SIGNED,
    (E.SIGNED, "correct"): E.SIGNED,
    (E.DECLINED, "invite"): E.INVITED,
    (E.MISSED, "invite"): E.INVITED,
    (E.MISSED, "accept"): E.ACCEPTED,
    (E.WITHDRAWN, "invite"): E.INVITED,
}

LIVE: Final = frozenset(
    {
        S.SUBMITTED,
        S.ACCEPTED,
        S.MATERIAL_REQUESTED,
        S.MATERIAL_READY,
        S.SCHEDULED,
        S.WAITING,
        S.IN_SESSION,
        S.OPINION_DRAFT,
        S.OPINION_SIGNED,
        S.FEEDBACK,
    }
)
OVER: Final = frozenset(set(Status) - LIVE - {S.DRAFT})
ROOM_OPEN: Final = frozenset({S.ACCEPTED, S.MATERIAL_READY, S.SCHEDULED, S.WAITING, S.IN_SESSION})
WRITING: Final = frozenset({S.IN_SESSION, S.OPINION_DRAFT})
WORKING: Final = (E.ACCEPTED, E.SIGNED)
