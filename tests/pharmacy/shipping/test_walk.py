"""Orders that are carried: to the village, to the door, lost, spoilt, refused, called back."""

from datetime import timedelta

import pytest

from core import clock as time
from core.errors import Conflict, Invalid
from notifications.models import Communication
from pharmacy.delivery import receipts, tracking
from pharmacy.delivery.models import Fault, Parcel, Proof, Receipt, Why
from pharmacy.delivery.rules import Reading
from pharmacy.delivery.states import Status as Road
from pharmacy.formulary import shelf
from pharmacy.orders.models import MedicationOrder
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status as Rx
from pharmacy.shipping import returns, service
from pharmacy.shipping.returns import Found
from pharmacy.shipping.service import Given
from tests.pharmacy.delivery.test_courier import play, until
from tests.pharmacy.formulary.conftest import actor, numbers
from tests.pharmacy.orders.conftest import sound
from tests.pharmacy.orders.test_walk import cancelled_by_doctor, quiet, refunded
from tests.pharmacy.shipping.conftest import HOME, TO_VILLAGE, seen


async def arrived(it):
    """With the driver, then at the clinic."""
    driver = await actor("pharmacist1")
    await service.leave(driver, it.parcel)
    row = await Parcel.get(id=it.parcel.id)
    await tracking.move(driver, row, "arrive", at=row.handed_over_at)
    await row.refresh_from_db()
    return row


async def test_to_the_village_clinic_and_into_the_hand(packed):
    it = await packed(TO_VILLAGE)
    assert it.parcel.status is Road.SEALED
    assert await numbers(it.shop.lot) == (100, 28)
    parcel = await arrived(it)
    assert await numbers(it.shop.lot) == (72, 0)
    doctor = await actor("village1")
    with pytest.raises(Invalid, match="收药码"):
        await service.receive(doctor, parcel, Given(proof=Proof.CODE, code="12"))
    given = Given(proof=Proof.CODE, code=receipts.code_of(parcel.id), name="李秀英")
    await service.receive(doctor, parcel, given)
    with pytest.raises(Conflict, match="已经有结果"):
        await service.receive(doctor, parcel, given)
    await seen(it, "received")
    assert (await MedicationRequest.get(id=it.rx.id)).status is Rx.COMPLETED
    assert (await Receipt.get(parcel_id=parcel.id)).given_by_name
    await quiet()
    await sound()


async def test_not_fetched_it_comes_back_and_waits_at_the_pharmacy(packed):
    """医疗机构药事管理规定 art. 28: drugs once issued are not taken back, except for quality."""
    it = await packed(TO_VILLAGE)
    parcel = await arrived(it)
    pharmacist = await actor("pharmacist1")
    with pytest.raises(Conflict, match="还没有回到"):
        found = Found(why=Why.NOT_REACHED, fault=Fault.RESIDENT, sound=True)
        await returns.inspect(pharmacist, parcel, found)
    await tracking.move(pharmacist, parcel, "return_signed", at=parcel.arrived_at)
    await returns.inspect(pharmacist, parcel, found)
    body = await seen(it, "back")
    code = body["order"]["pick_up"]["code"]
    assert (await it.first.post("hand-over", code=code))[0] == 303
    await seen(it, "picked_up")
    assert await numbers(it.shop.lot) == (72, 0)
    await quiet()
    await sound()


async def test_called_back_under_way_nobody_is_given_it(packed):
    it = await packed(TO_VILLAGE)
    parcel = await arrived(it)
    await cancelled_by_doctor(it.rx)
    await quiet()
    await parcel.refresh_from_db()
    assert parcel.recalled == "医生已撤销处方"
    given = Given(proof=Proof.CODE, code=receipts.code_of(parcel.id))
    with pytest.raises(Conflict, match="退回药房"):
        await service.receive(await actor("village1"), parcel, given)
    await tracking.move(await actor("village1"), parcel, "return_signed", at=parcel.arrived_at)
    await refunded(it.li, it.rx)
    found = Found(why=Why.RECALLED, fault=Fault.PHARMACY, sound=True)
    await returns.inspect(await actor("pharmacist1"), await Parcel.get(id=parcel.id), found)
    assert await numbers(it.shop.lot) == (72, 0)
    await quiet()
    await sound()


