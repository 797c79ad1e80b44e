"""Several examinations of one patient: proposed for one visit, booked together or not at all."""

import asyncio

import pytest

from booking import examinations, service
from booking.models import Appointment, Channel, Pool, ServiceType, Slot
from booking.states import Status
from core.errors import Conflict, Invalid
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")


async def exam(name, *needs, **changes):
    values = {
        "kind": "device",
        "practitioner_id": None,
        "service_type": ServiceType.EXAM,
        "department": "radiology",
        "name": name,
        "needs": list(needs),
    }
    return await new_schedule(**(values | changes))


async def stomach_and_bladder():
    """One has to be empty and the other full; times on two days."""
    gastro, pelvic = await exam("胃镜", "fasting"), await exam("盆腔彩超", "bladder", fee_fen=11000)
    for day in (4, 5):
        for hour in (8, 9, 10):
            await new_slot(gastro, at(day, hour))
            await new_slot(pelvic, at(day, hour))
    return gastro, pelvic


@pytest.fixture
async def two(staff, clock):
    """A stomach that has to be empty and a bladder that has to be full."""
    return await stomach_and_bladder()


async def proposed(patient, schedules, channel=Channel.COUNTER):
    wanted = [schedule.id for schedule in schedules]
    plan = await examinations.propose(patient.id, wanted, channel, at(3, 0).date())
    return plan, [(step.schedule.name, step.clock) for step in plan]


async def booked(patient, plan, channel=Channel.COUNTER, **more):
    who = await actor("scheduler1" if channel is Channel.COUNTER else "village1")
    slots = [step.time.slot_id for step in plan]
    return await examinations.book(
        who, patient.id, slots, channel, confirmed=["fasting", "bladder"], **more
    )


async def test_one_visit_in_the_right_order_booked_with_one_call(two):
    (patient,) = await new_patients(1)
    plan, said = await proposed(patient, two)
    assert said == [("胃镜", "08:00"), ("盆腔彩超", "10:00")]
    assert examinations.visits(plan) == 1
    rows = await booked(patient, plan, payment="at_visit")
    assert [row.status for row in rows] == [Status.BOOKED] * 2
    assert [row.day for row in rows] == [at(4, 0).date()] * 2
    again, _ = await proposed(patient, two)
    assert {step.time.day for step in again} == {at(5, 0).date()}, "not twice on one day"
    await sound()


async def test_all_or_nothing_when_somebody_was_quicker(two):
    patient, other = await new_patients(2)
    plan, _ = await proposed(patient, two)
    await service.hold(
        await actor("scheduler1"),
        slot_id=plan[1].time.slot_id,
        patient_id=other.id,
        channel=Channel.COUNTER,
        confirmed=["bladder"],
        payment="at_visit",
    )
    with pytest.raises(Conflict) as refused:
        await booked(patient, plan)
    assert refused.value.code == "slot_full"
    assert not await Appointment.filter(patient_id=patient.id).exists()
    assert (await Slot.get(id=plan[0].time.slot_id)).remaining == 1
    await sound()


async def test_only_times_that_fit_one_another_are_booked(two):
    (patient,) = await new_patients(1)
    gastro, pelvic = two
    nine = await Slot.get(schedule_id=gastro.id, starts_at=at(4, 9))
    eight = await Slot.get(schedule_id=pelvic.id, starts_at=at(4, 8))
    clinic = await new_slot(await new_schedule(), at(4, 15))
    for slots in ([nine.id, eight.id], [], [nine.id, clinic.id]):
        with pytest.raises(Conflict):
            await examinations.book(
                await actor("scheduler1"),
                patient.id,
                slots,
                Channel.COUNTER,
                confirmed=["fasting", "bladder"],
            )
    assert not await Appointment.all().exists()


async def test_what_cannot_be_asked(two):
    (patient,) = await new_patients(1)
    visit = await new_schedule()
    for wanted in ([], [visit.id], [two[0].id, visit.id]):
        with pytest.raises(Invalid):
            await examinations.propose(patient.id, wanted, Channel.COUNTER, at(3, 0).date())


async def test_the_village_doctor_takes_places_kept_for_the_clinics_and_keeps_the_limit(two):
    (patient,) = await new_patients(1)
    gastro, pelvic = two
    kept = await new_slot(gastro, at(4, 8), pool=Pool.GRASSROOTS)
    third = await exam("CT")
    for day in (4, 5):
        await new_slot(third, at(day, 11))
    plan, said = await proposed(patient, (gastro, pelvic), Channel.VILLAGE)
    assert (said[0], plan[0].time.slot_id) == (("胃镜", "08:00"), kept.id)
    plan, _ = await proposed(patient, (gastro, pelvic, third), Channel.VILLAGE)
    assert examinations.visits(plan) == 2, "two a day"
    rows = await booked(patient, plan, Channel.VILLAGE, consent_first=True)
    assert {row.status for row in rows} == {Status.HELD}
    await sound()


async def test_many_at_once_for_crossing_places_wait_and_never_ring(two):
    people = await new_patients(8)
    plan, _ = await proposed(people[0], two)

    async def try_book(number):
        order = plan if number % 2 else list(reversed(plan))
        try:
            return await booked(people[number], order)
        except Conflict as problem:
            return problem.code

    answers = await asyncio.gather(*(try_book(n) for n in range(len(people))))
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} == {"slot_full"}
    await sound()
