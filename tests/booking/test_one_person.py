"""Two records that are one person share one person's places."""

import asyncio

import pytest

from booking import queries, service, visits, waiting
from booking.models import Appointment, Channel
from core.errors import Conflict, Invalid
from people.matching import service as matching
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def joined(staff, clock):
    """A survivor, the record merged into it, and the link."""
    one, other = await new_patients(2)
    return one, other, await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")


async def hold(slot, patient, **more):
    who = await actor("village1")
    return await service.hold(
        who, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE, **more
    )


async def test_a_new_appointment_belongs_to_the_survivor(joined):
    one, other, _ = joined
    slot = await new_slot(await new_schedule(), at(4, 9), places=2)
    row = await hold(slot, other, key="k1")
    assert row.patient_id == one.id
    assert (await hold(slot, other, key="k1")).id == row.id
    assert (await hold(slot, one, key="k1")).id == row.id
    (stranger,) = await new_patients(1)
    with pytest.raises(Invalid):
        await hold(slot, stranger, key="k1")
    await sound()


async def test_one_a_day_counts_both_records_also_from_before(staff, clock):
    one, other = await new_patients(2)
    schedule = await new_schedule()
    early, late = [await new_slot(schedule, at(4, 9 + n), places=2) for n in range(2)]
    before = await hold(early, other)
    link = await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")
    for patient in (one, other):
        with pytest.raises(Conflict) as problem:
            await hold(late, patient)
        assert problem.value.code == "already_booked"
        mine = await queries.upcoming_of_patient(patient.id)
        assert [row.id for row in mine] == [before.id]
    assert (await Appointment.get(id=before.id)).patient_id == other.id, "nothing is moved"
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert (await hold(late, one)).patient_id == one.id
    assert [row.id for row in await queries.upcoming_of_patient(other.id)] == [before.id]
    await sound()


async def test_taps_on_both_records_at_once_get_one_place(joined):
    one, other, _ = joined
    schedule = await new_schedule()
    slots = [await new_slot(schedule, at(4, 8 + n), places=5) for n in range(6)]
    answers = await asyncio.gather(
        *(hold(slot, (one, other)[n % 2]) for n, slot in enumerate(slots)), return_exceptions=True
    )
    assert sum(isinstance(answer, Appointment) for answer in answers) == 1
    assert {a.code for a in answers if isinstance(a, Conflict)} <= {"already_booked", "overlaps"}
    await sound()


async def test_one_place_in_the_waiting_line(joined, clock):
    one, other, _ = joined
    schedule = await new_schedule()
    slot, (somebody,) = await new_slot(schedule, at(4, 9)), await new_patients(1)
    await hold(slot, somebody)
    who = await actor("village1")
    wishes = [
        await waiting.join(
            who,
            schedule_id=schedule.id,
            day=slot.day,
            patient_id=patient.id,
            channel=Channel.VILLAGE,
        )
        for patient in (other, one)
    ]
    assert wishes[0].id == wishes[1].id
    assert wishes[0].patient_id == one.id


async def test_missed_ones_of_both_records_count(joined):
    one, other, _ = joined
    assert await visits.misses_of(one.id) == await visits.misses_of(other.id) == []
