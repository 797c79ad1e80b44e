"""Every rule with its source: domain facts §6 (booking), §4 (referred patients first), §12."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking import rules
from booking.models import Channel, Pool
from booking.rules import Asked, Other, Params
from tests.booking.conftest import at

PARAMS = Params()
NOW = at(2, 9)
ASKED = Asked(
    channel=Channel.RESIDENT,
    pool=Pool.PUBLIC,
    group="house/cardiology",
    day=date(2026, 11, 4),
    starts_at=at(4, 9),
    ends_at=at(4, 9, 30),
    release_at=at(1, 0),
)


def other(**changes):
    base = Other("house/other", date(2026, 11, 4), at(4, 14), at(4, 14, 30))
    return replace(base, **changes)


def code(refusal):
    return refusal.code if refusal else None


def test_a_day_opens_fourteen_days_ahead_at_midnight():
    assert rules.released(date(2026, 11, 20), PARAMS) == at(6, 0)


def test_kept_places_return_a_day_before_and_others_never():
    assert rules.returns_at(Pool.GRASSROOTS, at(4, 9), PARAMS) == at(3, 9)
    assert rules.returns_at(Pool.FAMILY_DOCTOR, at(4, 9), PARAMS) == at(3, 9)
    for pool in (Pool.PUBLIC, Pool.ONSITE, Pool.FOLLOWUP):
        assert rules.returns_at(pool, at(4, 9), PARAMS) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"pool": Pool.GRASSROOTS}, "pool_closed"),
        ({"channel": Channel.VILLAGE, "pool": Pool.GRASSROOTS}, None),
        ({"channel": Channel.VILLAGE, "pool": Pool.ONSITE}, "pool_closed"),
        ({"channel": Channel.COUNTER, "pool": Pool.ONSITE}, None),
        ({"channel": Channel.DOCTOR, "pool": Pool.FOLLOWUP}, None),
        ({"starts_at": at(2, 9)}, "slot_past"),
        ({"channel": Channel.COUNTER, "starts_at": at(2, 8, 45), "ends_at": at(2, 9, 15)}, None),
        ({"channel": Channel.COUNTER, "ends_at": at(2, 9)}, "slot_past"),
        ({"release_at": at(3, 0)}, "not_released"),
        ({"needs": ["fasting"]}, "prerequisites"),
        ({"needs": ["fasting"], "confirmed": ["fasting"]}, None),
    ],
)
def test_which_slots_are_for_booking(changes, expected):
    assert code(rules.why_not_slot(replace(ASKED, **changes), NOW)) == expected


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], None),
        ([other(group="house/cardiology")], "already_booked"),
        ([other(group="house/cardiology", day=date(2026, 11, 5))], None),
        ([other(starts_at=at(4, 9, 15), ends_at=at(4, 9, 45))], "overlaps"),
        ([other(), other(group="house/third")], "day_limit"),
        ([other(day=date(2026, 11, 5 + n)) for n in range(4)], "limit"),
    ],
)
def test_one_of_a_kind_a_day_and_not_too_many(others, expected):
    assert code(rules.why_not_patient(ASKED, others, [], NOW, PARAMS)) == expected


@pytest.mark.parametrize("channel", list(Channel))
def test_hospital_measures_art_18_an_online_place_is_taken_by_the_patients_own_account(channel):
    asked = replace(ASKED, channel=channel)
    assert rules.why_not_channel(asked) is None
    there = channel in (Channel.RESIDENT, Channel.DOCTOR)
    assert code(rules.why_not_channel(replace(asked, online=True))) == (
        None if there else "own_phone"
    )


def test_the_counter_knows_no_limits_but_one_of_a_kind():
    counter = replace(ASKED, channel=Channel.COUNTER)
    many = [other(day=date(2026, 11, 5 + n)) for n in range(9)]
    assert rules.why_not_patient(counter, many, [at(1, 9)] * 3, NOW, PARAMS) is None
    same = [other(group="house/cardiology")]
    assert code(rules.why_not_patient(counter, same, [], NOW, PARAMS)) == "already_booked"


def test_three_missed_in_ninety_days_close_the_public_pool_for_ninety_days():
    first = at(1, 9)
    within = [first, first + timedelta(days=30), first + timedelta(days=89)]
    assert rules.blocked_until(within[:2], PARAMS) is None
    assert rules.blocked_until(within, PARAMS) == within[2] + timedelta(days=90)
    spread = [first, first + timedelta(days=60), first + timedelta(days=120)]
    assert rules.blocked_until(spread, PARAMS) is None


def test_missed_ones_never_close_referral_on_site_or_the_doctors_own():
    misses = [NOW - timedelta(days=n) for n in (1, 2, 3)]
    blocked = rules.why_not_patient(ASKED, [], misses, NOW, PARAMS)
    assert code(blocked) == "blocked"
    assert "急诊、转诊和现场挂号不受影响" in blocked.sentence
    for channel, pool in (
        (Channel.VILLAGE, Pool.GRASSROOTS),
        (Channel.VILLAGE, Pool.FAMILY_DOCTOR),
        (Channel.COUNTER, Pool.ONSITE),
        (Channel.COUNTER, Pool.PUBLIC),
        (Channel.DOCTOR, Pool.FOLLOWUP),
    ):
        free = replace(ASKED, channel=channel, pool=pool)
        assert rules.why_not_patient(free, [], misses, NOW, PARAMS) is None


def test_free_cancellation_ends_at_three_on_the_working_day_before():
    assert rules.cancel_until(at(4, 9), PARAMS) == at(3, 15)
    assert rules.cancel_until(at(9, 9), PARAMS) == at(6, 15), "Monday: the Friday before"
    assert rules.cancel_until(at(9, 9), PARAMS, closed={date(2026, 11, 6)}) == at(5, 15)


@pytest.mark.parametrize(
    ("now", "staff", "office", "allowed"),
    [
        (at(3, 15), False, False, True),
        (at(3, 16), False, False, False),
        (at(3, 16), True, False, True),
        (at(4, 9), True, False, False),
        (at(4, 9), True, True, True),
    ],
)
def test_who_may_still_cancel(now, staff, office, allowed):
    refusal = rules.why_not_cancel(at(4, 9), at(3, 15), now, staff=staff, office=office)
    assert (refusal is None) is allowed


@pytest.mark.parametrize(
    ("moment", "starts_at", "until"),
    [
        (at(3, 14), at(4, 9), at(3, 14, 30)),
        (at(3, 20, 59), at(4, 9), at(3, 21, 29)),
        (at(3, 23), at(4, 9), at(4, 8, 30)),
        (at(4, 0, 15), at(9, 9), at(4, 8, 30)),
        (at(3, 23), at(4, 8), at(4, 8)),
        (at(4, 8, 50), at(4, 9), at(4, 9)),
    ],
)
def test_nobody_loses_their_turn_in_the_line_while_they_sleep(moment, starts_at, until):
    assert rules.offer_until(moment, starts_at, PARAMS) == until


def test_the_queue_is_by_booked_time_and_late_comers_by_arrival():
    early = rules.place_in_queue(at(4, 9), at(4, 9, 30), at(4, 8))
    late = rules.place_in_queue(at(4, 8), at(4, 8, 30), at(4, 9, 10))
    assert early == at(4, 9)
    assert late == at(4, 9, 10)


def test_check_in_opens_before_the_slot():
    assert code(rules.why_not_check_in(at(4, 9), at(4, 7, 29), PARAMS)) == "too_early"
    assert rules.why_not_check_in(at(4, 9), at(4, 7, 30), PARAMS) is None


def test_places_of_a_template():
    assert rules.pools_fit({"public": 3, "onsite": 1})
    assert not rules.pools_fit({"public": 0})
    assert not rules.pools_fit({"public": 2, "vip": 1})
    assert not rules.pools_fit({"public": 2, "onsite": -1})
