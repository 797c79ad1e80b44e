"""The clocks of the decoction room, its weighing and its bags; the page that draws its stages."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.states import after, mermaid
from pharmacy.decoction import rules
from pharmacy.decoction.rules import BOILS, Boil, Clocks, Params
from pharmacy.decoction.states import DECOCTION, OVER, Status

PAGE = Path(__file__).parents[3] / "docs/states/decoction.md"
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
ACTIONS = sorted({action for _, action in DECOCTION})


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


def clocks(status: Status, **changes) -> Clocks:
    given = {"boil": Boil.ORDINARY, "first": False, "late": False} | changes
    return Clocks(status=status, **given)


@pytest.mark.parametrize("state", Status)
def test_every_move_not_in_the_table_is_refused(state: Status):
    for action in ACTIONS:
        if (state, action) not in DECOCTION:
            with pytest.raises(Conflict):
                after(DECOCTION, state, action)


@given(st.lists(st.sampled_from(ACTIONS), max_size=40))
def test_nothing_is_ready_unchecked_unsoaked_or_boiled_once(wishes: list[str]):
    """煎药室管理规范: every stage, in its order, whatever is tried."""
    state, done = Status.RECEIVED, []
    for action in wishes:
        if (state, action) in DECOCTION:
            state = DECOCTION[state, action]
            done.append(action)
    if state in {Status.READY, Status.HANDED_OVER}:
        road = [one for one in done if one in ("recheck", "soak", "boil", "boil_again", "pack")]
        assert road[-5:] == ["recheck", "soak", "boil", "boil_again", "pack"]
    if state is Status.CANCELLED and "stop" not in done:
        assert "soak" not in done


@pytest.mark.parametrize(("after_min", "free"), [(0, False), (29.9, False), (30, True)])
def test_soaks_thirty_minutes_art_decoction_rooms(after_min: float, free: bool):
    """煎药室管理规范: 浸泡不少于 30 分钟."""
    state = clocks(Status.SOAKING, soak_began_at=NOON)
    assert (rules.refusal(state, "boil", minutes(after_min), Params()) == "") is free


@pytest.mark.parametrize("boil", Boil)
def test_each_kind_boils_its_time(boil: Boil):
    """煎药室管理规范: 20, 15 and 40 minutes after boiling at the least."""
    state = clocks(Status.BOILING, boil=boil, boil_began_at=NOON)
    assert rules.not_before(state, Params()) == minutes(BOILS[boil][0])
    again = clocks(Status.BOILING_AGAIN, boil=boil, again_began_at=NOON)
    second = rules.not_before(again, Params())
    assert second
    assert NOON < second < minutes(BOILS[boil][0])


def test_what_goes_in_first_boils_before_the_rest():
    """先煎 10-15 minutes before the rest."""
    state = clocks(Status.BOILING, first=True, boil_began_at=NOON)
    assert rules.not_before(state, Params()) == minutes(35)


def test_what_goes_in_late_is_asked_for_and_boils_five_minutes():
    """后下 5-10 minutes before the end."""
    state = clocks(Status.BOILING, late=True, boil_began_at=NOON)
    assert rules.add_late_at(state, Params()) == minutes(15)
    assert "后下" in rules.refusal(state, "boil_again", minutes(60), Params())
    added = clocks(Status.BOILING, late=True, boil_began_at=NOON, added_at=minutes(18))
    assert rules.add_late_at(added, Params()) is None
    assert rules.not_before(added, Params()) == minutes(23)


def test_a_refusal_says_how_long_to_wait():
    state = clocks(Status.SOAKING, soak_began_at=NOON)
    assert "还差 1 分钟" in rules.refusal(state, "boil", minutes(29.5), Params())
    assert rules.refusal(state, "remake", minutes(1), Params()) == ""


@pytest.mark.parametrize(
    ("weighed", "well"), [("95", True), ("105", True), ("94.99", False), ("105.01", False)]
)
def test_a_dose_weighs_within_five_per_cent_pieces_rule_2007(weighed: str, well: bool):
    """医院中药饮片管理规范 (2007)."""
    assert rules.weighed_well(Decimal(100), Decimal(weighed)) is well


@pytest.mark.parametrize(
    ("child", "ml", "bags", "reason", "wrong"),
    [
        (False, 2800, 14, "", []),
        (False, 4200, 14, "", []),
        (False, 2799, 14, "", ["yield_ml"]),
        (False, 2799, 14, "病人吞咽困难,浓煎", []),
        (False, 3000, 13, "", ["bags"]),
        (True, 700, 14, "", []),
        (True, 2800, 14, "", ["yield_ml"]),
    ],
)
def test_volume_and_bags(child: bool, ml: int, bags: int, reason: str, wrong: list[str]):
    """煎药室管理规范: 400-600 ml a dose, children 100-300, two equal bags."""
    found = rules.findings_of_packing(doses=7, child=child, yield_ml=ml, bags=bags, reason=reason)
    assert [one.field for one in found] == wrong


def test_what_is_over_leads_nowhere():
    assert not {before for before, _ in DECOCTION} & OVER


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(DECOCTION)]
