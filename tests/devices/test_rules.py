"""Units, clocks and what is the same; the tables of devices and messages."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.states import after, mermaid
from devices import rules, words
from devices.formats import Measure, Quantity
from devices.rules import Params, Timing, UnknownUnit
from devices.states import DEVICE, MESSAGE, OVER, DeviceStatus, MessageStatus

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("measure", "value", "unit", "found"),
    [
        (Measure.GLUCOSE, "18.016", "mg/dL", "1.0"),
        (Measure.GLUCOSE, "70", "MG/DL", "3.9"),
        (Measure.GLUCOSE, "301", "mg / dL", "16.7"),
        (Measure.GLUCOSE, "300", "mg/dL", "16.7"),
        (Measure.GLUCOSE, "299", "mg/dL", "16.6"),
        (Measure.GLUCOSE, "5.65", "mmol/L", "5.7"),
        (Measure.SYSTOLIC, "24", "kPa", "180"),
        (Measure.SYSTOLIC, "23.9", "kPa", "179"),
        (Measure.DIASTOLIC, "14.67", "kPa", "110"),
        (Measure.PULSE, "72", "bpm", "72"),
        (Measure.PULSE, "72", "次/分", "72"),
    ],
)
def test_crc_handbook_and_iso_80000_units_become_the_records(measure, value, unit, found):
    assert rules.in_record_units(measure, Quantity(Decimal(value), unit)) == Decimal(found)


@given(st.decimals(min_value=1, max_value=400, places=1))
def test_glucose_there_and_back_is_within_what_the_record_shows(value):
    shown = rules.in_record_units(Measure.GLUCOSE, Quantity(value, "mg/dL"))
    assert abs(shown * rules.MG_PER_DL - value) <= Decimal("0.05") * rules.MG_PER_DL


@pytest.mark.parametrize("unit", ["", "mg%", "mmol", "mmHg "])
def test_a_unit_nobody_wrote_is_not_guessed(unit):
    with pytest.raises(UnknownUnit):
        rules.in_record_units(Measure.GLUCOSE, Quantity(Decimal(108), unit))


@pytest.mark.parametrize(
    ("ago", "found"),
    [
        (timedelta(minutes=-10), Timing.GOOD),
        (timedelta(minutes=-10, seconds=-1), Timing.FUTURE),
        (timedelta(0), Timing.GOOD),
        (timedelta(hours=24), Timing.GOOD),
        (timedelta(hours=24, seconds=1), Timing.STALE),
        (timedelta(days=90), Timing.STALE),
        (timedelta(days=90, seconds=1), Timing.ANCIENT),
    ],
)
def test_what_a_time_is_worth(ago, found):
    assert rules.timing(NOON - ago, NOON, Params()) is found


def test_a_clock_that_is_behind_is_only_known_when_messages_come_at_once():
    late, early = timedelta(minutes=-11), timedelta(minutes=11)
    assert rules.clock_is_wrong(late, Params(), at_once=True)
    assert not rules.clock_is_wrong(late, Params(), at_once=False)
    assert rules.clock_is_wrong(early, Params(), at_once=False)
    assert not rules.clock_is_wrong(timedelta(minutes=10), Params(), at_once=True)
    assert rules.by_our_clock(NOON, late, at_once=False) == NOON
    assert rules.by_our_clock(NOON, late, at_once=True) == NOON - late
    assert rules.by_our_clock(NOON, early, at_once=False) == NOON - early


@given(st.integers(-(10**9), 10**9))
def test_a_span_is_always_a_few_words(seconds):
    assert re.fullmatch(r"\d+ (分钟|小时( \d+ 分)?|天|年)", words.span(timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("name", "table", "states"),
    [("device", DEVICE, DeviceStatus), ("device-message", MESSAGE, MessageStatus)],
)
def test_the_page_draws_the_table_and_other_moves_are_refused(name, table, states):
    page = (ROOT / f"docs/states/{name}.md").read_text()
    drawn = re.search(r"```mermaid\n(.*?)\n```", page, re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(table)
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_what_is_over_stays_and_every_reason_has_words():
    assert not [state for state, _ in MESSAGE if state in OVER]
    assert set(words.REASONS) == set(words.Reason)
    assert not [state for state, _ in DEVICE if state is DeviceStatus.RETIRED]
