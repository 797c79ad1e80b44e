"""At the door and in the room."""

import pytest

from booking import service, visits
from booking.models import CancelledBy, Channel, Payment
from booking.states import Status
from core.errors import Conflict
from people.access import may_open
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")


async def booked(slot, patient):
    who = await actor("village1")
    return await service.hold(who, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE)


async def test_from_the_door_to_the_end(clock):
    office, doctor = await actor("scheduler1"), await actor("county1")
    schedule, people = await new_schedule(), await new_patients(3)
    early, late = await new_slot(schedule, at(3, 9), places=2), await new_slot(schedule, at(3, 10))
    first, second = await booked(early, people[0]), await booked(early, people[1])
    third = await booked(late, people[2])
    with pytest.raises(Conflict) as too_early:
        await visits.check_in(office, first)
    assert too_early.value.code == "too_early"
    clock.move(hours=23, minutes=30)  # 8:30 of the day
    assert not await may_open(doctor, people[2].id)
    await visits.check_in(office, third)
    await visits.check_in(office, second)
    await visits.check_in(office, first)
    assert await may_open(doctor, people[2].id), "who is here may be seen"
    assert [row.queue_number for row in (third, second, first)] == [1, 2, 3]
    called = await visits.call_next(doctor, schedule.id, schedule_day(first))
    assert called.id == second.id, "nine o'clock before ten, then by arrival"
    with pytest.raises(Conflict) as waits:
        await visits.call_next(doctor, schedule.id, schedule_day(first))
    assert waits.value.code == "somebody_called"
    await visits.call(doctor, called)
    assert called.calls == 2
    clock.move(hours=2)
    await visits.pass_over(doctor, called)
    nxt = await visits.call_next(doctor, schedule.id, schedule_day(first))
    assert nxt.id == first.id
    await visits.begin(doctor, nxt)
    await visits.finish(doctor, nxt)
    assert nxt.status is Status.DONE
    assert (await visits.call_next(doctor, schedule.id, schedule_day(first))).id == third.id
    await sound()


def schedule_day(row):
    return row.day


async def test_nobody_waits(clock):
    schedule = await new_schedule()
    assert await visits.call_next(await actor("county1"), schedule.id, at(3, 9).date()) is None


async def test_an_unpaid_hold_is_not_let_in(clock):
    schedule, (patient,) = await new_schedule(fee_fen=100), await new_patients(1)
    row = await booked(await new_slot(schedule, at(2, 10)), patient)
    with pytest.raises(Conflict) as unpaid:
        await visits.check_in(await actor("scheduler1"), row)
    assert unpaid.value.code == "unpaid"
    row = await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    await visits.check_in(await actor("scheduler1"), row)
    await sound()


async def test_who_came_is_not_missed(clock):
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    row = await booked(await new_slot(schedule, at(2, 10)), patient)
    await visits.check_in(await actor("scheduler1"), row)
    clock.move(days=1)
    assert await visits.miss_due() == 0
    assert not await visits.miss(row.id)


async def test_the_record_opens_for_whoever_came_and_closes_with_the_visit(clock):
    office, doctor = await actor("scheduler1"), await actor("county1")
    schedule, people = await new_schedule(), await new_patients(3)
    slot = await new_slot(schedule, at(3, 9), places=3)
    rows = [await booked(slot, patient) for patient in people]
    clock.move(hours=23, minutes=30)
    for row in rows:
        await visits.check_in(office, row)
    seen, given_up, missed = rows
    await service.cancel(office, given_up, by=CancelledBy.STAFF, reason="有急事走了")
    await visits.call(doctor, missed)
    assert await visits.miss(missed.id, after_check_in=True)
    assert [await may_open(doctor, patient.id) for patient in people] == [True, False, False]
    await visits.call(doctor, seen)
    await visits.begin(doctor, seen)
    await visits.finish(doctor, seen)
    assert await may_open(doctor, people[0].id)
    clock.move(days=3)
    assert not await may_open(doctor, people[0].id)
