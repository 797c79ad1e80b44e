"""Two records that are one person share one person's places."""

import asyncio

import pytest

from booking import queries, reconcile, service, taking, visits, waiting
from booking.models import Appointment, Channel, Slot
from booking.states import Status
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


async def test_missed_ones_of_both_records_count_while_they_are_joined(staff, clock):
    one, other = await new_patients(2)
    schedule = await new_schedule()
    for day, patient in ((3, one), (4, other), (5, other)):
        await hold(await new_slot(schedule, at(day, 9)), patient)
    clock.moment = at(6, 8)
    assert await visits.miss_due() == 3
    assert len(await visits.misses_of(one.id)) == 1
    wanted = await new_slot(schedule, at(10, 9), places=9)
    assert (await hold(wanted, one)).status is Status.BOOKED, "one missed, not three"
    link = await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")
    assert await visits.misses_of(one.id) == await visits.misses_of(other.id)
    assert len(await visits.misses_of(one.id)) == 3
    later = await new_slot(schedule, at(11, 9), places=9)
    for patient in (one, other):
        with pytest.raises(Conflict) as problem:
            await hold(later, patient)
        assert problem.value.code == "blocked"
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert len(await visits.misses_of(other.id)) == 2
    assert (await hold(later, other)).patient_id == other.id
    await sound()


async def test_the_limit_of_one_person_counts_both_records(staff, clock):
    one, other = await new_patients(2)
    slots = []
    for n, department in enumerate(("cardiology", "tcm", "neurology", "orthopedics", "pediatrics")):
        schedule = await new_schedule(department=department, name=department)
        slots.append(await new_slot(schedule, at(3 + n, 9), places=9))
    for slot, patient in zip(slots, (one, one, other, other), strict=False):
        await hold(slot, patient)
    link = await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")
    for patient in (one, other):
        with pytest.raises(Conflict) as problem:
            await hold(slots[4], patient)
        assert problem.value.code == "limit"
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert [(await hold(slots[4], p)).patient_id for p in (one, other)] == [one.id, other.id]
    await sound()


@pytest.fixture
def after_the_look(monkeypatch):
    """Do something once, between what a hold saw and what it writes."""
    real, waiting_acts = taking.look, []

    async def look(*asked):
        seen = await real(*asked)
        while waiting_acts:
            await waiting_acts.pop()()
        return seen

    monkeypatch.setattr(taking, "look", look)
    return waiting_acts.append


async def test_joined_while_a_hold_is_decided_it_is_decided_again(staff, clock, after_the_look):
    one, other = await new_patients(2)
    schedule = await new_schedule()
    early, late = [await new_slot(schedule, at(4, 9 + n), places=2) for n in range(2)]
    tcm = await new_schedule(department="tcm", name="tcm")
    await hold(await new_slot(tcm, at(5, 9)), other)  # so that the next hold has to look
    await hold(early, one)

    async def join():
        await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")

    after_the_look(join)
    with pytest.raises(Conflict) as problem:
        await hold(late, other)
    assert problem.value.code == "already_booked"
    assert (await Slot.get(id=late.id)).remaining == 2
    await sound()


async def test_parted_while_a_hold_is_decided_it_is_written_to_the_right_one(
    joined, after_the_look
):
    _, other, link = joined
    slot = await new_slot(await new_schedule(), at(4, 9), places=2)

    async def part():
        await matching.unmerge(await actor("admin1"), link.id, "看错了人")

    after_the_look(part)
    assert (await hold(slot, other)).patient_id == other.id
    await sound()


async def test_holds_and_merges_at_once(staff, clock):
    one, other = await new_patients(2)
    admin, schedule = await actor("admin1"), await new_schedule()
    slots = [await new_slot(schedule, at(4, 8 + n), places=5) for n in range(6)]

    async def join_and_part():
        for _ in range(3):
            link = await matching.merge(admin, one.id, other.id, "本人来核对过")
            await matching.unmerge(admin, link.id, "看错了人")

    holds = [hold(slot, (one, other)[n % 2]) for n, slot in enumerate(slots)]
    answers = await asyncio.gather(join_and_part(), *holds, return_exceptions=True)
    assert answers[0] is None, answers[0]
    assert {a.code for a in answers if isinstance(a, Conflict)} <= {
        "already_booked",
        "overlaps",
        "changed_meanwhile",
    }
    assert 1 <= sum(isinstance(answer, Appointment) for answer in answers) <= 2
    await sound()


async def test_the_checker_knows_what_was_there_before_and_what_is_wrong(staff, clock):
    one, other = await new_patients(2)
    schedule = await new_schedule()
    for n, patient in enumerate((one, other)):
        await hold(await new_slot(schedule, at(4, 9 + n)), patient)
    assert not (await sound()).tasks
    await matching.merge(await actor("admin1"), one.id, other.id, "本人来核对过")
    (task,) = (await sound()).tasks
    assert f"person {one.id} has 2 live appointments" in task
    clock.move(minutes=1)
    row = await Appointment.get(patient_id=other.id)
    await Appointment.filter(id=row.id).update(held_at=clock.moment)
    assert f"appointment {row.id} was written for record {other.id}" in " ".join(
        (await reconcile.check()).faults
    )
