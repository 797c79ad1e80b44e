"""Each role's boards over HTTP: the team's day, a township, the county; who sees people and who
sees numbers; the files."""

import csv
import io
from collections import Counter
from uuid import uuid4

import openpyxl
import pytest

from app.demo import people as demo
from core import clock as time
from core.audit import AuditEvent
from family_doctor.boards import policy
from family_doctor.boards.access import Scope
from family_doctor.boards.board import by_team
from family_doctor.boards.numbers import Place, Tally
from family_doctor.boards.periods import period_of
from family_doctor.boards.rules import Params
from family_doctor.boards.untold import untold_of
from family_doctor.care_plan.models import Call, Task
from family_doctor.teams.models import CareTeam
from people.models import Organization, Patient
from tests.family_doctor.boards.town import contract, follow_up, settle
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team

__all__ = ["resident"]

COUNTY = "/boards/county"


@pytest.fixture
async def town(clock, house, resident):
    """20 November 2026, with a second team elsewhere."""
    clock.move(days=18)
    other = await found_team("柳湾乡团队", ELSEWHERE)
    await CareTeam.filter(id=other.id).update(organization_id=demo.organization_id("YH-T2"))
    return await settle(await found_team(), resident)


def township(town) -> str:
    return f"/boards/townships/{town.team.organization_id}"


async def text(visitor, path: str, status: int = 200) -> str:
    answer = await visitor.get(path)
    assert answer.status == status, path
    return await answer.text()


def squeezed(page: str) -> str:
    return " ".join(page.split())


async def test_a_members_day_leads_to_where_one_acts(house, town):
    task = await Task.get(patient_id=town.people["乙"].id)
    for answer in ("no_answer", "reached"):
        await Call.create(
            id=uuid4(),
            task_id=task.id,
            answer=answer,
            by_id=demo.practitioner_id("nurse1"),
            by_name="郑小燕",
            at=time.now(),
        )
    await follow_up(town.team, town.people["辛"], time.today(), "4", hypertension=True)
    nurse = await house.signed_in("nurse1")
    assert 'href="/boards"' in await text(nurse, "/follow-ups")
    first = await nurse.get("/boards")
    assert first.headers["Location"] == f"/boards/teams/{town.team.id}"
    page = squeezed(await text(nurse, first.headers["Location"]))
    assert 'href="/follow-ups?shown=overdue">1 件' in page
    assert "8 到 30 天:1 件" in page
    assert "最久 10 天" in page
    assert "丁某" in page, "an alert that nobody has answered"
    assert 'data-label="视频随访">1<' in page
    assert '2<span class="soft">,打通 1</span>' in page
    assert f"/family/{town.team.id}/overdue" in page
    for who in ("village2", "supervisor1"):
        stranger = await house.signed_in(who)
        answer = await stranger.get(first.headers["Location"])
        assert answer.status in (403, 404), who
        assert "丁某" not in await answer.text()


async def test_a_lead_sees_numbers_their_meaning_and_the_people_of_the_own_team(house, town):
    lead = await house.signed_in("team1")
    page = squeezed(await text(lead, f"{township(town)}?period=2026-11"))
    assert "40.0 %" in page
    assert "2 / 5 人" in page
    assert "最近一次随访血压低于 140/90" in page
    assert "国家基本公共卫生服务规范(第三版)" in page
    assert "人少,不显示" not in page, "the own team's people are known"
    assert "石桥村" in page
    people = f"/boards/teams/{town.team.id}/people?period=2026-11"
    shown = await text(lead, f"{people}&measure=hypertension_control")
    assert shown.index("丁某") < shown.index("甲某"), "those to be looked after first"
    assert "12 个月里没有随访" in shown
    village = await text(lead, f"{people}&village=石桥村&measure=hypertension_control")
    assert "丁某" in village
    assert "甲某" not in village
    assert "己某" in await text(lead, f"{people}&measure=hypertension_managed")
    assert "庚某" not in await text(lead, f"{people}&measure=hypertension_managed")
    assert "还没有人接" in await text(lead, f"{people}&measure=in_time")
    assert "应做 3 次,做了 2 次" in await text(lead, f"{people}&measure=fulfilment")
    for wrong in ("measure=x", "measure=signed&period=2030-01", ""):
        await text(lead, f"/boards/teams/{town.team.id}/people?{wrong}", 404)
    looks = AuditEvent.filter(action="board.people")
    assert "hypertension_control 2026-11: 5" in await looks.values_list("reason", flat=True)
    assert await AuditEvent.filter(action="board.open").count() == 1


