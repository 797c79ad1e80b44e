"""Cash for drugs at the pharmacy's counter: taken and given back, all of it written down."""

from typing import Final

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import Conflict
from people.actor import Actor, Role
from pharmacy.orders import service
from pharmacy.orders.models import MedicationOrder, OrderCash, Paid
from pharmacy.orders.states import OrderStatus as Status

FEE: Final = "fee"
REFUND: Final = "refund"
ONLINE_ONLY: Final = (
    "online_only",
    "这一单有配送费,要在手机上用微信付。想付现金,请居民先取消,改成到药房自取。",
)
"""What is owed back of the delivery goes back by itself, which cash cannot."""
CASHIERS: Final = (Role.PHARMACIST,)


async def take(actor: Actor, order: MedicationOrder) -> MedicationOrder:
    """The price was paid in cash before `actor`: the pharmacy may begin.

    An order at WeChat is withdrawn; what is paid there after this goes back. Raises Conflict when
    there is nothing to pay any more.
    """
    actor.require(*CASHIERS)
    if order.payment is Paid.CASH:
        return order
    if order.delivery_fen:
        raise Conflict(*ONLINE_ONLY)
    if order.status is not Status.PAY_PENDING:
        raise Conflict("nothing_to_pay", "这一单现在不用收费,请刷新页面看看。")
    try:
        async with db.atomic():
            row = await service.settle(actor, order.id, Paid.CASH)
            await service.stop_paying(row.id)
            await _enter(actor, row, FEE, row.amount_fen)
    except IntegrityError:
        return await MedicationOrder.get(id=order.id)
    return row


async def give_back(actor: Actor, order: MedicationOrder) -> None:
    """The refund was paid out in cash. Raises Conflict when none is owed."""
    actor.require(*CASHIERS)
    async with db.atomic():
        if order.payment is not Paid.CASH or not await service.refunded(actor, order.id):
            raise Conflict("nothing_to_refund", "这一单没有要退的现金,或者已经退过。")
        await _enter(actor, order, REFUND, -order.refund_fen)


async def _enter(actor: Actor, row: MedicationOrder, kind: str, amount_fen: int) -> None:
    await OrderCash.create(
        order_id=row.id,
        kind=kind,
        amount_fen=amount_fen,
        organization_id=actor.organization_id,
        practitioner_id=actor.practitioner_id,
        practitioner_name=actor.name,
        at=clock.now(),
    )
    about = service.subject_of(row.id)
    await audit(actor, f"cash.{kind}", about, patient_id=row.patient_id)
