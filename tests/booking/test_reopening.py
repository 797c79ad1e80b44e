"""A stop is lifted: what the weekly hours of today give opens again, and nothing else."""

import pytest

from booking import clockwork, schedules, service, stopping
from booking.models import Appointment, Channel, Pool, Schedule, Slot, WeeklyHours
from booking.schemas import ClosureIn, HolidayIn, HoursIn
from booking.states import Status
from core.errors import NotFound
from tests.booking.conftest import actor, at, new_patients, new_schedule, sound, weekly

pytestmark = pytest.mark.usefixtures("staff", "clock")


class Killed(BaseException):
    """The process, in the middle."""


WEDNESDAY = at(4, 0).date()
MORNING = {"opens": "08:00", "closes": "10:00", "slot_minutes": 30, "public": 2}


async def remove(schedule):
    for row in await WeeklyHours.filter(schedule_id=schedule.id, weekday=2):
        await schedules.remove_hours(await actor("scheduler1"), schedule.id, row.id)


async def add(schedule, **changes):
    entry = HoursIn(**{"weekday": 2, **MORNING, **changes})
    await schedules.add_hours(await actor("scheduler1"), schedule.id, entry)


async def removed(schedule):
    await remove(schedule)


async def shortened(schedule):
    await remove(schedule)
    await add(schedule, closes="09:00")


async def cut_otherwise(schedule):
    await remove(schedule)
    await add(schedule, slot_minutes=20)


async def put_back(schedule):
    await remove(schedule)
    await add(schedule)


async def put_back_with_more(schedule):
    await remove(schedule)
    await add(schedule, public=5)


async def for_others(schedule):
    await remove(schedule)
    await add(schedule, public=0, grassroots=3)


async def closed_by_a_holiday_too(schedule):
    entry = HolidayIn(first=WEDNESDAY, last=WEDNESDAY, reason="停电")
    await stopping.holiday(await actor("scheduler1"), entry)


async def no_longer_kept(schedule):
    await Schedule.filter(id=schedule.id).update(active=False)


async def nothing(schedule):
    pass


# Cut otherwise: 08:00 and 09:00 belong to half hours that somebody had, and stay closed.
CASES = {
    nothing: {"08:00": 2, "08:30": 2, "09:00": 2, "09:30": 2},
    removed: {},
    shortened: {"08:00": 2, "08:30": 2},
    cut_otherwise: {"08:20": 2, "08:40": 2, "09:20": 2, "09:40": 2},
    put_back: {"08:00": 2, "08:30": 2, "09:00": 2, "09:30": 2},
    put_back_with_more: {"08:00": 5, "08:30": 5, "09:00": 5, "09:30": 5},
    for_others: {"08:00": 3, "08:30": 3, "09:00": 3, "09:30": 3},
    closed_by_a_holiday_too: {},
    no_longer_kept: {},
}


@pytest.fixture
async def stopped(staff, clock):
    """A Wednesday morning with somebody booked at every time, stopped."""
    schedule = await new_schedule()
    await weekly(schedule, weekdays=[2], opens=480, closes=600)
    slots = await Slot.filter(schedule_id=schedule.id, day=WEDNESDAY).order_by("starts_at")
    for slot, patient in zip(slots, await new_patients(4), strict=True):
        await service.hold(
            await actor("village1"), slot_id=slot.id, patient_id=patient.id, channel="village"
        )
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    return schedule, await stopping.stop(await actor("scheduler1"), schedule.id, entry)


async def opened(schedule):
    """Time → places that can be booked on that Wednesday."""
    rows = await Slot.filter(schedule_id=schedule.id, day=WEDNESDAY, open=True)
    found = {}
    for row in rows:
        assert row.remaining == row.quota
        clock = f"{row.starts_at.astimezone(at(4, 0).tzinfo):%H:%M}"
        found[clock] = found.get(clock, 0) + row.remaining
    return found


@pytest.mark.parametrize("meanwhile", CASES, ids=lambda case: case.__name__)
async def test_what_opens_when_a_stop_is_lifted(stopped, meanwhile):
    schedule, closure = stopped
    assert await opened(schedule) == {}
    await meanwhile(schedule)
    assert await opened(schedule) == {}, "it is still stopped"
    await stopping.lift(await actor("scheduler1"), closure.id)
    expected = CASES[meanwhile]
    assert await opened(schedule) == expected
    with pytest.raises(NotFound):
        await stopping.lift(await actor("scheduler1"), closure.id)
    await clockwork.tend()
    assert await opened(schedule) == expected, "the hourly work agrees"
    await sound()


async def test_hours_put_back_keep_who_is_booked_and_count_them(clock):
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    await weekly(schedule, weekdays=[2], opens=480, closes=540)
    first = await Slot.filter(schedule_id=schedule.id, day=WEDNESDAY).order_by("starts_at").first()
    row = await service.hold(
        await actor("village1"), slot_id=first.id, patient_id=patient.id, channel=Channel.VILLAGE
    )
    await remove(schedule)
    assert not await Slot.filter(schedule_id=schedule.id, open=True).exists()
    await add(schedule, closes="09:00", public=1)
    slot = await Slot.get(id=first.id)
    assert (slot.open, slot.quota, slot.remaining) == (True, 1, 0)
    assert (await Appointment.get(id=row.id)).status is Status.BOOKED
    await sound()


async def test_a_public_time_made_of_returned_places_opens_again(clock):
    schedule = await new_schedule()
    await weekly(schedule, weekdays=[2], opens=540, closes=570, grassroots=3)
    clock.moment = at(3, 9, 1)
    assert await schedules.return_quotas() == 1
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    closure = await stopping.stop(await actor("scheduler1"), schedule.id, entry)
    await stopping.lift(await actor("scheduler1"), closure.id)
    public = await Slot.get(schedule_id=schedule.id, day=WEDNESDAY, pool=Pool.PUBLIC)
    assert (public.open, public.remaining) == (True, 3)
    await sound()


async def test_a_stop_that_was_interrupted_is_finished_by_itself(clock, monkeypatch):
    schedule = await new_schedule()
    await weekly(schedule, weekdays=[2], opens=480, closes=600)
    slots = await Slot.filter(schedule_id=schedule.id, day=WEDNESDAY).order_by("starts_at")
    people = await new_patients(4)
    for slot, patient in zip(slots, people, strict=True):
        await service.hold(
            await actor("village1"), slot_id=slot.id, patient_id=patient.id, channel="village"
        )
    ending, ended = stopping._end, []

    async def die_after_two(who, closure, row):
        if len(ended) == 2:
            raise Killed
        ended.append(await ending(who, closure, row))

    monkeypatch.setattr(stopping, "_end", die_after_two)
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    with pytest.raises(Killed):
        await stopping.stop(await actor("scheduler1"), schedule.id, entry)
    assert await Appointment.filter(status=Status.CANCELLED).count() == 2
    assert not await Slot.filter(day=WEDNESDAY, open=True).exists(), "nobody gets in meanwhile"
    monkeypatch.undo()
    await clockwork.tick()
    assert await Appointment.filter(status=Status.CANCELLED).count() == 4
    await sound()
