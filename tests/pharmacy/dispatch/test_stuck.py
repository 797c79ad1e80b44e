"""What a courier cannot bring is work for the pharmacy, and the resident hears what comes next."""

from core import clock as time
from core.audit import AuditEvent
from pharmacy.delivery import service
from pharmacy.delivery.gateway import COURIER, Track
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import Word
from pharmacy.delivery.tracking import hear
from tests.pharmacy.delivery.test_courier import until
from tests.pharmacy.dispatch.conftest import DISPATCH, HOME, put_seal
from tests.pharmacy.shipping.conftest import courier

__all__ = ["courier"]

STUCK = "快递送不成,请打电话"


async def step_of(it):
    answer = await it.li.get(f"/medication-requests/{it.rx.id}")
    return answer.body["next_step"]


async def test_an_order_the_courier_refuses_is_called_about_and_asked_again(
    packed, hands, courier, house
):
    it, he = await packed(HOME), await hands("pharmacist1")
    await put_seal(he, it, "FQ000001")
    phone = (await Parcel.get(id=it.parcel.id)).recipient_phone
    wrong = {"tracking_number": None, "due_at": time.now(), "recipient_phone": "0539-555"}
    courier.orders.clear()
    await Parcel.filter(id=it.parcel.id).update(**wrong)
    await service.tick(lambda: house.app[COURIER].courier)
    await until(it.parcel, lambda row: row.problem)
    desk = await he.read(DISPATCH)
    assert STUCK in desk
    assert "快递没有接受" in desk
    page = f"/pharmacy/parcels/{it.parcel.id}"
    assert "快递没有接单,请打电话" in await he.read(page)
    assert "药房会打电话跟您商量" in await step_of(it)
    assert (await (await hands("county1")).post(f"{page}/courier")).status == 403

    await Parcel.filter(id=it.parcel.id).update(recipient_phone=phone)
    for _ in range(2):
        assert (await he.post(f"{page}/courier")).status == 303
    assert await AuditEvent.filter(action="parcel.ask_again").count() == 1
    await until(it.parcel, lambda row: row.tracking_number)
    assert STUCK not in await he.read(DISPATCH)
    assert "等着送出" in await step_of(it)


async def test_trouble_on_the_road_stands_until_the_courier_goes_on(clock, packed, hands, courier):
    it, he = await packed(HOME), await hands("pharmacist1")
    await put_seal(he, it, "FQ000001")
    parcel = await until(it.parcel, lambda row: row.tracking_number)
    assert (await he.post(f"/pharmacy/parcels/{parcel.id}/hand-over")).status == 303

    async def told(word, note=""):
        clock.move(minutes=1)
        at = time.now()
        await hear(Track(tracking_number=parcel.tracking_number, status=word, at=at, note=note))

    await told(Word.IN_TRANSIT)
    assert STUCK not in await he.read(DISPATCH)
    await told(Word.PROBLEM, "地址找不到")
    desk = await he.read(DISPATCH)
    assert STUCK in desk
    assert "地址找不到" in desk
    assert "药房会打电话跟您商量" in await step_of(it)
    await told(Word.DELIVERING)
    assert STUCK not in await he.read(DISPATCH)
    assert "药在路上" in await step_of(it)
    await told(Word.REFUSED)
    assert "快递没有送到人手里" in await he.read(DISPATCH)
    assert "正在退回药房" in await step_of(it)
    await told(Word.RETURNING)
    assert STUCK not in await he.read(DISPATCH), "the returns desk has it"
