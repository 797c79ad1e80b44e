"""Many at once: nothing is oversold, lost or doubled, on every database."""

import asyncio
from collections import Counter

import pytest

from booking import service, waiting
from booking.models import Appointment, CancelledBy, Channel, Slot, WaitingWish
from booking.states import LIVE, Status, Wish
from core.errors import Conflict
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound
from tests.plumbing.databases import on_postgres

pytestmark = pytest.mark.usefixtures("staff", "clock")
CROWD = 300 if on_postgres() else 60


async def try_hold(who, slot, patient, key=None):
    try:
        row = await service.hold(
            who,
            slot_id=slot.id,
            patient_id=patient.id,
            channel=Channel.VILLAGE,
            key=key,
        )
    except Conflict as problem:
        return problem.code
    return row.id


async def test_a_crowd_gets_exactly_the_places_there_are(clock):
    who, schedule = await actor("village1"), await new_schedule(fee_fen=1500)
    slots = [await new_slot(schedule, at(4, 9 + n), places=5) for n in range(4)]
    people = await new_patients(CROWD)
    answers = await asyncio.gather(
        *(try_hold(who, slots[n % len(slots)], patient) for n, patient in enumerate(people))
    )
    won = [answer for answer in answers if not isinstance(answer, str)]
    assert len(won) == len(set(won)) == 20
    assert Counter(a for a in answers if isinstance(a, str)) == {"slot_full": CROWD - 20}
    assert await Appointment.filter(status=Status.HELD).count() == 20
    assert set(await Slot.all().values_list("remaining", flat=True)) == {0}
    await sound()


async def test_one_person_taps_many_times_on_many_slots(clock):
    who, schedule = await actor("village1"), await new_schedule()
    slots = [await new_slot(schedule, at(4, 8 + n), places=9) for n in range(8)]
    (patient,) = await new_patients(1)
    taps = [try_hold(who, slot, patient) for slot in slots for _ in range(4)]
    answers = await asyncio.gather(*taps)
    assert len([a for a in answers if not isinstance(a, str)]) == 1
    assert {a for a in answers if isinstance(a, str)} == {"already_booked"}
    assert sum(await Slot.all().values_list("remaining", flat=True)) == 71
    await sound()


async def test_ten_taps_with_one_key_are_one_appointment(clock):
    who, schedule = await actor("village1"), await new_schedule()
    slot, (patient,) = await new_slot(schedule, at(4, 9), places=5), await new_patients(1)
    answers = await asyncio.gather(*(try_hold(who, slot, patient, "tap") for _ in range(10)))
    assert len(set(answers)) == 1
    assert (await Slot.get(id=slot.id)).remaining == 4
    await sound()


async def test_limits_of_one_person_hold_when_everything_comes_at_once(clock):
    who, (patient,) = await actor("village1"), await new_patients(1)
    slots = []
    for n, department in enumerate(("cardiology", "tcm", "neurology", "orthopedics", "pediatrics")):
        schedule = await new_schedule(department=department, name=department)
        slots.append(await new_slot(schedule, at(4, 8 + n)))
    answers = await asyncio.gather(*(try_hold(who, slot, patient) for slot in slots))
    assert len([a for a in answers if not isinstance(a, str)]) == 2, "two a day"
    await sound()


async def test_expiry_and_payment_race_and_exactly_one_wins(clock):
    who, schedule = await actor("village1"), await new_schedule(fee_fen=1500)
    slot = await new_slot(schedule, at(4, 9), places=20)
    people = await new_patients(20)
    rows = [await try_hold(who, slot, patient) for patient in people]
    clock.move(minutes=16)

    async def pay(row):
        try:
            return bool(await service.confirm(who, row, "online"))
        except Conflict:
            return False

    paid = asyncio.gather(*(pay(row) for row in rows))
    gone = asyncio.gather(*(service.expire(row) for row in rows))
    outcomes = list(zip(await paid, await gone, strict=True))
    assert all(one != other for one, other in outcomes), outcomes
    booked = await Appointment.filter(status=Status.BOOKED).count()
    assert booked == sum(one for one, _ in outcomes)
    assert (await Slot.get(id=slot.id)).remaining == 20 - booked
    await sound()


async def test_freed_places_go_to_the_line_although_a_crowd_wants_them(clock):
    who, schedule = await actor("village1"), await new_schedule(fee_fen=1500)
    slot = await new_slot(schedule, at(4, 9), places=5)
    owners, line, crowd = await new_patients(5), await new_patients(8), await new_patients(40)
    rows = [await try_hold(who, slot, patient) for patient in owners]
    for patient in line:
        await waiting.join(
            who,
            schedule_id=schedule.id,
            day=slot.day,
            patient_id=patient.id,
            channel=Channel.VILLAGE,
        )
    appointments = [await Appointment.get(id=row) for row in rows]
    cancelling = [service.cancel(who, row, by=CancelledBy.STAFF) for row in appointments]
    snatching = [try_hold(who, slot, patient) for patient in crowd]
    answers = await asyncio.gather(*cancelling, *snatching)
    assert set(answers[5:]) == {"slot_full"}, "nobody is quicker than the line"
    live = await Appointment.filter(status__in=list(LIVE)).values_list("patient_id", flat=True)
    assert set(live) == {patient.id for patient in line[:5]}
    assert await WaitingWish.filter(status=Wish.OFFERED).count() == 5
    await sound()
