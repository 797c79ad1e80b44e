"""Everybody locks in one order (appointment, wish, patient, slot), so nobody waits in a ring."""

import asyncio
from contextvars import copy_context

import pytest

from booking import places, schedules, service, stopping, waiting
from booking.models import Appointment, CancelledBy, Channel, Pool, Slot, WaitingWish
from booking.schemas import ClosureIn
from booking.states import LIVE, Status, Wish
from core import db
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound, weekly
from tests.plumbing.postgres import until_somebody_waits

pytestmark = [pytest.mark.usefixtures("staff", "clock"), pytest.mark.postgres]


@pytest.fixture
async def line(staff, clock):
    """A full slot, and one person who waits for it."""
    who, schedule = await actor("village1"), await new_schedule()
    slot, (owner, patient) = await new_slot(schedule, at(4, 9)), await new_patients(2)
    row = await service.hold(who, slot_id=slot.id, patient_id=owner.id, channel=Channel.VILLAGE)
    await waiting.join(
        who,
        schedule_id=schedule.id,
        day=slot.day,
        patient_id=patient.id,
        channel=Channel.VILLAGE,
    )
    return slot, row, patient


async def test_the_line_waits_for_a_patient_without_holding_the_place(line):
    slot, _, patient = line
    await places.add_extra(slot.id)
    outside = copy_context()
    async with db.atomic():  # the steps of a hold, slowly: the patient, then the place
        await places.lock_patient(patient.id)
        line_is_served = waiting.serve_line(slot.schedule_id, slot.day)
        serving = asyncio.create_task(line_is_served, context=outside)
        await until_somebody_waits()
        assert await places.take(slot.id, at(2, 9)), "nobody sits on the place"
        await places.give_back(slot.id)
    assert await serving == 1
    assert (await WaitingWish.get(patient_id=patient.id)).status is Wish.OFFERED
    await sound()


async def test_a_stop_waits_for_who_cancels_without_holding_the_place(line, monkeypatch):
    slot, row, _ = line
    stopping_now = asyncio.Event()

    async def give_up_slowly(slot_id):
        stopping_now.set()
        await until_somebody_waits()
        return await real(slot_id)

    real = waiting.hand_over
    monkeypatch.setattr(service.waiting, "hand_over", give_up_slowly)
    cancelling = asyncio.create_task(
        service.cancel(await actor("village1"), row, by=CancelledBy.STAFF)
    )
    await stopping_now.wait()
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    await stopping.stop(await actor("scheduler1"), slot.schedule_id, entry)
    await cancelling
    await stopping.end_left()
    assert not await Appointment.filter(status__in=list(LIVE)).exists()
    assert (await Appointment.get(id=row.id)).cancelled_by is CancelledBy.STAFF
    await sound()


async def test_everything_at_once_and_nobody_is_refused_for_a_lock(clock):
    """Returned quotas, lines, stops, lifts and holds on the same few slots."""
    schedule = await new_schedule()
    await weekly(schedule, weekdays=[2], opens=480, closes=600, public=1, grassroots=1)
    clock.moment = at(3, 9, 59)
    office, clinic = await actor("scheduler1"), await actor("village1")
    slots = await Slot.filter(schedule_id=schedule.id, pool=Pool.PUBLIC)
    entry = ClosureIn(starts_at=at(4, 8, 30), ends_at=at(4, 9, 30), reason="医生临时手术")

    async def hold(slot, patient):
        try:
            row = await service.hold(
                clinic, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE
            )
            await service.cancel(clinic, row, by=CancelledBy.STAFF)
        except service.Conflict:
            pass

    async def stop_and_lift():
        closure = await stopping.stop(office, schedule.id, entry)
        await stopping.lift(office, closure.id)

    for _ in range(3):
        people = await new_patients(24)
        crowd = [hold(slots[n % len(slots)], patient) for n, patient in enumerate(people)]
        await asyncio.gather(
            *crowd, stop_and_lift(), schedules.return_quotas(), waiting.serve_all()
        )
        await sound()
    assert not await Appointment.filter(status=Status.HELD).exists()