async def test_every_number_opens_as_many_people_as_it_counts(house, town):
    lead = await house.signed_in("team1")
    people = f"/boards/teams/{town.team.id}/people?period=2026-11&measure="
    expected = {
        "signed": 7, "paid": 7, "fresh": 1, "group_hypertension": 2, "late": 5, "met": 1,
        "face": 1, "alerts": 3, "in_time": 3, "wait_p90": 2, "diabetes_standard": 1,
        "hypertension_managed": 6, "hypertension_standard": 5,
    }  # fmt: skip
    for code, count in expected.items():
        page = await text(lead, people + code)
        assert page.count('<th scope="row"') == count, code


async def test_who_is_no_longer_signed_with_the_team_is_counted_without_a_name(house, town):
    lead = await house.signed_in("team1")
    people = f"/boards/teams/{town.team.id}/people?period=2026-10&measure=hypertension_control"
    page = await text(lead, people)
    assert "戊某" not in page
    assert "已不在本团队签约" in page


async def test_the_bureau_sees_numbers_only_and_no_small_groups(house, town, resident):
    for number in range(6):
        await contract(town.team, await resident(f"新{number}", number=""), time.today())
    bureau = await house.signed_in("supervisor1")
    first = await bureau.get("/boards")
    assert first.headers["Location"] == COUNTY
    page = squeezed(await text(bureau, COUNTY))
    assert "13 人" in page
    assert "人少,不显示" in page
    assert "/people?" not in page
    assert not any(name in page for name in ("甲某", "丁某", "/follow-ups/patients"))
    inside = squeezed(await text(bureau, township(town)))
    assert "大槐树村" in inside
    assert "1 人" not in inside.replace("13 人", "").replace("11 人", "")
    await text(bureau, f"/boards/teams/{town.team.id}/people?measure=signed", 404)
    policy.configure(Params(least=0))
    try:
        assert "人少,不显示" not in await text(bureau, COUNTY)
    finally:
        policy.configure(Params())


async def test_the_villages_of_a_hidden_team_do_not_add_up_to_it(town):
    """乙团队 is hidden because 丙团队 has three people and the total stands above."""
    teams = [town.team]
    for name in ("乙团队", "丙团队"):
        more = await CareTeam.create(
            name=name, organization_id=town.team.organization_id, created_at=time.now()
        )
        teams.append(await CareTeam.get(id=more.id).select_related("organization"))
    await town.team.fetch_related("organization")
    signed = {
        Place(teams[0].id, "东村"): 50,
        Place(teams[1].id, "南村"): 10,
        Place(teams[1].id, "北村"): 10,
        Place(teams[2].id, "西村"): 3,
    }
    tallies = {place: Tally(Counter(signed=count)) for place, count in signed.items()}
    bureau = Scope("青石镇", "/boards", teams, frozenset(), await actor("supervisor1"))
    lines = by_team(bureau, tallies, period_of("2026-11", time.today()), untold_of(bureau, tallies))
    shown = {line.name: line.figures["signed"].value for line in lines}
    assert shown == {
        "青石镇第一团队": 50, "东村": 50, "乙团队": None, "南村": None, "北村": None,
        "丙团队": None, "西村": None,
    }  # fmt: skip


async def told(browser, path) -> dict[str, dict[str, str]]:
    """The numbers of a board by place, as its file says them."""
    body = await (await browser.get(f"{path}/numbers.csv?period=2026-11")).read()
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig"))):
        found.setdefault(row["名称"], {})[row["指标"]] = row["数值"]
    return found


