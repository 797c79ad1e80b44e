"""A child's vaccinations over HTTP: the book is copied and compared, the list says who is due."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from core.audit import AuditEvent
from family_doctor.care_plan.models import CarePlan, Programme
from family_doctor.care_plan.states import PlanStatus
from family_doctor.immunization.models import Immunization, ImmunizationRecommendation
from people.models import Sex
from tests.people.conftest import resident
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["resident"]
TODAY = date(2026, 11, 23)
BORN = date(2026, 3, 23)  # eight months today: 麻腮风 and 乙脑 open


@pytest.fixture
async def child(house, resident, clock):
    """李小宝 of 大槐树村, signed."""
    clock.move(days=(TODAY - clock.moment.date()).days)
    patient = await resident("李小宝", born=BORN, number="", sex=Sex.MALE)
    await signed(patient, await found_team())
    await found_team("柳湾乡团队", ELSEWHERE)
    return patient


def path(patient):
    return f"/follow-ups/patients/{patient.id}/immunizations"


def dose(what, on, **more):
    """As the form sends it."""
    return {"id": str(uuid4()), "dose": what, "given_on": str(on), "origin": "book"} | more


BOOK = [
    ("hepb:1", BORN), ("bcg:1", BORN), ("hepb:2", BORN + timedelta(days=31)),
    ("ipv:1", date(2026, 5, 23)), ("ipv:2", date(2026, 6, 23)), ("bopv:3", date(2026, 7, 23)),
    ("dtap:1", date(2026, 5, 23)), ("dtap:2", date(2026, 7, 23)), ("dtap:3", date(2026, 9, 23)),
    ("hepb:3", date(2026, 9, 23)), ("mpsv-a:1", date(2026, 9, 23)),
]  # fmt: skip


async def copied(nurse, patient):
    """The whole book, and compared."""
    for what, on in BOOK:
        assert (await nurse.post(path(patient), dose(what, on))).status == 303
    assert (await nurse.post(f"{path(patient)}/comparison")).status == 303


async def listed(nurse, shown, village=""):
    return await (
        await nurse.get(f"/follow-ups/immunizations?shown={shown}&village={village}")
    ).text()


async def test_the_book_is_copied_compared_and_the_list_says_who_is_due(child, house):
    nurse = await house.signed_in("nurse1")
    assert child.name in await listed(nurse, "unseen")
    page = await (await nurse.get(path(child))).text()
    assert "还没对过接种证" in page
    assert "不代替免疫规划信息系统" in page
    assert "由接种的医生当面判断" in page
    assert "过期没打" not in page, "nothing is late before the book is compared"
    await copied(nurse, child)
    assert child.name not in await listed(nurse, "unseen")
    assert child.name not in await listed(nurse, "late")
    due = await listed(nurse, "due", "大槐树村")
    assert (child.name in due, "麻腮风疫苗第 1 剂" in due, "乙脑疫苗第 1 剂" in due) == (True,) * 3
    assert child.name not in await listed(nurse, "due", "石桥村")
    assert "A 群流脑疫苗第 2 剂" not in due
    assert "A 群流脑疫苗第 2 剂" in await (await nurse.get(path(child))).text()
    one = await (await nurse.get(f"/follow-ups/patients/{child.id}")).text()
    assert "麻腮风疫苗第 1 剂(该打了)" in one

    given = dose("mmr:1", TODAY, origin="here", lot="L20260801")
    for _ in range(2):
        assert (await nurse.post(path(child), given)).status == 303
    row = await Immunization.get(vaccine="mmr")
    assert (row.lot, row.place) == ("L20260801", "青石镇中心卫生院")
    due = await listed(nurse, "due")
    assert "麻腮风" not in due
    again = await nurse.post(path(child), dose("mmr:1", BORN, lot="L77"))
    assert again.status == 409
    page = await again.text()
    assert "已经有记录了" in page
    assert 'value="L77"' in page, "what was typed stays"
    acts = set(await AuditEvent.filter(patient_id=child.id).values_list("action", flat=True))
    assert {"immunization.record", "immunization.book"} <= acts


async def test_a_dose_found_wrong_waits_again_and_stays_readable(child, house):
    nurse = await house.signed_in("nurse1")
    await copied(nurse, child)
    await nurse.post(path(child), dose("mmr:1", TODAY))
    row = await Immunization.get(vaccine="mmr")
    village = await house.signed_in("village1")
    wrong = f"/follow-ups/immunizations/{row.id}/error"
    assert (await village.post(wrong, {"reason": "是哥哥的"})).status == 403, "not hers"
    empty = await nurse.post(wrong, {"reason": ""})
    assert empty.status == 422
    for _ in range(2):
        assert (await nurse.post(wrong, {"reason": "是哥哥的"})).status == 303
    page = await (await nurse.get(path(child))).text()
    assert "是哥哥的" in page
    assert "麻腮风" in await listed(nurse, "due")
    mended = await nurse.post(path(child), dose("mmr:1", TODAY))
    assert mended.status == 303
    lead = await house.signed_in("team1")
    other = await Immunization.get(vaccine="mmr", status="completed")
    assert (
        await lead.post(f"/follow-ups/immunizations/{other.id}/error", {"reason": "记重了"})
    ).status == 303


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (dose("mmr:1", TODAY + timedelta(days=1)), "不能在今天以后"),
        (dose("mmr:1", BORN - timedelta(days=1)), "出生以后"),
        (dose("mmr:9", TODAY), "请从列表里选"),
        (dose("rabies:1", TODAY), "请从列表里选"),
        (dose("hepb:3", BORN + timedelta(days=40)), "先后对不上"),
        (dose("mmr:1", ""), ""),
        (dose("", TODAY), ""),
    ],
)
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(child, house, entry, words):
    nurse = await house.signed_in("nurse1")
    await nurse.post(path(child), dose("hepb:2", BORN + timedelta(days=60)))
    answer = await nurse.post(path(child), entry | {"lot": "L77"})
    assert answer.status == 422
    page = await answer.text()
    assert words in page
    assert 'value="L77"' in page
    assert await Immunization.all().count() == 1


async def test_a_combined_vaccine_stands_for_all_it_holds(child, house):
    nurse = await house.signed_in("nurse1")
    await nurse.post(path(child), dose("dtap-ipv-hib:1", date(2026, 5, 23)))
    twice = await nurse.post(path(child), dose("ipv:1", date(2026, 5, 24)))
    assert twice.status == 409


async def test_strangers_and_other_teams_see_nothing(child, house):
    nurse = await house.signed_in("nurse1")
    await copied(nurse, child)
    row = await Immunization.filter(patient_id=child.id).first()
    stranger = await house.signed_in("village2")
    assert (await stranger.get(path(child))).status == 404
    assert (await stranger.post(path(child), dose("mmr:1", TODAY))).status == 404
    assert (await stranger.post(f"{path(child)}/comparison")).status == 404
    assert (
        await stranger.post(f"/follow-ups/immunizations/{row.id}/error", {"reason": "不是"})
    ).status == 404
    for shown in ("due", "late", "soon", "unseen"):
        assert child.name not in await listed(stranger, shown)
    outside = await house.signed_in("scheduler1")
    assert (await outside.get("/follow-ups/immunizations")).status == 403


async def test_grown_ups_have_no_calendar(house, resident, clock):
    patient = await resident(number="")
    await signed(patient, await found_team())
    nurse = await house.signed_in("nurse1")
    assert (await nurse.get(path(patient))).status == 404
    assert "vaccination" not in await (await nurse.get(f"/follow-ups/patients/{patient.id}")).text()


async def test_a_child_who_moved_or_rests_is_in_no_list(child, house):
    nurse = await house.signed_in("nurse1")
    await copied(nurse, child)
    plan = {"programme": "child", "began_from": str(BORN)}
    await nurse.post(f"/follow-ups/patients/{child.id}/plans", plan)
    assert child.name in await listed(nurse, "due")
    row = await CarePlan.get(patient_id=child.id, programme=Programme.CHILD)
    hold = await nurse.post(f"/follow-ups/plans/{row.id}/hold", {"reason": "到外婆家了"})
    assert hold.status == 303
    assert child.name not in await listed(nurse, "due")
    await CarePlan.filter(id=row.id).update(status=PlanStatus.ENDED, end_reason="已迁走")
    assert child.name not in await listed(nurse, "due")
    await nurse.post(f"/follow-ups/patients/{child.id}/plans", plan)
    await CarePlan.filter(id=row.id).update(open=None)
    await nurse.post(f"/follow-ups/patients/{child.id}/plans", plan)
    assert child.name in await listed(nurse, "due")


async def test_one_day_is_one_row_that_keeps_its_name(child, house):
    nurse = await house.signed_in("nurse1")
    await copied(nurse, child)
    rows = ImmunizationRecommendation.filter(ended_at=None)
    before = {row.opens: row.id for row in await rows}
    assert TODAY in before
    await nurse.post(path(child), dose("je-live:1", TODAY))
    after = {row.opens: row.id for row in await rows}
    assert TODAY not in after, "the live one that was not given on the day waits 28 days"
    assert date(2026, 12, 21) in after
    assert {day: id for day, id in after.items() if day in before}.items() <= before.items()


async def test_late_is_late_only_after_the_last_day(child, house, clock):
    nurse = await house.signed_in("nurse1")
    await copied(nurse, child)
    clock.move(days=(date(2027, 3, 22) - TODAY).days)
    nurse = await house.signed_in("nurse1")
    assert child.name not in await listed(nurse, "late")
    clock.move(days=1)
    nurse = await house.signed_in("nurse1")
    assert re.search("麻腮风疫苗第 1 剂.*过期没打", await listed(nurse, "late"), re.DOTALL)


async def test_a_whole_book_is_copied_on_one_page(child, house):
    nurse = await house.signed_in("nurse1")
    book = f"{path(child)}/book"
    page = await (await nurse.get(book)).text()
    assert 'name="mmr:1"' in page
    assert 'name="mmr:2"' not in page, "not at eight months"
    days = {what: str(on) for what, on in BOOK}
    wrong = await nurse.post(book, days | {"hepb:3": "2026-04-01", "complete": "1"})
    assert wrong.status == 422
    again = await wrong.text()
    assert "先后对不上" in again
    assert 'value="2026-04-01"' in again
    assert await Immunization.exists() is False, "all or nothing"
    unreadable = await nurse.post(book, days | {"hepb:3": "三月"})
    assert (unreadable.status, "请填日期" in await unreadable.text()) == (422, True)
    for _ in range(2):
        assert (await nurse.post(book, days | {"complete": "1"})).status == 303
    assert await Immunization.all().count() == len(BOOK)
    assert "麻腮风疫苗第 1 剂" in await listed(nurse, "due")
    stranger = await house.signed_in("village2")
    assert (await stranger.get(book)).status == 404
    assert (await stranger.post(book, days)).status == 404
