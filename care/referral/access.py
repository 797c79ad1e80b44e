"""The only doors to a referral: the doctor who refers, the doctors of the receiving department
once it was sent, and the accounts that may talk with doctors for the patient.

For everybody else it does not exist. What the department sees of the patient ends with it.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from care.referral.models import ServiceRequest
from care.referral.places import specialty_of
from care.referral.states import OPENS, Status
from core.audit import audit, refused
from core.errors import Forbidden, NotFound
from people.actor import CLINICIANS, Actor
from people.residents import access as residents
from people.residents.actor import Resident
from people.residents.models import Scope

LOADED = (
    "patient",
    "requester",
    "from_organization",
    "to_organization",
    "answered_by",
    "encounter",
)


def subject(referral_id: UUID | str) -> str:
    """The name of a referral in audit, outbox and grants."""
    return f"ServiceRequest/{referral_id}"


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as a doctor may see it; everybody in it is loaded."""

    referral: ServiceRequest
    actor: Actor

    @property
    def sends(self) -> bool:
        """Whether this is the doctor who refers."""
        return self.referral.requester_id == self.actor.practitioner_id

    @property
    def opens(self) -> bool:
        """Whether the summary and the record may be read: by the sender always, by the receiving
        department while the referral runs."""
        return self.sends or self.referral.status in OPENS

    @property
    def named(self) -> bool:
        """Whether the patient's whole name is shown: a department keeps whom it has seen."""
        return self.opens or self.referral.status is Status.CLOSED

    def require_receiver(self) -> None:
        """Raise Forbidden for the sender."""
        if self.sends:
            raise Forbidden("not_yours", "由接收科室来答复。")

    def require_sender(self) -> None:
        """Raise Forbidden for the receiving department."""
        if not self.sends:
            raise Forbidden("not_yours", "由转出的医生来操作。")


async def incoming(actor: Actor) -> Q:
    """The filter for what was sent to this doctor's department, nothing for others."""
    department = await specialty_of(actor)
    if not department or not actor.has(*CLINICIANS):
        return Q(id__in=[])
    return Q(to_organization_id=actor.organization_id, department=department, sent_at__isnull=False)


async def open_referral(actor: Actor, referral_id: UUID, *, lock: bool = False) -> ReferralView:
    """One referral, as its sender or as a doctor of the receiving department; the look is
    audited. Raises NotFound, which does not tell whether it exists."""
    rows: Any = ServiceRequest.filter(id=referral_id)
    rows = rows.filter(Q(requester_id=actor.practitioner_id) | await incoming(actor))
    row = await (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise refused(_unknown(), actor, "referral.open", subject(referral_id))
    await row.fetch_related(*LOADED)
    if not lock:
        await audit(actor, "referral.open", subject(row.id), patient_id=row.patient_id)
    return ReferralView(row, actor)


async def open_own(who: Resident, referral_id: UUID, *, lock: bool = False) -> ServiceRequest:
    """One of the account's patients'. Raises NotFound alike for strangers and for nothing."""
    rows: Any = ServiceRequest.filter(id=referral_id)
    row: ServiceRequest | None = await (rows.select_for_update() if lock else rows).first()
    if row is None or row.patient_id not in await residents.own_patient_ids(who, Scope.CHAT):
        raise refused(_unknown(), who, "resident.referral", subject(referral_id))
    await row.fetch_related(*LOADED)
    return row


def _unknown() -> NotFound:
    return NotFound("referral_not_found", "没有找到这个转诊。")
