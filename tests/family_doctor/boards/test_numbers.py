"""Every number of the boards against the town that is counted by hand (`town`)."""

from uuid import uuid4

import pytest

from care.record.models import Condition
from core import clock as time
from family_doctor.boards.definitions import BY_CODE, DEFINITIONS, Kind
from family_doctor.boards.numbers import Place, by_team, counted, total
from family_doctor.boards.periods import months_until, period_of
from family_doctor.boards.relations import RELATIONS
from family_doctor.boards.trend import trend
from family_doctor.followup.models import FollowUp
from family_doctor.fulfilment.queries import of_team
from people.matching import service as matching
from tests.plumbing.families import ELSEWHERE, found_team

HAND_COUNTED = {
    "signed": (7, 7, "7"),  # all but 戊
    "paid": (1, 7, "14.3"),  # 甲
    "fresh": (1, 1, "1"),  # 甲; 辛 was renewed
    "group_basic": (2, 2, "2"),  # 乙 丁
    "group_hypertension": (2, 2, "2"),  # 甲 乙
    "group_diabetes": (0, 0, "0"),
    "group_elderly": (0, 0, "0"),
    "group_child": (0, 0, "0"),
    "group_pregnancy": (0, 0, "0"),
    "fulfilment": (12, 13, "92.3"),  # 乙 2 of 3, 丁 10 of 10
    "hypertension_managed": (5, 6, "83.3"),  # 甲 乙 丙 丁 辛; 己 is known and not in care
    "hypertension_standard": (2, 5, "40.0"),  # 甲 4 of 4, 丙 2 of 2
    "hypertension_control": (2, 5, "40.0"),  # 甲 丙; 丁 is lost, 辛 not seen yet
    "diabetes_managed": (1, 1, "100.0"),  # 丙
    "diabetes_standard": (1, 1, "100.0"),
    "diabetes_control": (0, 1, "0.0"),
    "late": (1, 5, "20.0"),  # 乙; 丙 has until today
    "met": (1, 1, "1"),  # 甲 on the 10th
    "face": (1, 1, "100.0"),
    "alerts": (3, 3, "3"),
    "in_time": (1, 3, "33.3"),  # 甲 after 4 minutes, 乙 after 12, nobody for 丁
    "wait_median": (0, 2, "4.0"),
    "wait_p90": (0, 2, "12.0"),
}


async def test_each_number_is_what_one_counts_by_hand(town):
    found = total((await counted([town.team.id], november())).values())
    told = {
        one.code: (found.top(one), found.bottom(one), str(found.value(one))) for one in DEFINITIONS
    }
    assert told == HAND_COUNTED


def november():
    return period_of("2026-11", time.today())


async def test_villages_add_up_and_another_team_has_nothing(town):
    other = await found_team("柳湾乡团队", ELSEWHERE)
    found = await counted([town.team.id, other.id], november())
    assert {place.village for place in found} == {"大槐树村", "石桥村"}
    stone = found[Place(town.team.id, "石桥村")]
    what = BY_CODE["hypertension_control"]
    assert (stone.top(what), stone.bottom(what)) == (0, 1), "丁 was last seen a year and a day ago"
    assert stone.counts["signed"] == 1
    assert list(by_team(found)) == [town.team.id]
    assert await counted([other.id], november()) == {}
    assert await counted([], november()) == {}


async def test_other_periods_look_at_their_own_last_day(town):
    october = total((await counted([town.team.id], period_of("2026-10", time.today()))).values())
    assert october.counts["hypertension.managed"] == 5, "戊 was still there, 辛 not yet"
    assert october.counts["hypertension.goal"] == 3, "丁 was seen within twelve months"
    assert (october.counts["met"], october.counts["alerts"]) == (1, 0)
    assert october.counts["late"] == 0
    quarter = total((await counted([town.team.id], period_of("2026-Q4", time.today()))).values())
    assert quarter.counts["met"] == 2
    year = total((await counted([town.team.id], period_of("2026", time.today()))).values())
    assert (year.counts["met"], year.counts["face"]) == (9, 8)
    assert year.counts["phone"] == 1


async def test_a_follow_up_entered_in_error_counts_for_nothing(town):
    this_month = FollowUp.filter(met_on__gte=november().first)
    assert await this_month.update(wrong_at=time.now(), wrong_reason="填错了人") == 1
    found = total((await counted([town.team.id], november())).values())
    assert (found.counts["met"], found.counts["hypertension.goal"]) == (0, 2)
    assert found.counts["hypertension.standard"] == 1, "甲 was seen three times without it"


async def test_the_rate_of_fulfilment_is_the_one_of_the_teams_page(town):
    rate = (await of_team(town.team.id)).rate
    assert (rate.done, rate.due) == (12, 13)


async def test_a_trend_says_what_the_board_of_each_month_says(town):
    periods = months_until(november(), time.today())
    assert [one.key for one in periods][::11] == ["2025-12", "2026-11"]
    found = await trend([town.team.id], periods)
    for month in found:
        board = total((await counted([town.team.id], month.period)).values())
        names = {"met", "alerts", "in_time", "face", "phone", "video"}
        names |= {f"{one}.{what}" for one in ("hypertension", "diabetes") for what in COUNTED}
        for name in names - {"met"}:
            assert month.tally.counts[name] == board.counts[name], (month.period.key, name)
        assert sorted(month.tally.waits) == sorted(board.waits)
    assert sum(month.tally.counts["hypertension.goal"] for month in found) > 12
    assert not any(one.tally.counts for one in await trend([], periods))


COUNTED = ("managed", "goal")


def test_every_definition_says_how_and_has_a_list_behind_it():
    assert len({one.code for one in DEFINITIONS}) == len(DEFINITIONS)
    for one in DEFINITIONS:
        assert one.numerator, one.code
        assert one.source, one.code
        assert one.people in RELATIONS, one.code
        assert bool(one.denominator) == (one.kind is not Kind.COUNT), one.code
        assert {"数据来自", "时间"} <= {label for label, _ in one.words}


@pytest.mark.parametrize("name", ["甲", "己"])
async def test_a_patient_of_two_joined_records_is_one_known_patient(name, town, staff, resident):
    """甲's diagnosis is on the record that was joined to another, 己's on that other one."""
    twin, diagnosis = await resident(f"{name}某", number=""), await Condition.all().first()
    if name == "甲":
        more = diagnosis.clone(pk=uuid4())
        more.patient_id = town.people["甲"].id
        await more.save(force_create=True)
    else:
        await Condition.filter(patient_id=town.people["己"].id).update(patient_id=twin.id)
    reason = "同一个人,两份档案"
    await matching.merge(await staff("admin1"), twin.id, town.people[name].id, reason)
    found = total((await counted([town.team.id], november())).values())
    told = {
        one.code: (found.top(one), found.bottom(one), str(found.value(one))) for one in DEFINITIONS
    }
    assert told == HAND_COUNTED
