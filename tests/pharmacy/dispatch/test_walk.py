"""A bag from the table where it is sealed, by the driver, to the village clinic and into a hand."""

import io

from PIL import Image

from app.demo import people as demo
from core.audit import AuditEvent
from core.blobs import STORE
from pharmacy.delivery import receipts
from pharmacy.delivery.models import Batch, Parcel, Proof, Receipt
from pharmacy.delivery.states import BatchStatus
from pharmacy.delivery.states import Status as Road
from pharmacy.dispatch.models import BatchFinding
from pharmacy.orders import service as orders
from pharmacy.sealing.models import Seal
from pharmacy.village import service as village
from tests.pharmacy.dispatch.conftest import (
    DISPATCH,
    DRIVER,
    SHELF,
    TO_VILLAGE,
    put_seal,
    seen,
)
from tests.pharmacy.formulary.conftest import actor, numbers
from tests.pharmacy.orders.conftest import sound
from tests.pharmacy.orders.test_walk import quiet


async def test_sealed_photographed_driven_checked_in_and_given_by_code(house, packed, hands):
    it, he = await packed(TO_VILLAGE), await hands("pharmacist1")
    unsealed = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    assert (unsealed.status, "没有这个封签号" in unsealed.loud) == (422, True)
    assert "拍一张" in (await put_seal(he, it, "fq 000001", photo=False)).text
    assert (await put_seal(he, it, "fq 000001")).status == 303
    assert (await put_seal(he, it, "fq000001", photo=False)).status == 303, "a repeat is harmless"
    seal = await Seal.get().select_related("photo")
    assert (seal.number, seal.whole, it.parcel.seal_number) == (
        "FQ000001",
        str(it.first.row.id),
        "FQ000001",
    )
    kept = Image.open(io.BytesIO(await house.app[STORE].read(seal.photo)))
    assert len(kept.getexif()) == 0, "neither place nor device stay in the photo"

    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    batch = await Batch.get()
    assert led.to == f"{DISPATCH}/batches/{batch.id}"
    assert (await he.post(f"{led.to}/bags", code="FQ000001")).status == 303
    assert "李秀英" in await he.read(f"{led.to}/list")
    nobody = await he.post(f"{led.to}/hand-over", driver_id=str(demo.practitioner_id("county1")))
    assert (nobody.status, "请选一位送药员" in nobody.text) == (422, True)
    for _ in range(2):
        assert (await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))).status == 303
    assert await numbers(it.shop.lot) == (72, 0)
    late = await he.post(f"{led.to}/bags", code="FQ000001")
    assert (late.status, "已经交给送药员" in late.loud) == (409, True)

    driver = await hands("driver1")
    assert "大槐树村" in await driver.read("/runs")
    assert "FQ000001" in await driver.read(f"/runs/clinics/{batch.id}")
    await (await hands("village2")).read(f"{SHELF}/batches/{batch.id}", 404)

    doctor = await hands("village1")
    here = f"{SHELF}/batches/{batch.id}"
    assert "点收" in await doctor.read(SHELF)
    early = await doctor.post(f"{SHELF}/{it.parcel.id}/give", code="000000")
    assert (early.status, "还没有点收" in early.loud) == (409, True)
    assert (await doctor.post(f"{here}/bags", code="FQ000001")).status == 303
    for _ in range(2):
        assert (await doctor.post(f"{here}/arrival")).status == 303
    assert (await Batch.get()).status is BatchStatus.ARRIVED
    assert "1</b> 包药等居民来取" in await doctor.read("/clinic")
    await doctor.visitor.get(f"{SHELF}/{it.parcel.id}/seal")
    assert await AuditEvent.exists(action="seal.look", outcome="success")

    wrong = await doctor.post(f"{SHELF}/{it.parcel.id}/give", code="12")
    assert (wrong.status, "收药码不对" in wrong.text) == (422, True)
    code = receipts.code_of(it.parcel.id)
    for status in (303, 409):
        assert (await doctor.post(f"{SHELF}/{it.parcel.id}/give", code=code)).status == status
    receipt = await Receipt.get()
    assert (receipt.proof, receipt.given_by_name) == (Proof.CODE, "周秀兰")
    await seen(it, "received")
    await quiet()
    await sound()


async def test_what_may_not_leave_is_refused_loudly(packed, hands):
    it, other = await packed(TO_VILLAGE), await packed(TO_VILLAGE, name="wang", add="王建军")
    he = await hands("pharmacist1")
    await put_seal(he, it, "FQ000001")
    used = await put_seal(he, other, "FQ000001")
    assert (used.status, "已经用过了" in used.loud) == (409, True)
    await put_seal(he, other, "FQ000002")
    places = {"pharmacy_id": str(it.shop.id)}
    elsewhere = str(demo.organization_id("YH-T2-V1"))
    begun = await he.post(f"{DISPATCH}/batches", clinic_id=elsewhere, **places)
    wrong = await he.post(f"{begun.to}/bags", code="FQ000001")
    assert (wrong.status, "放错了" in wrong.loud) == (409, True)
    assert await AuditEvent.exists(action="batch.put_in", outcome="refused")
    assert (await he.post(f"{begun.to}/cancel")).status == 303

    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    assert (await he.post(f"{DISPATCH}/scan", code="FQ000002")).to == led.to
    await orders.stop(await actor("pharmacist1"), other.order.id, "缺药")
    stopped = await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))
    assert (stopped.status, "FQ000002" in stopped.loud) == (409, True)
    assert (await Batch.get(clinic_id=it.parcel.clinic_id)).status is BatchStatus.OPEN
    await he.post(f"{led.to}/bags/{other.parcel.id}/out")
    assert (await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))).status == 303
    again = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    assert (again.status, "已经交出去过" in again.loud) == (409, True)


