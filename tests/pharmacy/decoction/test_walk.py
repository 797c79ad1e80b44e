"""A decoction over HTTP: scanned, weighed, checked, soaked, boiled twice, packed, handed over."""

import asyncio
from decimal import Decimal

from app.demo import people as demo
from core.audit import AuditEvent
from pharmacy.decoction.models import Decoction, DecoctionStep
from pharmacy.decoction.states import Status
from pharmacy.prescribing.models import Preparation
from tests.pharmacy.decoction.conftest import HERE


async def received(person, prescription, **more) -> Decoction:
    answer = await person.post(HERE, {"number": prescription.number, **more})
    assert answer.status == 303, await answer.text()
    return await Decoction.get(open=prescription.id)


async def step(person, row, action, **fields):
    return await person.post(f"{HERE}/{row.id}/steps/{action}", fields)


async def go(person, row, action, **fields):
    answer = await step(person, row, action, **fields)
    assert answer.status == 303, await answer.text()
    await row.refresh_from_db()


async def later(clock, minutes, *people):
    """Time goes by, and people look at the board now and then, so that nobody is signed out."""
    for _ in range(minutes // 5):
        clock.move(minutes=5)
        for person in people:
            assert (await person.get(f"{HERE}/wall")).status == 200


async def soaking(one, other, prescription, *, dose_g="50.5", **more) -> Decoction:
    row = await received(one, prescription, **more)
    await go(one, row, "weigh")
    await go(other, row, "recheck", dose_g=dose_g)
    await go(one, row, "soak", station="3", water_ml="2000")
    return row


async def test_from_the_scan_to_the_counter(room, to_decoct, clock):
    one, other = room
    row = await soaking(one, other, await to_decoct(), urgent="1")
    assert (row.doses, row.dose_g, row.pot) == (7, Decimal(50), "3")
    early = await step(one, row, "boil")
    assert (early.status, "还差 30 分钟" in await early.text()) == (409, True)
    wall = await (await one.get(f"{HERE}/wall", headers={"HX-Request": "true"})).text()
    for words in (row.number, "浸泡中", "3 号锅", "加急", "王**"):
        assert words in wall
    assert "王秀兰" not in wall, "residents read the wall too"
    await later(clock, 30, one, other)
    await go(one, row, "boil")
    await later(clock, 40, one, other)
    assert "后下" in await (await step(one, row, "boil_again")).text()
    page = await (await one.get(f"{HERE}/{row.id}/now")).text()
    assert "该下“后下”的药了" in page
    assert "开始二煎" not in page
    await go(one, row, "add")
    assert (await step(one, row, "boil_again")).status == 409
    await later(clock, 5, one, other)
    await go(one, row, "boil_again")
    assert (await step(one, row, "pack", yield_ml="3000", bags="14")).status == 409
    clock.move(minutes=15)
    wrong = await step(one, row, "pack", yield_ml="1000", bags="13")
    text = await wrong.text()
    assert (wrong.status, "14 袋" in text, 'value="1000"' in text) == (422, True, True)
    await go(one, row, "pack", yield_ml="3000", bags="14", sample="1")
    await go(other, row, "inspect")
    await go(other, row, "hand_over")
    assert (row.status, row.open) == (Status.HANDED_OVER, None)
    done = (
        await DecoctionStep.filter(decoction_id=row.id)
        .order_by("at")
        .values_list("action", flat=True)
    )
    assert done == [
        "receive", "weigh", "recheck", "soak", "boil", "add", "boil_again", "pack", "inspect",
        "hand_over",
    ]  # fmt: skip
    page = await (await one.get(f"{HERE}/{row.id}")).text()
    for words in ("出液(毫升) 3000", "留样", "加水(毫升) 2000", "先煎"):
        assert words in page
    label = await (await one.get(f"{HERE}/{row.id}/label")).text()
    assert row.number in label
    assert "14 袋" in label
    asked = {"patient_id": row.patient_id, "action": "decoction.step"}
    assert await AuditEvent.filter(**asked).count() == 10


async def test_the_label_opens_it_and_the_prescription_is_taken_once(room, to_decoct):
    one, other = room
    prescription = await to_decoct()
    row = await received(one, prescription)
    for number in (row.number, row.number.lower(), prescription.number):
        answer = await other.post(HERE, {"number": number})
        assert answer.headers["Location"] == f"{HERE}/{row.id}"
    answers = await asyncio.gather(
        *(one.post(HERE, {"number": prescription.number}) for _ in range(3))
    )
    assert {answer.status for answer in answers} == {303}
    assert await Decoction.all().count() == 1


async def test_only_what_was_reviewed_and_belongs_to_an_order_is_made(room, to_decoct):
    """审核规范; 处方管理办法 art. 35."""
    one, _ = room
    waiting = await to_decoct("approve")
    answer = await one.post(HERE, {"number": waiting.number})
    assert (answer.status, "付款" in await answer.text()) == (409, True)
    at_home = await to_decoct(preparation=Preparation.SELF)
    answer = await one.post(HERE, {"number": at_home.number})
    assert (answer.status, "不代煎" in await answer.text()) == (409, True)
    answer = await one.post(HERE, {"number": "YH-NO"})
    assert (answer.status, "没有找到这张处方" in await answer.text()) == (422, True)


async def test_who_weighed_does_not_check_and_bad_weighing_goes_back(room, to_decoct):
    """处方管理办法 art. 37; 中药饮片管理规范: ±5 %."""
    one, other = room
    row = await received(one, await to_decoct())
    await go(one, row, "weigh")
    assert (await step(one, row, "recheck", dose_g="50")).status == 409
    wrong = await step(other, row, "recheck", dose_g="52.6")
    assert (wrong.status, "误差超过 5%" in await wrong.text()) == (422, True)
    assert (await step(other, row, "recheck")).status == 422
    assert (await step(other, row, "weigh_again")).status == 422
    await go(other, row, "weigh_again", reason="少了薄荷")
    await go(other, row, "weigh")
    assert (await step(other, row, "recheck", dose_g="50")).status == 409
    await go(one, row, "recheck", dose_g="50")


async def test_a_spoilt_one_is_remade_with_a_reason(room, to_decoct):
    one, other = room
    prescription = await to_decoct()
    spoilt = await soaking(one, other, prescription)
    assert (await step(one, spoilt, "remake")).status == 422
    answer = await step(one, spoilt, "remake", reason="锅干了")
    again = await Decoction.get(open=prescription.id)
    assert answer.headers["Location"] == f"{HERE}/{again.id}"
    await spoilt.refresh_from_db()
    assert (spoilt.status, spoilt.open, again.remake_of) == (Status.REMADE, None, spoilt.id)
    assert (again.status, again.number != spoilt.number) == (Status.RECEIVED, True)


async def test_a_second_click_changes_nothing_and_another_step_is_refused(room, to_decoct):
    one, _ = room
    row = await received(one, await to_decoct())
    answers = await asyncio.gather(*(step(one, row, "weigh") for _ in range(3)))
    assert {answer.status for answer in answers} <= {303, 409}
    assert await DecoctionStep.filter(decoction_id=row.id, action="weigh").count() == 1
    assert (await step(one, row, "weigh")).status == 303
    assert (await step(one, row, "pack", yield_ml="3000", bags="14")).status == 409
    assert (await step(one, row, "explode")).status == 409


async def test_strangers_find_nothing(room, to_decoct, house):
    one, _ = room
    row = await received(one, await to_decoct())
    doctor = await house.signed_in("county1")
    assert (await doctor.get(f"{HERE}/{row.id}")).status == 403
    await Decoction.filter(id=row.id).update(organization_id=demo.organization_id("YH-T1"))
    assert (await one.get(f"{HERE}/{row.id}")).status == 404
    assert (await step(one, row, "weigh")).status == 404
