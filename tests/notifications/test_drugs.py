"""What the phone hears about drugs: no drug in any of it, the pharmacy and the time only."""

import asyncio
from datetime import timedelta

from core.outbox import OutboxEntry
from notifications import drugs
from notifications.events import DrugReminderDue
from notifications.models import Communication
from pharmacy.orders.models import MedicationOrder
from pharmacy.prescribing import steps
from pharmacy.prescribing.events import MedicationRequestApproved
from pharmacy.prescribing.models import MedicationRequest
from tests.mini_program_api.phones import heard
from tests.pharmacy.dispensing.conftest import ALL_TEN, at_desk, phone, shop
from tests.pharmacy.orders.conftest import approved, trace
from tests.pharmacy.orders.test_walk import cancelled_by_doctor, paid

__all__ = ["at_desk", "phone", "shop"]


async def test_ready_stopped_and_refunded(at_desk):
    here = await at_desk()
    await here.first.post("picking")
    await here.first.scan(trace(1))
    await here.first.post("picked")
    await here.second.post("check", **ALL_TEN)
    await heard(here.li, "药配好了")
    await cancelled_by_doctor(here.rx)
    await heard(here.li, "取药停止了", "药费退款到账")
    for told in await Communication.all():
        assert "氨氯地平" not in f"{told.title}{told.text}{told.words}"
        assert here.shop.drug.generic_name not in told.text
    one = await Communication.get(topic="drugs_ready")
    assert one.text == "李秀英:药配好了,请到门诊药房(每天 8:00 到 20:00)取药,给工作人员看取药码。"
    assert one.page == f"pages/prescription/index?id={here.rx.id}"


async def test_reminded_four_hours_before_the_end_unless_it_is_paid(phone, shop, clock):
    li = await phone("li", add="李秀英")
    rx, other = await approved(li.patient_id, shop.drug), await approved(li.patient_id, shop.drug)
    for row in (rx, other):
        known = await MedicationRequest.get(id=row.id)
        await drugs.remind(MedicationRequestApproved(**steps.ids(known)))
    due = await OutboxEntry.get(key=f"drug-reminder/{rx.id}")
    assert due.due_at == rx.valid_until - timedelta(hours=4)
    await paid(li, other)
    clock.move(hours=11)
    for row in (rx, other):
        await drugs.tell_expiring(DrugReminderDue(request_id=str(row.id)))
    told = await Communication.get(topic="prescription_expiring")
    assert "处方 今天 24:00 过期" in told.text
    clock.move(hours=5)
    await drugs.tell_expiring(DrugReminderDue(request_id=str(rx.id)))
    assert await Communication.filter(topic="prescription_expiring").count() == 1


async def test_reminded_to_pay_while_the_order_waits_and_not_once_it_is_paid(phone, shop, clock):
    li = await phone("li", add="李秀英")
    rx, other = await approved(li.patient_id, shop.drug), await approved(li.patient_id, shop.drug)
    await paid(li, other)
    await li.post(f"/medication-requests/{rx.id}/payment")
    order = await MedicationOrder.get(request_id=rx.id)
    due = await until_due(f"reminder/MedicationOrder/{order.id}")
    assert due == order.pay_by - timedelta(minutes=10)
    clock.moment = due
    await heard(li, "药费还没有付")
    told = await Communication.get(topic="payment_due")  # nobody else's
    assert (told.subject, told.expires_at) == (f"MedicationOrder/{order.id}", order.pay_by)


async def until_due(key):
    """When the row of this reminder is due, once the reaction has written it."""
    async with asyncio.timeout(10):
        while (row := await OutboxEntry.get_or_none(key=key)) is None:
            await asyncio.sleep(0.05)
    return row.due_at
