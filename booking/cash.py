"""Cash at the clinic and at the counter: taken, given back, handed over, all on one list."""

from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from booking import service
from booking.models import Appointment, CashEntry, Payment
from booking.states import LIVE, Status
from core import clock, db
from core.audit import audit
from core.errors import Conflict
from people.actor import Actor, Role

FEE: Final = "fee"
REFUND: Final = "refund"


async def take(actor: Actor, appointment: Appointment) -> Appointment:
    """The fee was paid in cash before `actor`: the place is confirmed and the money is on the list.

    Raises Conflict when there is nothing to pay or the hold is over.
    """
    owes = (Payment.PENDING, Payment.AT_VISIT)
    if appointment.payment is Payment.CASH and appointment.status in LIVE:
        return appointment
    if appointment.payment not in owes or appointment.status not in LIVE:
        raise Conflict("nothing_to_pay", "这个预约现在不用收费,请刷新页面看看。")
    try:
        async with db.atomic():
            if appointment.status is Status.HELD:
                paid = await service.confirm(actor, appointment.id, Payment.CASH)
            else:
                paid = await _settle_visit(appointment)
            await _enter(actor, paid, FEE, paid.fee_fen)
    except IntegrityError:
        return await Appointment.get(id=appointment.id)
    return paid


async def _settle_visit(appointment: Appointment) -> Appointment:
    same = Appointment.filter(id=appointment.id, payment=Payment.AT_VISIT, status__in=list(LIVE))
    if not await same.update(payment=Payment.CASH):
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看。")
    return await Appointment.get(id=appointment.id)


async def give_back(actor: Actor, appointment: Appointment) -> None:
    """The refund was paid out in cash. Raises Conflict when none is owed."""
    async with db.atomic():
        owed = Appointment.filter(
            id=appointment.id, payment=Payment.CASH, refund_fen__gt=0, refunded_at=None
        )
        if not await owed.update(refunded_at=clock.now()):
            raise Conflict("nothing_to_refund", "这个预约没有要退的现金,或者已经退过。")
        await _enter(actor, appointment, REFUND, -appointment.refund_fen)


async def _enter(actor: Actor, row: Appointment, kind: str, amount_fen: int) -> None:
    await CashEntry.create(
        appointment_id=row.id,
        kind=kind,
        amount_fen=amount_fen,
        organization_id=actor.organization_id,
        organization_name=actor.organization_name,
        practitioner_id=actor.practitioner_id,
        practitioner_name=actor.name,
        at=clock.now(),
    )
    await audit(actor, f"cash.{kind}", f"Appointment/{row.id}", patient_id=row.patient_id)


async def hand_over(actor: Actor, organization_id: UUID, until: datetime) -> int:
    """The office has counted a clinic's cash up to a moment; return how many entries.

    What came in after the list was shown stays open.
    """
    actor.require(Role.SCHEDULER)
    async with db.atomic():
        waiting = CashEntry.filter(
            organization_id=organization_id, handed_over_at=None, at__lte=until
        )
        count = await waiting.update(handed_over_at=clock.now(), received_by_name=actor.name)
        await audit(
            actor, "cash.hand_over", f"Organization/{organization_id}", reason=f"{count} entries"
        )
    return count
