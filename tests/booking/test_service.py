"""Hold, confirm, expire, cancel: each with its place, its money and its refusals."""

from datetime import timedelta
from uuid import uuid4

import pytest

from booking import service, visits
from booking.models import CancelledBy, Channel, Payment, Pool, Slot
from booking.states import Status
from core.audit import AuditEvent
from core.errors import Conflict, Invalid, NotFound
from core.outbox import OutboxEntry
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def schedule(staff, clock):
    return await new_schedule(fee_fen=1500)


async def hold(slot, patient, **changes):
    who = await actor("village1")
    values = {"slot_id": slot.id, "patient_id": patient.id, "channel": Channel.VILLAGE}
    return await service.hold(who, **(values | changes))


async def refused(code, slot, patient, **changes):
    with pytest.raises(Conflict) as problem:
        await hold(slot, patient, **changes)
    assert problem.value.code == code
    await sound()


async def left(slot):
    return (await Slot.get(id=slot.id)).remaining


async def test_a_hold_waits_for_its_payment_and_becomes_booked(schedule, clock):
    slot, (patient,) = await new_slot(schedule, at(4, 9)), await new_patients(1)
    row = await hold(slot, patient)
    assert (row.status, row.payment, row.fee_fen) == (Status.HELD, Payment.PENDING, 1500)
    assert row.hold_expires_at == clock.moment + timedelta(minutes=15)
    assert await left(slot) == 0
    paid = await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    assert (paid.status, paid.hold_expires_at) == (Status.BOOKED, None)
    again = await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    assert again.booked_at == paid.booked_at, "a repeated notification changes nothing"
    assert await OutboxEntry.filter(name="booking.AppointmentBooked").count() == 1
    assert await AuditEvent.filter(patient_id=patient.id, action="appointment.held").exists()
    await sound()


async def test_without_a_fee_it_is_booked_at_once(clock):
    slot, (patient,) = await new_slot(await new_schedule(), at(4, 9)), await new_patients(1)
    row = await hold(slot, patient)
    assert (row.status, row.payment) == (Status.BOOKED, Payment.FREE)
    await sound()


async def test_the_last_place_is_sold_once(schedule):
    slot, (first, second) = await new_slot(schedule, at(4, 9)), await new_patients(2)
    await hold(slot, first)
    await refused("slot_full", slot, second)


async def test_the_same_key_gives_the_same_appointment(schedule):
    slot, (patient, other) = await new_slot(schedule, at(4, 9), places=3), await new_patients(2)
    row = await hold(slot, patient, key="tap")
    assert (await hold(slot, patient, key="tap")).id == row.id
    assert await left(slot) == 2
    with pytest.raises(Invalid):
        await hold(slot, other, key="tap")


async def test_one_live_appointment_in_a_department_a_day(schedule):
    morning, later = await new_slot(schedule, at(4, 9)), await new_slot(schedule, at(4, 11))
    colleague = await new_schedule("county4")
    theirs, tomorrow = await new_slot(colleague, at(4, 14)), await new_slot(colleague, at(5, 14))
    (patient,) = await new_patients(1)
    row = await hold(morning, patient)
    await refused("already_booked", later, patient)
    await refused("already_booked", theirs, patient)
    await hold(tomorrow, patient)
    await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    await hold(theirs, patient)
    await sound()


async def test_what_is_past_closed_or_not_yet_released_is_not_sold(schedule):
    (patient,) = await new_patients(1)
    await refused("slot_past", await new_slot(schedule, at(2, 8, 30)), patient)
    await refused("slot_stopped", await new_slot(schedule, at(4, 9), open=False), patient)
    await refused("not_released", await new_slot(schedule, at(20, 9)), patient)
    onsite = await new_slot(schedule, at(4, 10), pool=Pool.ONSITE)
    await refused("pool_closed", onsite, patient)
    with pytest.raises(NotFound):
        await service.hold(
            await actor("village1"),
            slot_id=uuid4(),
            patient_id=patient.id,
            channel=Channel.VILLAGE,
        )


async def test_an_unpaid_hold_goes_back_and_late_money_is_refused(schedule, clock):
    slot, (patient, other) = await new_slot(schedule, at(4, 9)), await new_patients(2)
    row = await hold(slot, patient)
    clock.move(minutes=14)
    assert await service.expire_due() == 0
    clock.move(minutes=2)
    assert await service.expire_due() == 1
    assert await left(slot) == 1
    assert await service.expire_due() == 0
    with pytest.raises(Conflict) as late:
        await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    assert late.value.code == "hold_over"
    await hold(slot, other)
    assert not await service.expire(row.id), "an expired hold does not give its place back twice"
    await sound()


async def test_the_cashier_may_ask_for_time(schedule, clock):
    slot, (patient,) = await new_slot(schedule, at(4, 9)), await new_patients(1)
    await hold(slot, patient)
    clock.move(minutes=16)

    async def being_paid(appointment):
        return False

    assert await service.expire_due(may_expire=being_paid) == 0
    assert await left(slot) == 0


async def test_cancelling_gives_the_place_back_and_marks_the_refund(schedule):
    slot, (patient,) = await new_slot(schedule, at(4, 9)), await new_patients(1)
    row = await hold(slot, patient)
    row = await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT, reason="有事")
    assert await left(slot) == 1
    entry = await OutboxEntry.get(name="booking.AppointmentCancelled")
    assert entry.payload["refund_fen"] == 1500
    with pytest.raises(Conflict):
        await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    await sound()


async def test_late_cancellation_is_for_staff(schedule, clock):
    slot, (patient,) = await new_slot(schedule, at(3, 9)), await new_patients(1)
    row = await hold(slot, patient)
    row = await service.confirm(await actor("village1"), row.id, Payment.ONLINE)
    clock.move(hours=7)  # after 15:00 of the day before
    with pytest.raises(Conflict) as late:
        await service.cancel(await actor("village1"), row, by=CancelledBy.PATIENT)
    assert late.value.code == "too_late"
    await service.cancel(await actor("village1"), row, by=CancelledBy.STAFF, reason="发烧来不了")
    await sound()


async def test_three_missed_close_the_public_pool_for_its_time(clock):
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    for day in (3, 4, 5):
        await hold(await new_slot(schedule, at(day, 9)), patient)
    clock.move(days=4)
    assert await visits.miss_due() == 3
    assert await visits.miss_due() == 0
    slot = await new_slot(schedule, at(10, 9), places=2)
    kept = await new_slot(schedule, at(10, 9), pool=Pool.GRASSROOTS)
    await refused("blocked", slot, patient)
    await hold(kept, patient)
    clock.move(days=90)
    later = await new_slot(schedule, clock.moment + timedelta(days=2))
    await hold(later, patient)
    await sound()
