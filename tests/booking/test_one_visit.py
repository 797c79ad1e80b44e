"""Examinations in the fewest visits: the rules one by one, and against trying everything."""

from datetime import date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.one_visit import Exam, Has, Step, Time, in_order, propose
from booking.rules import Params
from core.clock import SHANGHAI

HOUSE, OTHER_HOUSE = UUID(int=1), UUID(int=2)
PARAMS = Params()


def exam(number, *needs, house=HOUSE):
    return Exam(UUID(int=100 + number), house, frozenset(needs))


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def time(day, hour, minute=0, minutes=30):
    starts = at(day, hour, minute)
    return Time(UUID(int=int(starts.timestamp())), starts, starts + timedelta(minutes=minutes))


def said(plan):
    return [(step.exam.id.int - 100, f"{step.time.starts_at:%d %H:%M}") for step in plan or ()]


def plan(times, *, has=None, params=PARAMS):
    """times: exam → its free times."""
    found = propose(list(times), {e.id: free for e, free in times.items()}, has or Has(), params)
    return said(found)


MRI, CT, GASTRO, ULTRASOUND = exam(1), exam(2), exam(3, "fasting"), exam(4, "bladder")


def test_one_day_that_has_both_beats_two_earlier_ones():
    assert plan({MRI: [time(3, 9), time(5, 9)], CT: [time(4, 9), time(5, 10)]}) == [
        (1, "05 09:00"),
        (2, "05 10:00"),
    ]


def test_two_visits_when_no_day_has_both():
    assert plan({MRI: [time(3, 9)], CT: [time(4, 9)]}) == [(1, "03 09:00"), (2, "04 09:00")]


def test_the_shortest_stay_of_the_earliest_day():
    times = {MRI: [time(3, 8), time(3, 10)], CT: [time(3, 11), time(3, 15), time(4, 8)]}
    assert plan(times) == [(1, "03 10:00"), (2, "03 11:00")]


def test_from_one_room_to_the_next_takes_a_while():
    assert plan({MRI: [time(3, 9)], CT: [time(3, 9, 30), time(3, 10)]})[1] == (2, "03 10:00")


def test_who_fasts_comes_before_who_drinks_with_time_to_drink():
    times = {ULTRASOUND: [time(3, 8), time(3, 9), time(3, 10)], GASTRO: [time(3, 8, 30)]}
    assert plan(times) == [(3, "03 08:30"), (4, "03 10:00")]


def test_nobody_fasts_until_noon():
    assert plan({GASTRO: [time(3, 11, 30), time(4, 8)]}) == [(3, "04 08:00")]
    assert plan({GASTRO: [time(3, 11, 30)]}) == []


def test_two_contrast_media_are_a_day_apart_also_from_one_that_is_booked():
    one, other = exam(5, "contrast_consent"), exam(6, "contrast_consent")
    times = {one: [time(3, 8), time(4, 8)], other: [time(3, 10), time(4, 10)]}
    assert plan(times) == [(5, "03 08:00"), (6, "04 10:00")]
    booked = Has(exams=[Step(one, time(3, 8))])
    assert plan({other: [time(3, 10), time(4, 10)]}, has=booked) == [(6, "04 10:00")]
    far = Params(exam_contrast_days=2)
    assert plan(times | {other: [time(4, 10), time(5, 10)]}, params=far)[1] == (6, "05 10:00")


def test_two_houses_are_two_visits():
    away = exam(7, house=OTHER_HOUSE)
    assert plan({MRI: [time(3, 9)], away: [time(3, 14), time(4, 9)]})[1] == (7, "04 09:00")


def test_other_appointments_and_the_limit_of_a_day_are_kept():
    busy = Has(busy=[(at(3, 9), at(3, 10))])
    assert plan({MRI: [time(3, 9, 30), time(3, 10)]}, has=busy) == [(1, "03 10:00")]
    full = Has(room={date(2026, 11, 3): 1})
    times = {MRI: [time(3, 9), time(4, 9)], CT: [time(3, 10), time(4, 10)]}
    assert plan(times, has=full) == [(1, "04 09:00"), (2, "04 10:00")]


@pytest.mark.parametrize("count", [1, 4])
def test_no_time_at_all_is_no_plan(count):
    assert plan({exam(n): [] for n in range(count)}) == []


NEEDS = st.sets(st.sampled_from(["fasting", "bladder", "contrast_consent", "metal"]), max_size=2)
EXAMS = st.lists(
    st.tuples(NEEDS, st.sampled_from([HOUSE, HOUSE, OTHER_HOUSE])), min_size=1, max_size=3
)
FREE = st.builds(time, st.integers(3, 5), st.integers(8, 12), st.sampled_from([0, 30]))
BUSY = st.lists(FREE.map(lambda free: (free.starts_at, free.ends_at)), max_size=1)


@settings(max_examples=300, deadline=None)
@given(EXAMS, st.data())
def test_as_good_as_trying_everything(kinds, data):
    exams = [exam(n, *needs, house=house) for n, (needs, house) in enumerate(kinds)]
    times = {e.id: data.draw(st.lists(FREE, max_size=4, unique=True)) for e in exams}
    has = Has(
        exams=data.draw(
            st.lists(
                st.builds(
                    Step,
                    st.builds(
                        exam, st.just(9), NEEDS.map(list).map(lambda n: n[0] if n else "metal")
                    ),
                    FREE,
                ),
                max_size=1,
            )
        ),
        busy=data.draw(BUSY),
        room=data.draw(st.none() | st.just({date(2026, 11, 4): 1})),
    )
    found = propose(exams, times, has, PARAMS)
    everything = [
        [Step(e, t) for e, t in zip(exams, chosen, strict=True)]
        for chosen in product(*(times[e.id] for e in exams))
    ]
    allowed = [steps for steps in everything if is_allowed(steps, has)]
    if found is None:
        assert not allowed
        return
    assert is_allowed(found, has)
    assert {step.exam for step in found} == set(exams)
    assert cost(found) == min(map(cost, allowed))


def is_allowed(steps, has):
    free = not any(
        s.time.starts_at < ends and starts < s.time.ends_at
        for s in steps
        for starts, ends in has.busy
    )
    days = [step.time.day for step in steps]
    room = has.room is None or all(
        days.count(day) <= has.room.get(day, PARAMS.per_day) for day in days
    )
    return free and room and in_order(steps, PARAMS, has.exams)


def cost(steps):
    days = {step.time.day for step in steps}
    stay = timedelta()
    for day in days:
        that_day = [step.time for step in steps if step.time.day == day]
        stay += max(t.ends_at for t in that_day) - min(t.starts_at for t in that_day)
    return len(days), max(days), stay