async def test_to_the_door_by_the_courier_jumbled_and_twice(house, packed, courier):
    """The sandbox repeats each word and lets them overtake one another (ADR 0048)."""
    it = await packed(HOME)
    parcel = await until(it.parcel, lambda row: row.tracking_number)
    for before, word in ((5, "3"), (20, "5"), (40, "0"), (60, "1")):
        await play(house, parcel, word, before_s=before)
    body = await seen(it, "received")
    assert [step["state"] for step in body["steps"]] == ["done"] * 8
    await until(parcel, lambda row: not courier.errands)  # each word has come, twice
    await quiet()
    carried = (await it.li.get(f"/medication-requests/{it.rx.id}")).body["order"]["carried"]
    assert [one["text"] for one in carried["events"]][:2] == ["药房把包裹交给了快递", "包裹在路上"]
    assert (carried["state"], carried["code"]) == ("received", None)
    assert await numbers(it.shop.lot) == (72, 0)
    told = await Communication.filter(topic="delivery").order_by("created_at")
    assert {one.title for one in told} == {"药送出了", "药已签收"}
    assert all("氨氯地平" not in f"{one.text}{one.words}" for one in told)
    reported = await it.li.post(f"/medication-requests/{it.rx.id}/trouble", {"kind": "missing"})
    assert reported.body["order"]["trouble"]["kind_name"] == "没收到"
    desk = await (await it.first.visitor.get("/pharmacy/dispensing")).text()
    assert "居民说药有问题" in desk
    page = f"/pharmacy/orders/{it.order.id}"
    said = {"answer": "快递员放在村委会了,已送到您家。"}
    assert (await it.first.visitor.post(f"{page}/trouble", {"answer": ""})).status == 422
    assert (await it.first.visitor.post(f"{page}/trouble", said)).status == 303
    assert (await it.first.visitor.post(f"{page}/trouble", said)).status == 409
    elsewhere = await house.signed_in("township1")
    assert (await elsewhere.post(f"{page}/trouble", said)).status in (403, 404)
    answered = (await it.li.get(f"/medication-requests/{it.rx.id}")).body["order"]["trouble"]
    assert (answered["settled"], answered["answer"]) == (True, said["answer"])
    await sound()


async def test_lost_everything_is_paid_back(house, packed, courier):
    """Domain facts §12: lost, damaged, too warm: the whole amount, delivery too."""
    it = await packed(HOME)
    parcel = await until(it.parcel, lambda row: row.tracking_number)
    await play(house, parcel, "1", before_s=30)
    await play(house, parcel, "lost", before_s=10)
    body = await refunded(it.li, it.rx)
    assert body["status"] == "approved", "nobody has had the drugs, so they may be ordered anew"
    assert (await MedicationOrder.get()).refund_fen == 3250
    await quiet()
    await sound()


async def test_too_warm_it_goes_to_nobody_and_is_paid_back(packed):
    """GSP 冷藏附录: a break above the limit is refused."""
    it = await packed(TO_VILLAGE)
    driver = await actor("pharmacist1")
    await service.leave(driver, it.parcel)
    began = time.now() - timedelta(hours=2)
    readings = [Reading(began + timedelta(minutes=15 * n), 120) for n in range(4)]
    assert await tracking.read_logger(driver, it.parcel.id, readings)
    await refunded(it.li, it.rx)
    given = Given(proof=Proof.WITNESS, name="李秀英")
    with pytest.raises(Conflict):
        await service.receive(await actor("village1"), it.parcel, given)
    await quiet()
    await sound()


