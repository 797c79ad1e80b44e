"""The neighbour's consent to a booking by the clinic: signed on screen, for this appointment."""

from typing import Final
from uuid import UUID

from booking.access import Side, open_appointment
from booking.models import Appointment, Channel
from booking.states import Status
from booking.words import SERVICE
from care.consent import queries
from care.consent.models import Consent
from care.consent.subjects import ConsentSubject, subject_of
from core.errors import Conflict
from people.actor import Actor
from people.specialties import SPECIALTIES

KIND: Final = "booking"


@subject_of(KIND)
async def consent_subject(actor: Actor, appointment_id: UUID) -> ConsentSubject:
    """The held place, with the fee of its schedule."""
    view = await open_appointment(actor, appointment_id)
    view.require(Side.CLINIC)
    row = view.appointment
    if row.status is not Status.HELD:
        raise Conflict("hold_over", "这个号已经不在保留中,不用再签。")
    department = SPECIALTIES.get(row.schedule.department, "")
    return ConsentSubject(
        subject=f"Appointment/{row.id}",
        patient_id=row.patient_id,
        fee_fen=row.fee_fen,
        what=f"{row.schedule.organization.name} {department}{SERVICE[row.schedule.service_type]}",
        back=f"/bookings/{row.id}",
    )


async def consent_of(row: Appointment) -> Consent | None:
    """What the neighbour signed for this appointment."""
    return await queries.valid(
        row.patient_id, KIND, subject=f"Appointment/{row.id}", fee_fen=row.fee_fen
    )


async def require_consent(row: Appointment) -> None:
    """Raise Conflict while a clinic's booking is not agreed to."""
    owed = row.channel is Channel.VILLAGE and row.status is Status.HELD
    if owed and await consent_of(row) is None:
        raise Conflict("consent_missing", "请先让居民(或家属)看过同意书并签字。")