async def test_missing_opened_and_too_many_are_said_at_once(packed, hands):
    it, other = await packed(TO_VILLAGE), await packed(TO_VILLAGE, name="wang", add="王建军")
    he, doctor = await hands("pharmacist1"), await hands("village1")
    for one, number in ((it, "FQ000001"), (other, "FQ000002")):
        await put_seal(he, one, number)
        led = await he.post(f"{DISPATCH}/scan", code=number)
    await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))
    batch = await Batch.get()
    here = f"{SHELF}/batches/{batch.id}"
    silent = await doctor.post(f"{here}/arrival", **{f"bag-{it.parcel.id}": "opened"})
    assert (silent.status, "还有 1 袋没有点" in silent.loud) == (422, True)
    said = {f"bag-{it.parcel.id}": "opened", f"bag-{other.parcel.id}": "missing"}
    assert (await doctor.post(f"{here}/arrival", extra="FQ999999", **said)).status == 303
    found = await BatchFinding.all().order_by("kind")
    assert [one.kind.value for one in found] == ["extra", "missing", "opened"]
    assert (await Parcel.get(id=it.parcel.id)).status is Road.REFUSED
    desk = await he.read(DISPATCH)
    assert "封签拆开过" in desk
    lost = {"note": "送药员车上也没有", "lost": "1"}
    assert (await he.post(f"{DISPATCH}/findings/{found[1].id}", **lost)).status == 303
    assert (await Parcel.get(id=other.parcel.id)).status is Road.LOST
    await seen(other, "approved")
    assert (await doctor.post(f"{SHELF}/{it.parcel.id}/return")).status == 303
    assert "FQ000001" in await (await hands("driver1")).read("/runs")
    await quiet()
    await sound()


async def test_without_phone_and_papers_two_witness(packed, hands):
    it, he, doctor = await packed(TO_VILLAGE), await hands("pharmacist1"), await hands("village1")
    await put_seal(he, it, "FQ000001")
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))
    here = f"{SHELF}/batches/{(await Batch.get()).id}"
    await doctor.post(f"{here}/arrival", **{f"bag-{it.parcel.id}": "here"})
    give = f"{SHELF}/{it.parcel.id}/give"
    who = {"taker": "李大山", "relation": "儿子"}
    assert "另一位" in (await doctor.post(give, **who)).text
    assert "另一个人" in (await doctor.post(give, witness="周秀兰", **who)).text
    assert (await doctor.post(give, witness="王会计", **who)).status == 303
    receipt = await Receipt.get()
    assert (receipt.proof, receipt.name, receipt.relation, receipt.note) == (
        Proof.WITNESS,
        "李大山",
        "儿子",
        "见证:周秀兰、王会计",
    )


async def test_not_fetched_is_reminded_once_and_goes_back(packed, hands, clock):
    it, he, doctor = await packed(TO_VILLAGE), await hands("pharmacist1"), await hands("village1")
    await put_seal(he, it, "FQ000001")
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    await he.post(f"{led.to}/hand-over", driver_id=str(DRIVER))
    here = f"{SHELF}/batches/{(await Batch.get()).id}"
    await doctor.post(f"{here}/bags", code="FQ000001")
    await doctor.post(f"{here}/arrival")
    assert await village.tick() == 0
    clock.move(days=4)
    assert [await village.tick(), await village.tick()] == [1, 0]
    await quiet()
    told = (await it.li.get("/communications")).body["items"]
    assert any("等您来取" in one["text"] for one in told)
    clock.move(days=4)
    doctor = await hands("village1")
    assert "该退回了" in await doctor.read(SHELF)
    for _ in range(2):
        assert (await doctor.post(f"{SHELF}/{it.parcel.id}/return")).status == 303
    late = await doctor.post(f"{SHELF}/{it.parcel.id}/give", code="000000")
    assert late.status == 409


async def test_a_cold_bag_is_given_to_nobody_without_a_good_reading(packed, hands, clock):
    """GSP 冷藏附录: 2-8 °C at every hand-over, and nothing goes out that was warm too long."""
    it, he, doctor = await packed(TO_VILLAGE), await hands("pharmacist1"), await hands("village1")
    await Parcel.filter(id=it.parcel.id).update(cold=True)
    await put_seal(he, it, "FQ000001")
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    over = f"{led.to}/hand-over"
    assert "温度记录仪" in (await he.post(over, driver_id=str(DRIVER))).text
    warm = await he.post(over, driver_id=str(DRIVER), temperature="9.5")
    assert (warm.status, "不在 2–8 °C" in warm.loud) == (409, True)
    clock.move(minutes=5)
    assert (await he.post(over, driver_id=str(DRIVER), temperature="5.2")).status == 303
    here = f"{SHELF}/batches/{(await Batch.get()).id}"
    clock.move(minutes=5)
    assert "先看记录仪" in (await doctor.post(f"{here}/bags", code="FQ000001")).loud
    assert (await doctor.post(f"{here}/temperature", temperature="4,8 ℃")).status == 303
    assert (await doctor.post(f"{here}/bags", code="FQ000001")).status == 303
    await doctor.post(f"{here}/arrival")
    give = f"{SHELF}/{it.parcel.id}/give"
    code = receipts.code_of(it.parcel.id)
    assert "温度记录仪" in (await doctor.post(give, code=code)).text
    clock.move(minutes=1)
    assert (await doctor.post(give, code=code, temperature="11")).status == 409
    clock.move(minutes=28)
    spoilt = await doctor.post(give, code=code, temperature="11")
    assert (spoilt.status, "太久" in spoilt.loud) == (409, True)
    assert (await Parcel.get(id=it.parcel.id)).status is Road.TOO_WARM
    await seen(it, "approved")
    await quiet()
    await sound()
