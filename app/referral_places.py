"""Referrals × booking: who was accepted is offered a place of the receiving department.

国办发〔2017〕32号: the receiving hospital sees referred patients first. `care` says whom, `booking`
keeps the place; the resident takes it with one tap, or does not.
"""

from dataclasses import dataclass
from uuid import UUID

from booking import offering
from booking.models import ServiceType
from booking.offering import Wanted
from care.encounter.policy import params as visits
from care.referral.access import subject
from care.referral.events import ReferralMoved
from care.referral.models import ServiceRequest
from care.referral.policy import params
from care.referral.states import Status
from core import clock
from core.outbox import outside


@dataclass(frozen=True, slots=True)
class _Asker:
    """The account that agreed, as the one for whom the place is kept."""

    account_id: UUID
    organization_id: UUID
    name: str = "系统(转诊后留号)"


@outside
async def keep_place(event: ReferralMoved) -> None:
    """A counter place with the doctor who accepted, or else in the same department."""
    if event.action != "accept":
        return
    row = await ServiceRequest.get(id=event.referral_id)
    asked, doctor = row.account_id, row.answered_by_id
    if row.status is not Status.ACCEPTED or not row.keep_place or not asked or not doctor:
        return
    wanted = Wanted(
        service_type=ServiceType.VISIT,
        department=row.department,
        practitioner_id=doctor,
        after=clock.now() + visits().journey,
        organization_id=row.to_organization_id,
    )
    await offering.keep(
        _Asker(asked, row.to_organization_id),
        row.patient_id,
        wanted,
        about=subject(row.id),
        hold=params().keep,
    )
