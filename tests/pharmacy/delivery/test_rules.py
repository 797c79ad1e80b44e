"""A parcel never steps back, whatever is heard in which order; and what heat does."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.states import after, mermaid
from pharmacy.delivery import refusals, rules
from pharmacy.delivery.rules import Params, Reading
from pharmacy.delivery.states import BATCH, OVER, PARCEL, ROAD, Carrier, Status, Word

PAGES = Path(__file__).parents[3] / "docs/states"
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(Word), max_size=20)


def place(status: Status) -> int:
    return ROAD.index(status) if status in ROAD else len(ROAD)


@pytest.mark.parametrize("state", Status)
def test_every_move_not_in_the_table_is_refused(state: Status):
    for action in {action for _, action in PARCEL}:
        if (state, action) not in PARCEL:
            with pytest.raises(Conflict):
                after(PARCEL, state, action)


@given(WORDS)
def test_it_never_steps_back_and_stays_where_it_ended(words: list[Word]):
    status = Status.SEALED
    for word in words:
        then = rules.heard(status, word)
        assert place(then) >= place(status)
        assert then is status or status not in OVER
        status = then


@given(
    st.lists(
        st.sampled_from(
            [w for w in Word if w not in (Word.SIGNED, Word.RETURN_SIGNED, Word.LOST, Word.DAMAGED)]
        ),
        max_size=8,
    ),
    st.randoms(),
)
def test_on_the_way_the_order_in_which_words_arrive_does_not_matter(words, random):
    def follow(heard: list[Word]) -> Status:
        status = Status.SEALED
        for word in heard:
            status = rules.heard(status, word)
        return status

    jumbled = words * 2
    random.shuffle(jumbled)
    assert follow(jumbled) is follow(words)


def test_whoever_thinks_better_of_it_at_the_door_may_still_sign():
    assert rules.heard(Status.REFUSED, Word.SIGNED) is Status.SIGNED
    assert rules.heard(Status.SIGNED, Word.RETURNING) is Status.SIGNED


def test_two_ends_contradict_each_other():
    assert rules.contradicts(Status.SIGNED, Word.LOST)
    assert not rules.contradicts(Status.SIGNED, Word.SIGNED)
    assert not rules.contradicts(Status.SIGNED, Word.IN_TRANSIT)
    assert not rules.contradicts(Status.DELIVERING, Word.SIGNED)


def readings(*tenths: int) -> list[Reading]:
    return [Reading(NOON + timedelta(minutes=10 * n), t) for n, t in enumerate(tenths)]


@pytest.mark.parametrize(
    ("tenths", "minutes"),
    [((20, 80, 50), 0), ((81, 50), 10), ((19, 19, 50), 20), ((50, 90), 0), ((90,), 0), ((), 0)],
)
def test_time_out_of_two_to_eight_degrees_is_counted(tenths: tuple[int, ...], minutes: int):
    """GSP 冷藏附录: both bounds belong to the range; a last reading has no duration yet."""
    assert rules.time_out_of_range(readings(*tenths)) == timedelta(minutes=minutes)


def test_cold_chain_breaks_add_up_and_the_bound_itself_is_allowed():
    """GSP 冷藏附录; how long is a setting."""
    allowed = Params(warm=timedelta(minutes=20))
    assert not rules.is_too_warm(readings(90, 50, 90, 50), allowed)
    assert rules.is_too_warm(readings(90, 50, 90, 90, 50), allowed)


@given(st.permutations(readings(50, 90, 95, 50, 10, 30)))
def test_the_order_of_readings_does_not_matter(shuffled: list[Reading]):
    assert rules.time_out_of_range(shuffled) == timedelta(minutes=30)


def test_silence_is_counted_from_the_start_to_the_end():
    ended = NOON + timedelta(minutes=90)
    assert rules.longest_silence(readings(50, 50), NOON, ended) == timedelta(minutes=80)
    assert rules.longest_silence([], NOON, ended) == timedelta(minutes=90)


def test_cold_drugs_never_go_by_courier():
    """GSP 冷藏附录: a validated box and a logger, which couriers do not have."""
    assert not rules.may_carry(Carrier.COURIER, cold=True)
    assert rules.may_carry(Carrier.OWN, cold=True)
    assert rules.may_carry(Carrier.COURIER, cold=False)


@pytest.mark.parametrize(("name", "table"), [("parcel", PARCEL), ("batch", BATCH)])
def test_the_page_draws_the_table(name: str, table):
    page = (PAGES / f"{name}.md").read_text()
    assert re.findall(r"```mermaid\n(.*?)\n```", page, re.DOTALL) == [mermaid(table)]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"code": "phone", "message": "bad phone"}', refusals.KNOWN["phone"]),
        (b'{"code": "picked_up"}', refusals.KNOWN["picked_up"]),
        ('{"code": "x9", "message": "本区暂停收件。"}'.encode(), "快递公司说:本区暂停收件。请打给"),
        ('{"message": "本区暂停收件"}'.encode(), "快递公司说:本区暂停收件。请打给"),
        (b'{"code": ["phone"], "message": 7}', refusals.SILENT),
        (b'["phone"]', refusals.SILENT),
        (b"<html>", refusals.SILENT),
        (b"\xff", refusals.SILENT),
        (b"", refusals.SILENT),
    ],
)
def test_a_refusal_in_words(raw, words):
    found = refusals.in_words(raw)
    assert found.startswith(words)
    assert "看不懂" not in found
    assert any(step in found for step in ("请打", "请问", "请看"))


def test_every_refusal_fits_where_it_is_kept():
    for words in (*refusals.KNOWN.values(), refusals.TOLD.format(words="长" * refusals.MOST)):
        assert len("快递没有接受:" + words) <= 200
