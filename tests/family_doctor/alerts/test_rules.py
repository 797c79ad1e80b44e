"""The table of alerts, the clocks, and what counts as read back."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from care.record.models import Interpretation, Meal, Observation, VitalSign
from core.errors import Conflict
from core.states import after, mermaid
from family_doctor.alerts import rules
from family_doctor.alerts.models import Level
from family_doctor.alerts.states import ALERT, OPEN, Status

PAGE = Path(__file__).parents[3] / "docs/states/alert.md"
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_hexin_zhidu_every_move_not_in_the_table_is_refused():
    for state in Status:
        for action in {action for _, action in ALERT}:
            if (state, action) not in ALERT:
                with pytest.raises(Conflict):
                    after(ALERT, state, action)
    closing = {state for (state, action), to in ALERT.items() if to is Status.CLOSED}
    assert closing == {Status.HANDLED}, "nothing is closed before something was done"
    assert {before for before, action in ALERT if action == "end"} == OPEN


def test_the_page_draws_the_table():
    drawn = re.search(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(ALERT)


@pytest.mark.parametrize(
    ("level", "minutes"), [(Level.TEAM, 0), (Level.DOCTOR, 10), (Level.DUTY, 20)]
)
def test_local_practice_who_is_asked_when(level, minutes):
    asked = rules.asked_at(level, NOON, rules.Params())
    assert asked == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("186/112", True),
        (" 186／112 ", True),
        ("１８６ 112", True),
        ("高压186低压112", True),
        ("186", False),
        ("112/186", False),
        ("168/112", False),
        ("", False),
        ("一百八十六", False),
    ],
)
def test_hexin_zhidu_read_back_means_the_same_numbers(said, right):
    assert rules.is_read_back(said, "186/112") is right


def observation(code: VitalSign, value: str, level: Interpretation, **more) -> Observation:
    return Observation(code=code, value=Decimal(value), interpretation=level, **more)


def test_the_dangerous_value_of_a_round_is_named_with_its_unit():
    sugar = observation(VitalSign.GLUCOSE, "17.2", Interpretation.CRITICAL, meal=Meal.FASTING)
    fine = observation(VitalSign.PULSE, "80", Interpretation.NORMAL)
    high = observation(
        VitalSign.BLOOD_PRESSURE, "186.0", Interpretation.CRITICAL, diastolic=Decimal("112.0")
    )
    assert rules.worst([fine]) is None
    assert rules.worst([fine, sugar, high]) is high
    assert rules.in_words(high) == "血压 186/112 mmHg"
    assert rules.in_words(sugar) == "血糖 17.2 mmol/L(空腹)"
