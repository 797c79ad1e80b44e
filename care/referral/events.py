"""What happened to referrals that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMoved(Event):
    """A step of the table was taken; `by` is resident, doctor, department or clock."""

    name: ClassVar[str] = "care.ReferralMoved"
    referral_id: str
    encounter_id: str
    patient_id: str
    requester_id: str
    to_organization_id: str
    department: str
    action: str
    status: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDue(Event):
    """Due when nobody has done what was waited for; counts only in the same `status`."""

    name: ClassVar[str] = "care.ReferralDue"
    referral_id: str
    status: str
