"""An order at WeChat Pay: what is asked for, what comes, what goes back."""

from uuid import UUID

from core.audit import SYSTEM
from core.errors import Conflict
from payments import service as payments
from payments.events import PaymentSettled, RefundSettled
from people.residents.actor import Resident
from pharmacy.formulary.models import Pharmacy
from pharmacy.orders import rules, service
from pharmacy.orders.models import MedicationOrder, Paid
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing.models import MedicationRequest
from wechat.bindings import WeChat

IMPOSSIBLE = "付款时处方或订单已结束,药费原路退回"
PAID_ALREADY = ("already_paid", "这张处方的药费已经付过了,不用再付。")


def order_in(subject: str) -> UUID | None:
    """The order a subject names, None when it is about something else."""
    kind, _, id = subject.partition("/")
    return UUID(id) if kind == service.KIND else None


def page_of(subject: str) -> str:
    """Where staff see what was paid for; the empty string for other subjects."""
    id = order_in(subject)
    return f"/pharmacy/orders/{id}" if id else ""


async def request_payment(who: Resident, row: MedicationOrder, wechat: WeChat) -> dict[str, str]:
    """What `wx.requestPayment` takes. Raises Conflict when there is nothing to pay any more."""
    request = await MedicationRequest.get(id=row.request_id)
    if row.status is not Status.PAY_PENDING:
        over = row.status in (Status.CLOSED, Status.REFUNDING, Status.REFUNDED)
        raise Conflict(*(service.ORDER_OVER if over else PAID_ALREADY))
    late = rules.why_not_order(request.status, request.valid_until, row.created_at)
    if late:
        raise Conflict(late.code, late.sentence)
    place = await Pharmacy.get(id=row.pharmacy_id).select_related("organization")
    try:
        return await payments.request_payment(
            who,
            subject=service.subject_of(row.id),
            openid=who.openid,
            account_id=who.account_id,
            patient_id=row.patient_id,
            amount_fen=row.amount_fen,
            description=f"{place.organization.short_name} 药费",
            expires_at=row.pay_by,
            wechat=wechat,
            organization_id=row.organization_id,
        )
    except Conflict as problem:
        if problem.code == "hold_over":
            raise Conflict(*service.ORDER_OVER) from None
        raise


async def may_expire(row: MedicationOrder, *, wechat: WeChat) -> bool:
    """Before an unpaid order ends the cashier is asked: who paid in the last moment keeps it."""
    return await payments.may_release(service.subject_of(row.id), wechat=wechat)


async def confirm_paid(event: PaymentSettled) -> None:
    """The money came: the pharmacy begins; when that is impossible it goes back."""
    order_id = order_in(event.subject)
    if order_id is None:
        return
    row = await MedicationOrder.get_or_none(id=order_id)
    if row is not None and row.payment is Paid.ONLINE:
        return  # a repeat; what happened since has its own events
    if row is not None and row.amount_fen == event.amount_fen:
        try:
            await service.settle(SYSTEM, row.id, Paid.ONLINE)
            return
        except Conflict as problem:
            if problem.code != service.ORDER_OVER[0]:
                raise
        await service.close(SYSTEM, row.id, "付款时处方已经结束")
    fen = event.amount_fen
    await payments.refund(SYSTEM, event.subject, amount_fen=fen, reason=IMPOSSIBLE, key="late")


async def note_refund(event: RefundSettled) -> None:
    """The money is back: the order that owed it says so.

    Only the payment that the order was paid with counts: money that came a second time (cash was
    taken meanwhile, or another payer was late) goes back by itself and settles no debt.
    """
    order_id = order_in(event.subject)
    row = await MedicationOrder.get_or_none(id=order_id) if order_id else None
    if row is None or row.payment is not Paid.ONLINE or event.refunded_fen < row.refund_fen:
        return
    counts = await payments.of_subject(event.subject)
    if counts is not None and str(counts.id) == event.payment_id:
        await service.refunded(SYSTEM, row.id)
