"""The waiting list: who is first gets what is given back, for a while."""

from datetime import timedelta

import pytest

from booking import clockwork, places, service, waiting
from booking.models import Appointment, CancelledBy, Channel, Payment, Pool, Slot, WaitingWish
from booking.states import Status, Wish
from core.errors import Conflict, NotFound
from core.outbox import OutboxEntry
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def full(staff, clock):
    """One place, taken; the slot and its owner's appointment."""
    schedule, (owner,) = await new_schedule(fee_fen=1500), await new_patients(1)
    slot = await new_slot(schedule, at(4, 9))
    row = await service.hold(
        await actor("village1"), slot_id=slot.id, patient_id=owner.id, channel=Channel.VILLAGE
    )
    return slot, await service.confirm(await actor("village1"), row.id, Payment.ONLINE)


async def join(slot, patient, **changes):
    values = {
        "schedule_id": slot.schedule_id,
        "day": slot.day,
        "patient_id": patient.id,
        "channel": Channel.VILLAGE,
    }
    return await waiting.join(await actor("village1"), **(values | changes))


async def test_a_freed_place_goes_down_the_line_until_somebody_takes_it(full, clock):
    slot, row = full
    first, second, third = await new_patients(3)
    wishes = [await join(slot, patient) for patient in (first, second, third)]
    assert [await waiting.position(wish) for wish in wishes] == [1, 2, 3]
    assert (await join(slot, first)).id == wishes[0].id, "a repeat changes nothing"
    await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    offer = await Appointment.get(patient_id=first.id)
    assert (offer.status, offer.hold_expires_at) == (
        Status.HELD,
        clock.moment + timedelta(minutes=30),
    )
    assert await OutboxEntry.filter(name="booking.PlaceOffered").count() == 1
    clock.move(minutes=31)
    await clockwork.tick()
    assert (await WaitingWish.get(id=wishes[0].id)).status is Wish.LAPSED
    offer = await Appointment.get(patient_id=second.id)
    await service.confirm(await actor("village1"), offer.id, Payment.ONLINE)
    assert (await WaitingWish.get(id=wishes[1].id)).status is Wish.TAKEN
    assert (await WaitingWish.get(id=wishes[2].id)).status is Wish.WAITING
    assert (await Slot.get(id=slot.id)).remaining == 0
    await sound()


async def test_a_place_that_is_freed_at_night_is_kept_until_people_are_up(full, clock):
    slot, row = full
    first, second = await new_patients(2)
    await join(slot, first)
    await join(slot, second)
    clock.moment = at(3, 0, 15)  # what nobody paid after a release at midnight
    await service.cancel(await actor("scheduler1"), row, by=CancelledBy.STAFF)
    offer = await Appointment.get(patient_id=first.id)
    assert offer.hold_expires_at == at(3, 8, 30)
    clock.moment = at(3, 8, 29)
    await clockwork.tick()
    assert not await Appointment.exists(patient_id=second.id)
    await service.confirm(await actor("village1"), offer.id, Payment.ONLINE)
    await sound()


async def test_there_is_no_line_where_there_are_places(full):
    slot, _ = full
    (patient,) = await new_patients(1)
    await new_slot(await slot.schedule, at(4, 10))
    with pytest.raises(Conflict) as left:
        await join(slot, patient)
    assert left.value.code == "places_left"
    with pytest.raises(NotFound):
        await join(slot, patient, day=at(9, 9).date())


async def test_an_extra_place_and_a_returned_quota_go_to_the_line(full, clock):
    slot, _ = full
    first, second = await new_patients(2)
    await join(slot, first)
    await join(slot, second)
    await places.add_extra(slot.id)
    await waiting.serve_line(slot.schedule_id, slot.day)
    assert await Appointment.exists(patient_id=first.id, status=Status.HELD)
    await new_slot(await slot.schedule, at(4, 9), pool=Pool.GRASSROOTS, returns_at=at(3, 9))
    clock.moment = at(3, 9, 1)
    await clockwork.tick()
    assert await Appointment.exists(patient_id=second.id, status=Status.HELD)
    kept = await Slot.get(schedule_id=slot.schedule_id, pool=Pool.GRASSROOTS)
    assert (kept.quota, kept.remaining) == (0, 0)
    await sound()


async def test_somebody_who_found_another_place_is_passed_by(full):
    slot, row = full
    first, second = await new_patients(2)
    wish = await join(slot, first)
    await join(slot, second)
    colleague = await new_schedule("county4")
    await service.hold(
        await actor("village1"),
        slot_id=(await new_slot(colleague, at(4, 14))).id,
        patient_id=first.id,
        channel=Channel.VILLAGE,
    )
    await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    assert (await WaitingWish.get(id=wish.id)).status is Wish.LAPSED
    assert await Appointment.exists(patient_id=second.id, status=Status.HELD)
    await sound()


async def test_leaving_the_line(full):
    slot, row = full
    (patient,) = await new_patients(1)
    wish = await join(slot, patient)
    await waiting.leave(await actor("village1"), wish)
    await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    assert (await Slot.get(id=slot.id)).remaining == 1
    await sound()
