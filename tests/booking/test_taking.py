"""Taking a place in one statement: what it refuses to believe, and what it remembers."""

import asyncio
from uuid import uuid4

import pytest

from booking import places, service, sold_out, taking
from booking.models import Appointment, CancelledBy, Channel, Schedule, Slot, Tally
from booking.states import Status
from booking.together import Outcome, Taking
from core import audit, chain, db
from core.audit import AuditEvent
from core.errors import Conflict
from core.outbox import OutboxEntry
from tests.booking.conftest import at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")

WHO = audit.System(name="居民账号")


async def hold(slot, patient, key=None):
    return await service.hold(
        WHO, slot_id=slot.id, patient_id=patient.id, channel=Channel.RESIDENT, key=key
    )


async def refusal_of(slot, patient, key=None):
    with pytest.raises(Conflict) as refused:
        await hold(slot, patient, key)
    return refused.value.code


async def test_everything_a_hold_is_is_written_together():
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    slot = await new_slot(schedule, at(4, 9))
    row = await hold(slot, patient, "k")
    kept = await Appointment.get(id=row.id)
    for field in Appointment._meta.fields_db_projection:
        assert getattr(kept, field) == getattr(row, field), field
    assert kept.status is Status.BOOKED
    assert (await AuditEvent.get(subject=f"Appointment/{row.id}")).action == "appointment.booked"
    fact = await OutboxEntry.get(subject=f"Appointment/{row.id}")
    assert fact.payload["appointment_id"] == str(row.id)
    assert (await Tally.get(patient_id=patient.id)).version == 1
    assert (await chain.verify()).faults == ()


async def test_the_memory_of_a_slot_is_verified(monkeypatch):
    schedule, people = await new_schedule(fee_fen=1500), await new_patients(3)
    slot = await new_slot(schedule, at(4, 9), places=9)
    await hold(slot, people[0])
    await Schedule.filter(id=schedule.id).update(fee_fen=2000)
    assert (await hold(slot, people[1])).fee_fen == 2000, "the new fee, not the remembered one"
    await Slot.filter(id=slot.id).update(open=False)
    assert await refusal_of(slot, people[2]) == "slot_stopped"
    await Schedule.filter(id=schedule.id).update(active=False)
    with pytest.raises(service.NotFound):
        await hold(slot, people[2])


async def test_full_is_remembered_but_not_held_against_the_winner(monkeypatch):
    schedule, people = await new_schedule(), await new_patients(3)
    slot = await new_slot(schedule, at(4, 9))
    row = await hold(slot, people[0], "winner")
    assert await refusal_of(slot, people[1], "loser") == "slot_full"
    assert await sold_out.known(slot.id, "loser")
    assert not await sold_out.known(slot.id, "winner")
    assert (await hold(slot, people[0], "winner")).id == row.id, "a repeat finds its own"
    await service.cancel(WHO, row, by=CancelledBy.PATIENT)
    assert (await hold(slot, people[1], "loser")).patient_id == people[1].id


async def test_a_place_given_back_elsewhere_is_seen_after_a_blink(monkeypatch):
    monkeypatch.setattr(sold_out, "BELIEVED_S", 0.05)
    schedule, people = await new_schedule(), await new_patients(2)
    slot = await new_slot(schedule, at(4, 9))
    await hold(slot, people[0])
    assert await refusal_of(slot, people[1], "loser") == "slot_full"
    await Appointment.filter(slot_id=slot.id).delete()
    await Slot.filter(id=slot.id).update(remaining=1)  # as another process would
    await asyncio.sleep(0.06)
    assert (await hold(slot, people[1], "loser")).slot_id == slot.id


async def test_a_look_that_grew_old_takes_nothing():
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    slot = await new_slot(schedule, at(4, 9), places=5)
    look = await taking.look(slot.id, patient.id, None)
    async with db.atomic():
        await places.lock_patient(patient.id)  # somebody else was at work for this patient
    row = places.new_appointment(
        WHO,
        look.slot,
        patient.id,
        channel=Channel.RESIDENT,
        payment="free",
        hold=None,
    )
    trace = audit.entry(WHO, "appointment.booked", f"Appointment/{row.id}", patient_id=patient.id)
    outcome = await taking.take(look.slot, Taking(row, [trace], None, look.version))
    assert outcome is Outcome.CHANGED
    assert not await Appointment.exists(patient_id=patient.id)
    assert (await Slot.get(id=slot.id)).remaining == 5
    again = await taking.look(slot.id, patient.id, None)
    assert await taking.take(look.slot, Taking(row, [trace], None, again.version)) is (
        Outcome.TAKEN
    )
    await sound()


async def test_the_row_that_is_handed_back_is_the_row_that_was_written():
    slot, (patient,) = await new_slot(await new_schedule(), at(4, 9)), await new_patients(1)
    made = await hold(slot, patient, "once")
    kept = await Appointment.get(id=made.id)
    for column in Appointment._meta.fields_db_projection:
        assert getattr(made, column) == getattr(kept, column), column


async def test_it_works_inside_a_transaction_too():
    schedule, people = await new_schedule(), await new_patients(2)
    slot = await new_slot(schedule, at(4, 9))
    async with db.atomic():
        await hold(slot, people[0])
        assert await refusal_of(slot, people[1], "loser") == "slot_full"
    assert await Appointment.filter(slot_id=slot.id).count() == 1
    assert (await taking.slot_of(uuid4())) is None
    await sound()
