"""Yesterday's WeChat payments of 云河县, on both sides: our books and what the sandbox remembers.

One refund is stuck and one payment is the canteen's, so that both tasks can be tried.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from app import money
from app.demo.places import demo_id, organization_id
from app.demo.residents import patient_id
from app.settings import Settings
from booking import service
from booking.models import Appointment, CancelledBy, Channel, Pool, Slot
from booking.models import Payment as Paid
from core import clock
from core.audit import SYSTEM
from core.clock import SHANGHAI
from payments.models import Payment, Refund, Source
from payments.refunding import ABNORMAL
from payments.states import RefundStatus, Status
from wechat.sandbox import keys
from wechat.sandbox.world import Order, World, openid_of
from wechat.sandbox.world import Refund as Returned

WHAT: Final = "县医院 挂号费"
RESIDENTS: Final = (1, 2, 4, 6)
STUCK: Final = 7


@dataclass(slots=True)
class _Till:
    """Yesterday afternoon at WeChat's cashier."""

    world: World
    at: datetime

    def paid(self, number: str, fen: int, *, what: str = WHAT) -> Order:
        """An order that was paid there."""
        self.at += timedelta(minutes=7)
        body = {
            "out_trade_no": number,
            "description": what,
            "amount": {"total": fen, "currency": "CNY"},
            "payer": {"openid": openid_of("wang")},
            "notify_url": "",
        }
        order = Order(
            id=number,
            body=body,
            prepay_id=f"wx{number}",
            made_at=self.at - timedelta(minutes=1),
            expires_at=self.at + timedelta(minutes=14),
            state="SUCCESS",
            paid_at=self.at,
            transaction_id=f"4200{self.at:%Y%m%d%H%M%S}{number[-10:]}",
        )
        self.world.keep(order)
        return order


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction; only where the sandbox is our WeChat."""
    if not settings.demo or settings.wechat_app_id or settings.wechat_api_url:
        return
    yesterday = clock.today() - timedelta(days=1)
    keys.load(settings.sandbox_dir())
    world = World(settings.sandbox_dir() / "memory.sqlite3")
    try:
        till = _Till(world, datetime.combine(yesterday, time(15, 20), SHANGHAI))
        for number in (*RESIDENTS, STUCK):
            row = await _booked(number)
            if row is not None:
                payment = await _payment(till, number, row)
                if number == STUCK:
                    await _stuck(till, payment, row)
        till.paid("CANTEEN-0007", 1800, what="职工食堂")
    finally:
        world.close()


async def _booked(number: int) -> Appointment | None:
    """Somebody who has an appointment with Dr 孙 and paid for it in WeChat."""
    slot = await (
        Slot.filter(
            schedule_id=demo_id("schedule", "county2"),
            pool=Pool.PUBLIC,
            day__gt=clock.today() + timedelta(days=2),
            remaining__gt=0,
        )
        .order_by("starts_at")
        .offset(number)
        .first()
    )
    if slot is None:
        return None
    return await service.hold(
        SYSTEM,
        slot_id=slot.id,
        patient_id=patient_id("YH-T1-V2", number),
        channel=Channel.RESIDENT,
        payment=Paid.ONLINE,
    )


async def _payment(till: _Till, number: int, row: Appointment) -> Payment:
    order = till.paid(f"D{till.at:%y%m%d}DEMO{number:012d}", row.fee_fen)
    return await Payment.create(
        id=_id("payment", number),
        status=Status.PAID,
        subject=money.subject_of(row.id),
        out_trade_no=order.id,
        patient_id=row.patient_id,
        account_id=_id("account", number),
        organization_id=organization_id("YH-H1"),
        openid="",
        description=WHAT,
        amount_fen=row.fee_fen,
        ordered_at=order.made_at,
        expires_at=order.expires_at,
        prepay_id=order.prepay_id,
        prepaid_at=order.made_at,
        transaction_id=order.transaction_id,
        settled_fen=row.fee_fen,
        paid_at=order.paid_at,
        settled_at=order.paid_at,
        settled_by=Source.NOTICE,
    )


async def _stuck(till: _Till, payment: Payment, row: Appointment) -> None:
    """Given up again; the payer's card does not take the money."""
    moment = till.at + timedelta(minutes=3)
    await service.cancel(SYSTEM, row, by=CancelledBy.PATIENT)
    number = f"{payment.out_trade_no}-R1"
    await Refund.create(
        id=_id("refund", STUCK),
        status=RefundStatus.STUCK,
        payment_id=payment.id,
        key=f"appointment/{row.id}",
        number=number,
        amount_fen=row.fee_fen,
        reason=money.CANCELLED,
        requested_at=moment,
        requested_by_name=SYSTEM.name,
        sent_at=moment,
        due_at=clock.now() + timedelta(hours=6),
        failure=ABNORMAL,
    )
    order = till.world.get(Order, payment.out_trade_no)
    assert order is not None  # noqa: S101  (kept a moment ago)
    order.state = "REFUND"
    till.world.keep(order)
    returned = Returned(
        id=number,
        body={},
        refund_id=f"503{till.at:%Y%m%d%H%M%S}",
        out_trade_no=order.id,
        transaction_id=order.transaction_id,
        total=order.total,
        refund=order.total,
        status="ABNORMAL",
        made_at=moment,
        done_at=moment + timedelta(minutes=1),
    )
    till.world.keep(returned)


def _id(kind: str, number: int) -> UUID:
    return demo_id(f"wechat-{kind}", str(number))
