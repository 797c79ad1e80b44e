"""A resident and an approved prescription: seen, ordered, paid, given up, expired, taken back."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from core import clock as time
from core.outbox import OutboxEntry, OutboxStatus
from pharmacy.orders import clockwork, paying, service
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing import steps
from pharmacy.prescribing.events import MedicationRequestCancelled
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status as Rx
from tests.mini_program_api.phones import until
from tests.pharmacy.formulary.conftest import actor, numbers
from tests.pharmacy.orders.conftest import approved, came, sound
from wechat.bindings import WECHAT


async def paid(li, rx):
    """Ordered where it is in stock and paid at WeChat."""
    prepaid = await li.post(f"/medication-requests/{rx.id}/payment")
    assert prepaid.status == 200, prepaid.body
    assert (await li.pay(prepaid.body)).status == 200
    return await came(li, rx.id, "paid")


async def cancelled_by_doctor(rx):
    """As `prescribing.cancel` leaves it."""
    row = await MedicationRequest.get(id=rx.id)
    who, event = await actor("county1"), MedicationRequestCancelled(**steps.ids(row))
    await steps.move(who, row, "cancel", event, end_reason="剂量要改")


async def quiet():
    """Until all that happened was told."""
    due = {"status": OutboxStatus.WAITING, "due_at__lte": time.now() + timedelta(minutes=5)}
    async with asyncio.timeout(20):
        while await OutboxEntry.filter(name__contains="harm", **due).exists():
            await asyncio.sleep(0.05)


async def test_seen_ordered_and_paid(phone, shop):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    seen = (await li.get("/medication-requests?live=true")).body["items"]
    assert [one["id"] for one in seen] == [str(rx.id)]
    one = (await li.get(f"/medication-requests/{rx.id}")).body
    assert (one["status"], one["status_name"]) == ("approved", "可以取药")
    assert one["validity"] == "请在今天 24:00 前付款取药,过期处方作废。"
    assert one["drugs"][0]["dosage"] == "每天早上 1 次;每次 1 片;口服;用 28 天"
    assert one["drugs"][0]["quantity"] == "1 盒(共 28 片)"
    assert one["warning"] == "处方药须凭处方在药师指导下购买和使用。"
    assert (one["amount_fen"], one["order"]) == (2450, None)

    found = (await li.get(f"/medication-requests/{rx.id}/pharmacies")).body["items"]
    assert [(place["name"], place["in_stock"]) for place in found] == [
        ("门诊药房", True),
        ("青石药房", False),
    ]
    assert (found[0]["amount_fen"], found[0]["delivery_fen"]) == (2450, 0)
    none_there = await li.post(
        f"/medication-requests/{rx.id}/order", {"pharmacy_id": found[1]["id"]}
    )
    assert (none_there.status, none_there.code) == (409, "out_of_stock")
    ordered = await li.post(f"/medication-requests/{rx.id}/order", {"pharmacy_id": found[0]["id"]})
    assert (ordered.status, ordered.body["status"]) == (201, "pay_pending")
    assert await numbers(shop.lot) == (100, 28)
    body = await paid(li, rx)
    assert [step["state"] for step in body["steps"]] == ["done"] * 4 + ["now"] + ["later"] * 2
    again = await li.post(f"/medication-requests/{rx.id}/payment")
    assert (again.status, again.code) == (409, "already_paid")
    await quiet()
    await sound()


async def test_nothing_is_priced_or_charged_before_the_review(phone, shop):
    """医疗机构处方审核规范 art. 5: 未经审核通过的处方,不得收费和调配; 网售办法 art. 13."""
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug, status=Rx.ON_HOLD, reviewed_at=None)
    one = (await li.get(f"/medication-requests/{rx.id}")).body
    assert (one["status"], one["drugs"], one["amount_fen"]) == ("reviewing", [], None)
    for call in ("payment", "order"):
        body = {"pharmacy_id": str(shop.id)}
        refused = await li.post(f"/medication-requests/{rx.id}/{call}", body)
        assert (refused.status, refused.code) == (409, "not_approved")
    assert (await li.get(f"/medication-requests/{rx.id}/pharmacies")).code == "not_approved"
    assert not await MedicationOrder.exists()


async def test_a_stranger_finds_nothing(phone, shop):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    rx = await approved(li.patient_id, shop.drug)
    for path in ("", "/pharmacies"):
        theirs = await zhang.get(f"/medication-requests/{rx.id}{path}")
        nobody = await zhang.get(f"/medication-requests/{uuid4()}{path}")
        assert (theirs.status, theirs.code) == (nobody.status, nobody.code)
        assert theirs.status == 404
    for call in ("order", "payment", "payment-check", "order-cancellation"):
        body = {"pharmacy_id": str(shop.id)} if call == "order" else {}
        assert (await zhang.post(f"/medication-requests/{rx.id}/{call}", body)).status == 404
    assert (await zhang.post(f"/medication-dispenses/{uuid4()}/receipt")).status == 404
    assert (await zhang.get("/medication-requests")).body["items"] == []


async def test_two_orders_at_once_are_one(phone, shop):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    path, body = f"/medication-requests/{rx.id}/order", {"pharmacy_id": str(shop.id)}
    both = await asyncio.gather(*(li.post(path, body) for _ in range(4)))
    assert {one.status for one in both} == {201}
    assert await MedicationOrder.all().count() == 1
    assert await numbers(shop.lot) == (100, 28)


async def test_unpaid_drugs_go_back_after_half_an_hour(phone, shop, house, clock):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    prepaid = (await li.post(f"/medication-requests/{rx.id}/payment")).body
    row = await MedicationOrder.get()
    asked = house.app[WECHAT]
    clock.move(minutes=29)
    assert await clockwork.tick(may_expire=lambda row: paying.may_expire(row, wechat=asked)) == 0
    clock.move(minutes=2)
    await until_closed(row)
    assert await numbers(shop.lot) == (100, 0)
    assert (await li.get(f"/medication-requests/{rx.id}")).body["status"] == "approved"
    late = await li.pay(prepaid)
    assert late.status != 200 or late.body["trade_state"] != "SUCCESS"
    await quiet()
    await sound()
    again = await li.post(f"/medication-requests/{rx.id}/order", {"pharmacy_id": str(shop.id)})
    assert again.status == 201


async def until_closed(row):
    """The caretaker of the running house has found it."""
    async with asyncio.timeout(20):
        while (await MedicationOrder.get(id=row.id)).status is not Status.CLOSED:
            await asyncio.sleep(0.05)


async def test_given_up_before_the_pharmacy_begins_all_goes_back(phone, shop):
    """Domain facts §12: before dispensing, the whole amount."""
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    await paid(li, rx)
    given_up = await li.post(f"/medication-requests/{rx.id}/order-cancellation")
    assert given_up.body["order"]["status"] == "refunding"
    assert "24.50 元" in given_up.body["next_step"]
    assert await numbers(shop.lot) == (100, 0)
    await refunded(li, rx)


async def refunded(li, rx):
    """The money is back."""
    path = f"/medication-requests/{rx.id}"
    found = await until(lambda: li.get(path), lambda one: one.body["order"]["status"] == "refunded")
    await quiet()
    await sound()
    return found.body


async def test_the_doctor_takes_it_back_and_the_money_goes_back(phone, shop):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    await paid(li, rx)
    await cancelled_by_doctor(rx)
    body = await refunded(li, rx)
    assert (body["status"], body["order"]["refund"]) == ("cancelled", "24.50 元已经退回。")
    assert await numbers(shop.lot) == (100, 0)
    refused = await li.post(f"/medication-requests/{rx.id}/payment")
    assert (refused.status, refused.code) == (409, "cancelled")


async def test_an_expired_prescription_stops_payment_and_gives_back(phone, shop, clock):
    """处方管理办法 art. 18: valid on the day of issue, or as long as the doctor wrote."""
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    await paid(li, rx)
    clock.move(hours=15)  # midnight
    await prescribing.expire(rx.id)
    body = await refunded(li, rx)
    assert body["status"] == "expired"
    other = await approved(li.patient_id, shop.drug, valid_until=clock.moment)
    refused = await li.post(f"/medication-requests/{other.id}/payment")
    assert (refused.status, refused.code) == (409, "prescription_expired")


async def test_paid_after_the_doctor_took_it_back_goes_back_by_itself(phone, shop):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    prepaid = (await li.post(f"/medication-requests/{rx.id}/payment")).body
    await MedicationRequest.filter(id=rx.id).update(status=Rx.CANCELLED)
    assert (await li.pay(prepaid)).status == 200
    await until_closed(await MedicationOrder.get())
    await quiet()
    await sound()


async def test_who_may_look_may_not_pay(phone, shop, house):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    row = await service.place(await actor("pharmacist1"), rx.id, shop.id)
    assert row.status is Status.PAY_PENDING
    one = (await li.get(f"/medication-requests/{rx.id}")).body
    assert one["order"]["pharmacy_name"] == "门诊药房"