async def test_refused_at_the_door_it_waits_is_sent_again_or_ends(house, packed, courier, clock):
    """药事管理规定 art. 28: refused without a fault of the drug, it is not taken back; by the
    carrier's fault the delivery is paid back; at the end nothing, and nothing is sold again."""
    it = await packed(HOME)
    parcel = await until(it.parcel, lambda row: row.tracking_number)
    for before, word in ((60, "1"), (40, "14"), (20, "6"), (5, "4")):
        await play(house, parcel, word, before_s=before)
    await until(parcel, lambda row: row.status is Road.RETURNED)
    pharmacist = await actor("pharmacist1")
    found = Found(why=Why.REFUSED, fault=Fault.CARRIER, sound=True, custody=True)
    await returns.inspect(pharmacist, parcel, found)
    with pytest.raises(Conflict, match="登记过"):
        await returns.inspect(pharmacist, parcel, found)
    body = await seen(it, "back")
    assert "给您留着" in body["next_step"]
    await quiet()
    assert (await MedicationOrder.get()).refund_fen == 800
    await sound()
    again = await returns.again(pharmacist, await MedicationOrder.get())
    assert again.id != parcel.id
    await until(again, lambda row: row.tracking_number)
    await play(house, again, "1", before_s=4)
    await seen(it, "on_the_way")
    await play(house, again, "4", before_s=2)
    await until(again, lambda row: row.status is Road.RETURNED)
    await returns.inspect(pharmacist, again, found)
    await seen(it, "back")
    await quiet()
    clock.move(days=15)
    assert await returns.tick() == 1
    await seen(it, "unclaimed")
    assert await numbers(it.shop.lot) == (72, 0), "destroyed, not sold again"
    assert await returns.tick() == 0
    await quiet()
    await sound()


async def test_bad_goods_came_back_and_are_paid_back(packed):
    """药事管理规定 art. 28: quality and error are the exceptions."""
    it = await packed(TO_VILLAGE)
    parcel = await arrived(it)
    pharmacist = await actor("pharmacist1")
    await tracking.move(pharmacist, parcel, "return_signed", at=parcel.arrived_at)
    found = Found(why=Why.QUALITY, fault=Fault.PHARMACY, sound=False, note="瓶子漏了")
    await returns.inspect(pharmacist, parcel, found)
    await refunded(it.li, it.rx)
    assert await numbers(it.shop.lot) == (72, 0)
    await quiet()
    await sound()


async def test_a_recalled_lot_under_way_is_called_back(packed):
    """药品召回管理办法: what was sent out is called back, and paid back when it is here."""
    it = await packed(TO_VILLAGE)
    parcel = await arrived(it)
    pharmacist = await actor("pharmacist1")
    await shelf.quarantine(pharmacist, it.shop.drug.id, "L1", reason="厂家召回")
    await quiet()
    await parcel.refresh_from_db()
    assert "召回" in parcel.recalled
    given = Given(proof=Proof.CODE, code=receipts.code_of(parcel.id))
    with pytest.raises(Conflict, match="退回药房"):
        await service.receive(await actor("village1"), parcel, given)
    body = (await it.li.get(f"/medication-requests/{it.rx.id}")).body
    assert "请不要收" in body["next_step"]
    assert body["order"]["carried"]["code"] is None
    await sound()


async def test_stopped_before_it_leaves_the_courier_is_called_off(house, packed, courier):
    """Domain facts §12: before the drugs leave the house, the whole amount."""
    it = await packed(HOME)
    parcel = await until(it.parcel, lambda row: row.tracking_number)
    await cancelled_by_doctor(it.rx)
    await refunded(it.li, it.rx)
    await parcel.refresh_from_db()
    assert parcel.status is Road.CANCELLED
    assert courier.by_tracking(parcel.tracking_number).cancelled
    assert (await it.first.post("put-back"))[0] == 303
    assert await numbers(it.shop.lot) == (100, 0)
    await quiet()
    await sound()