async def test_the_townships_boards_tell_nothing_that_the_countys_hides(house, town, resident):
    """Three townships: one has few, the next smallest goes with it on the county's board, and so it
    does on its own board, where its total would tell the few by subtraction."""
    houses = {"YH-T2": 6, "YH-T3": 3}
    for code, people in houses.items():
        team = await CareTeam.create(
            name=f"{code} 团队", organization_id=demo.organization_id(code), created_at=time.now()
        )
        for number in range(people):
            patient = await resident(f"{code}{number}", number="")
            await contract(team, patient, time.today(), doctor_id=town.team.responsible_id)
    bureau = await house.signed_in("supervisor1")
    county = await told(bureau, COUNTY)
    names = {row.id: row.name for row in await Organization.all()}
    few = "人少,不显示"
    assert county["全县"]["签约居民"] == "16"
    hidden = {name for name, numbers in county.items() if numbers["签约居民"] == few}
    assert hidden == {names[demo.organization_id(code)] for code in houses}
    for code in houses:
        place = await told(bureau, f"/boards/townships/{demo.organization_id(code)}")
        assert {numbers["签约居民"] for numbers in place.values()} == {few}


async def test_doors_are_closed_without_telling(house, town):
    village = await house.signed_in("village2")
    people = f"/boards/teams/{town.team.id}/people?measure=signed"
    for path in (township(town), COUNTY, people, f"{township(town)}/numbers.csv"):
        await text(village, path, 404)
    own = (await village.get("/boards")).headers["Location"]
    other = await text(village, f"/boards/townships/{demo.organization_id('YH-T2')}")
    assert "柳湾乡团队" in other
    assert own.startswith("/boards/teams/")
    township_doctor = await house.signed_in("township1")
    assert "青石镇第一团队" in await text(township_doctor, township(town)), "works in this house"
    await text(township_doctor, people, 404)
    stock = await house.signed_in("stock1")
    assert (await stock.get(COUNTY)).status == 403
    county = await house.signed_in("county3")
    assert 'href="/boards"' in await text(county, COUNTY)
    await text(county, people, 404)
    refusals = await AuditEvent.filter(action="board.open", subject="Board/county")
    assert {one.outcome for one in refusals if one.outcome != "success"}


async def test_the_files_say_the_same_with_definitions_and_no_formulas(house, town):
    await CareTeam.filter(id=town.team.id).update(name="=HYPERLINK(1)团队")
    await Patient.filter(id=town.people["丁"].id).update(village="@石桥村")
    lead = await house.signed_in("team1")
    answer = await lead.get(f"{township(town)}/numbers.csv?period=2026-11")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    control = next(row for row in rows if row["指标"] == "高血压控制率")
    assert (control["层级"], control["数值"], control["分子"], control["分母"]) == (
        "合计", "40.0", "2", "5",
    )  # fmt: skip
    assert "分母:纳入高血压管理、没有结案的人" in control["怎么算的"]
    names = {row["名称"] for row in rows}
    assert {"'=HYPERLINK(1)团队", "'@石桥村"} <= names
    empty = next(row for row in rows if row["名称"] == "'@石桥村" and row["指标"] == "糖尿病控制率")
    assert (empty["数值"], empty["分母"]) == ("—", "0")

    answer = await lead.get(f"{township(town)}/numbers.xlsx?period=2026-11")
    book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    assert book.sheetnames == ["数字", "怎么算的"]
    numbers = list(book["数字"].iter_rows(values_only=True))
    assert len(numbers) == len(rows) + 1
    assert [40, "%", 2, 5] in [list(row[7:]) for row in numbers if row[6] == "高血压控制率"]
    assert all(cell.data_type != "f" for row in book["数字"].iter_rows() for cell in row)
    assert book["怎么算的"].max_row == len({row["指标"] for row in rows}) + 1
    bureau = await house.signed_in("supervisor1")
    hidden = await (await bureau.get(f"{COUNTY}/numbers.csv?period=2026-11")).read()
    assert "人少,不显示" in hidden.decode("utf-8-sig")
    exports = await AuditEvent.filter(action="board.export").values_list("subject", flat=True)
    assert sorted(exports) == ["boards/county", township(town)[1:], township(town)[1:]]


async def test_a_county_without_teams_says_so(house, clock):
    bureau = await house.signed_in("supervisor1")
    assert "还没有家庭医生团队" in await text(bureau, COUNTY)
    assert (await bureau.get(f"{COUNTY}/numbers.xlsx")).status == 200
