"""An appointment for an online visit goes along with its visit, which is decided elsewhere.

The visit's own table is the one that counts; these verbs only follow it, may run twice, and move
nothing that is over.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from booking import service, visits
from booking.events import AppointmentCancelled, VisitRefundDue
from booking.models import Appointment, CancelledBy, Schedule, ServiceType
from booking.states import APPOINTMENT, LIVE, Status
from core import clock, db
from core.audit import SYSTEM, audit
from core.outbox import record
from core.states import advance

PATH: Final = (
    (Status.BOOKED, visits.arrive),
    (Status.CHECKED_IN, visits.call),
    (Status.CALLED, visits.begin),
    (Status.IN_SERVICE, visits.finish),
)


async def fees_of(practitioner_ids: Collection[UUID]) -> dict[UUID, int]:
    """What an online visit costs at each of these doctors, in fen; the highest of several clinics.

    Who costs something is seen with a place that was paid for: so a fee is shown beforehand, and
    goes back, by booking's own rules.
    """
    clinics = Schedule.filter(
        practitioner_id__in=list(practitioner_ids), service_type=ServiceType.ONLINE, active=True
    )
    fees = dict.fromkeys(practitioner_ids, 0)
    for clinic in await clinics.only("id", "practitioner_id", "fee_fen"):
        if clinic.practitioner_id:
            fees[clinic.practitioner_id] = max(fees[clinic.practitioner_id], clinic.fee_fen)
    return fees


async def follow(appointment_id: UUID, to: Status) -> Appointment | None:
    """Walk on until `to`; None when there is no such appointment or it is over."""
    row = await Appointment.get_or_none(id=appointment_id)
    if row is None or row.status not in LIVE:
        return None
    for status, verb in PATH:
        if row.status is to:
            break
        if row.status is status:
            row = await verb(SYSTEM, row)
    return row


async def passed_over(appointment_id: UUID) -> None:
    """Called and not there: back into the line."""
    row = await Appointment.get_or_none(id=appointment_id)
    if row is not None and row.status is Status.CALLED:
        await visits.pass_over(SYSTEM, row)


async def finish(appointment_id: UUID, *, refund: bool) -> None:
    """The visit is over; with `refund` the fee goes back: it was found unfit, or broke off."""
    row = await follow(appointment_id, Status.DONE)
    if row is None or row.status is not Status.DONE or not refund:
        return
    if row.payment not in service.PAID or row.refund_fen:
        return
    async with db.atomic():
        await Appointment.filter(id=row.id).update(refund_fen=row.fee_fen)
        event = VisitRefundDue(
            **service.ids(row), payment=row.payment.value, refund_fen=row.fee_fen
        )
        await record(event, subject=f"Appointment/{row.id}")


async def miss(appointment_id: UUID) -> None:
    """The resident was called and did not come; what had begun already is simply over."""
    row = await Appointment.get_or_none(id=appointment_id)
    if row is not None and row.status is Status.IN_SERVICE:
        await finish(appointment_id, refund=False)
    elif row is not None:
        await visits.miss(appointment_id, after_check_in=True)


async def call_off(appointment_id: UUID, *, by: CancelledBy, reason: str, refund: bool) -> None:
    """It does not happen: the place goes back, and the fee when it is owed."""
    row = await Appointment.get_or_none(id=appointment_id)
    if row is not None and row.status is Status.IN_SERVICE:
        await finish(appointment_id, refund=refund)
        return
    if row is None or row.status not in LIVE:
        return
    owed = row.fee_fen if refund and row.payment in service.PAID else 0
    async with db.atomic():
        await advance(
            row,
            APPOINTMENT,
            "cancel",
            ended_at=clock.now(),
            cancelled_by=by,
            reason=reason[:200],
            refund_fen=owed,
        )
        await service.give_up(row)
        name = f"Appointment/{row.id}"
        await audit(SYSTEM, "appointment.cancel", name, patient_id=row.patient_id, reason=reason)
        event = AppointmentCancelled(
            **service.ids(row),
            cancelled_by=by.value,
            payment=row.payment.value,
            refund_fen=owed,
        )
        await record(event, subject=name)
