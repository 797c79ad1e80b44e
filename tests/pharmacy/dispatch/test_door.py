"""To the door: by our own driver with a thermometer, and by courier with a label."""

from pharmacy.delivery import receipts
from pharmacy.delivery.models import Parcel, ParcelEvent, ParcelReading, Proof, Receipt
from pharmacy.delivery.states import Carrier
from pharmacy.delivery.states import Status as Road
from tests.pharmacy.delivery.test_courier import until
from tests.pharmacy.dispatch.conftest import DISPATCH, DRIVER, HOME, put_seal, seen
from tests.pharmacy.orders.conftest import sound
from tests.pharmacy.orders.test_walk import quiet
from tests.pharmacy.shipping.conftest import courier

__all__ = ["courier"]


async def with_driver(packed, hands, **more):
    """A bag in driver1's hands, sealed as FQ000001; the driver."""
    it, he = await packed(HOME, **more), await hands("pharmacist1")
    changes = {"carrier": Carrier.OWN, "cold": True, "due_at": None, "tracking_number": None}
    await Parcel.filter(id=it.parcel.id).update(**changes)
    await put_seal(he, it, "FQ000001")
    led = await he.post(f"{DISPATCH}/scan", code="FQ000001")
    assert led.to == f"/pharmacy/parcels/{it.parcel.id}"
    over = f"{led.to}/hand-over"
    assert (await he.post(over, temperature="5")).status == 422, "nobody drives"
    for _ in range(2):
        answer = await he.post(over, driver_id=str(DRIVER), temperature="5.0")
        assert answer.status == 303, answer.loud
    return it, await hands("driver1")


async def test_our_own_driver_gives_it_at_the_door(packed, hands, clock):
    it, driver = await with_driver(packed, hands)
    bag = f"/runs/bags/{it.parcel.id}"
    assert "大槐树村 东头第三家" in await driver.read("/runs")
    page = await driver.read(bag)
    assert "tel:13800000001" in page
    assert "氨氯地平" not in page, "drivers see no drug"
    for stranger, status in (("village1", 403), ("pharmacist1", 403)):
        await (await hands(stranger)).read(bag, status)
    assert (await driver.post(f"{bag}/attempt", words="邻居说去赶集")).status == 303
    assert (await Parcel.get(id=it.parcel.id)).problem == "没有人在:邻居说去赶集"
    assert await ParcelEvent.filter(parcel_id=it.parcel.id).count() == 1
    clock.move(minutes=5)
    code = receipts.code_of(it.parcel.id)
    assert "温度记录仪" in (await driver.post(f"{bag}/give", code=code)).text
    assert (await driver.post(f"{bag}/give", code=code, temperature="冷")).status == 422
    given = await driver.post(f"{bag}/give", code=code, temperature="6.1", taker="李大山")
    assert given.status == 303, given.loud
    receipt = await Receipt.get()
    assert (receipt.proof, receipt.name, receipt.given_by_name) == (Proof.CODE, "李大山", "石永强")
    assert await ParcelReading.filter(parcel_id=it.parcel.id).count() == 2
    assert (await driver.post(f"{bag}/refusal", reason="又不要了")).status == 409
    await seen(it, "received")
    await quiet()
    await sound()


async def test_refused_or_broken_at_the_door(packed, hands):
    it, driver = await with_driver(packed, hands)
    bag = f"/runs/bags/{it.parcel.id}"
    for _ in range(2):
        assert (await driver.post(f"{bag}/refusal", reason="家里还有药")).status == 303
    assert "家里还有药" in await driver.read("/runs")
    for _ in range(2):
        assert (await driver.post(f"{bag}/damage", reason="箱子翻了,袋子湿了")).status == 303
    assert (await Parcel.get(id=it.parcel.id)).status is Road.DAMAGED
    await seen(it, "approved")
    he, she = await hands("pharmacist1"), await hands("pharmacist2")
    back = await he.post("/pharmacy/returns/scan", code="FQ000001")
    look = {"seal": "open", "content": "wrong", "cold": "broken", "why": "quality"}
    assert (await he.post(f"{back.to}/inspection", fault="carrier", **look)).status == 303
    assert (await she.post(f"{back.to}/disposal")).status == 303
    await quiet()
    await sound()


async def test_the_courier_gets_it_with_its_label(packed, hands, courier):
    it, he = await packed(HOME), await hands("pharmacist1")
    await put_seal(he, it, "FQ000001")
    page = f"/pharmacy/parcels/{it.parcel.id}"
    await until(it.parcel, lambda row: row.tracking_number)
    label = await he.visitor.get(f"{page}/label")
    assert (await label.read()).startswith(b"%PDF")
    for _ in range(2):
        assert (await he.post(f"{page}/hand-over")).status == 303
    await seen(it, "on_the_way")
    assert "快递送到家" in await he.read(page)
    await (await hands("county1")).read(page, 403)
    await quiet()
    await sound()
