"""The returns desk: what came back is looked at, decided, and destroyed before two people."""

from pharmacy.delivery.models import Goods, Parcel, Return
from pharmacy.delivery.states import Status as Road
from pharmacy.formulary.models import Move, StockMove
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.returns.rules import Seen
from tests.pharmacy.dispatch.conftest import DISPATCH, DRIVER, SHELF, TO_VILLAGE, put_seal, seen
from tests.pharmacy.orders.conftest import sound
from tests.pharmacy.orders.test_walk import quiet

DESK = "/pharmacy/returns"
LOOK = {"seal": "whole", "content": "right", "why": "refused", "fault": "resident"}


async def at_clinic(packed, hands):
    """A bag that was checked in at its clinic; the pharmacist and the village doctor."""
    it, he, doctor = await packed(TO_VILLAGE), await hands("pharmacist1"), await hands("village1")
    await put_seal(he, it, "FQ000001")
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))
    here = f"{SHELF}/batches/{led.to.rsplit('/', 1)[1]}"
    await doctor.post(f"{here}/bags", code="FQ000001")
    await doctor.post(f"{here}/arrival")
    return it, he, doctor


def test_whatever_is_wrong_makes_it_unsound():
    assert Seen(True, True).sound
    assert not any(
        one.sound for one in (Seen(False, True), Seen(True, False), Seen(True, True, False))
    )


async def test_refused_and_in_order_it_waits_and_is_sent_once_more(packed, hands):
    """医疗机构药事管理规定 art. 28: not taken back without a reason of quality."""
    it, he, doctor = await at_clinic(packed, hands)
    early = await he.post(f"{DESK}/{it.parcel.id}/inspection", **LOOK)
    assert (early.status, "还没有回到" in early.loud) == (409, True)
    await doctor.post(f"{SHELF}/{it.parcel.id}/refusal", reason="家里还有")
    assert "家里还有" in await he.read(DESK)
    for _ in range(2):
        back = await he.post(f"{DESK}/scan", code="FQ000001")
        assert back.to == f"{DESK}/{it.parcel.id}"
    assert (await he.post(f"{back.to}/inspection", **LOOK)).status == 303
    assert (await he.post(f"{back.to}/inspection", **LOOK)).status == 409
    await seen(it, "back")
    order = await MedicationOrder.get(id=it.order.id)
    assert (order.status, order.refund_fen) == (Ordered.BACK, 0)
    again = await he.post(f"{back.to}/again")
    assert again.to == f"{it.first.path}/seal"
    assert (await he.post(again.to, number="FQ000001")).status == 303, "its seal is still whole"
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    assert led.status == 303, led.loud
    assert (await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))).status == 303
    await seen(it, "on_the_way")
    await quiet()
    await sound()


async def test_opened_it_is_paid_back_and_two_people_destroy_it(packed, hands):
    it, he, doctor = await at_clinic(packed, hands)
    await doctor.post(f"{SHELF}/{it.parcel.id}/refusal", reason="封签破了")
    back = await he.post(f"{DESK}/scan", code="FQ000001")
    assert (await he.post(f"{back.to}/inspection", **LOOK | {"seal": "open"})).status == 303
    order = await MedicationOrder.get(id=it.order.id)
    assert order.refund_fen == order.amount_fen
    assert await StockMove.exists(kind=Move.SCRAP)
    alone = await he.post(f"{back.to}/disposal")
    assert (alone.status, "另一个人" in alone.loud) == (409, True)
    she = await hands("pharmacist2")
    assert "销毁" in await she.read(DESK)
    for _ in range(2):
        assert (await she.post(f"{back.to}/disposal")).status == 303
    found = await Return.get()
    assert (found.goods, found.disposed_by_name) == (Goods.DESTROYED, "罗伟")
    await quiet()
    await sound()


async def test_told_twice_a_person_clears_it_up(packed, hands):
    it, he, _ = await at_clinic(packed, hands)
    await Parcel.filter(id=it.parcel.id).update(disputed=True)
    assert "说法不一" in await he.read(DESK)
    assert (await he.post(f"{DESK}/{it.parcel.id}/settlement", note="")).status == 422
    done = {"note": "给李秀英打电话,没有收到", "refund": "1"}
    for _ in range(2):
        assert (await he.post(f"{DESK}/{it.parcel.id}/settlement", **done)).status == 303
    await seen(it, "approved")
    await (await hands("county1")).read(f"{DESK}/{it.parcel.id}", 403)
    assert (await Parcel.get(id=it.parcel.id)).status is Road.ARRIVED
    await quiet()
    await sound()
