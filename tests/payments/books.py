"""A day's books written straight into the tables, for pages."""

from datetime import timedelta
from uuid import uuid4

from app.demo import people as demo
from core import clock as time
from payments.models import BillDay, Difference, Fault, Payment, Refund, Side, Source
from payments.states import Clearing, RefundStatus, Status
from tests.booking.conftest import new_patients


async def payment(patient, status=Status.PAID, *, fen=1500, house="YH-H1", **changes):
    """One order of this morning."""
    moment = time.now()
    values = {
        "id": uuid4(),
        "subject": f"Appointment/{uuid4()}",
        "out_trade_no": f"D261102{uuid4().hex[:16].upper()}",
        "patient_id": patient.id,
        "account_id": uuid4(),
        "organization_id": demo.organization_id(house),
        "openid": "",
        "description": "心血管内科 门诊挂号费",
        "amount_fen": fen,
        "ordered_at": moment - timedelta(minutes=30),
        "expires_at": moment - timedelta(minutes=15),
        "status": status,
    }
    if status in (Status.PAID, Status.WRONG_AMOUNT, Status.LATE):
        values |= {
            "settled_fen": fen,
            "paid_at": moment - timedelta(minutes=29),
            "settled_at": moment - timedelta(minutes=29),
            "settled_by": Source.NOTICE,
            "transaction_id": "4200000000202611020000000001",
        }
    return await Payment.create(**(values | changes))


async def refund(row, status, **changes):
    """A refund of all of it."""
    moment = time.now()
    values = {
        "id": uuid4(),
        "payment_id": row.id,
        "key": "once",
        "number": f"{row.out_trade_no}-R1",
        "amount_fen": row.amount_fen,
        "reason": "预约已取消,挂号费原路退回",
        "requested_at": moment - timedelta(minutes=10),
        "requested_by_name": "系统",
        "status": status,
        "sent_at": moment - timedelta(minutes=9),
    }
    if status is RefundStatus.SETTLED:
        values |= {"settled_at": moment - timedelta(minutes=8), "settled_by_name": "系统"}
    return await Refund.create(**(values | changes))


async def a_day():
    """Every kind of line: returns (paid, refunded, stuck refund)."""
    people = await new_patients(6)
    paid = await payment(people[0])
    refunded = await payment(people[1], fen=2000, refunded_fen=2000)
    await refund(refunded, RefundStatus.SETTLED)
    hurt = await payment(people[2], fen=12000, description="彩超检查费")
    stuck = await refund(hurt, RefundStatus.STUCK, failure="abnormal")
    await payment(people[3], Status.CLOSED, closed_at=time.now())
    await payment(
        people[4],
        Status.ORDERED,
        due_at=time.now() + timedelta(days=1),
        openid="o",
        expires_at=time.now() + timedelta(minutes=9),
    )
    await payment(people[5], Status.WRONG_AMOUNT, settled_fen=1)
    for side, fault, number, ours, theirs in (
        (Side.PAYMENT, Fault.UNKNOWN, "CANTEEN-20261101-0007", None, 1800),
        (Side.REFUND, Fault.AMOUNT, f"{paid.out_trade_no}-R1", 1500, 1400),
    ):
        await Difference.create(
            side=side,
            fault=fault,
            number=number,
            day=time.today() - timedelta(days=1),
            ours_fen=ours,
            wechat_fen=theirs,
            found_at=time.now(),
        )
    await Difference.create(
        side=Side.PAYMENT,
        fault=Fault.MISSING,
        number=paid.out_trade_no,
        ours_fen=1500,
        day=time.today() - timedelta(days=2),
        found_at=time.now() - timedelta(days=1),
        status=Clearing.HANDLED,
        ended_at=time.now(),
        handled_by_name="周晓燕",
        note="查到了,是零点前后的单,已在次日账单里",
    )
    yesterday = time.today() - timedelta(days=1)
    await BillDay.create(day=time.today(), due_at=time.now() + timedelta(hours=20))
    await BillDay.create(
        day=yesterday,
        fetched_at=time.now(),
        payments=128,
        paid_fen=1_943_500,
        refunds=3,
        refunded_fen=4500,
    )
    return paid, refunded, stuck
