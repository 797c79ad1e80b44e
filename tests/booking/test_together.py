"""Many takings in one statement: each of them all or nothing, whatever becomes of the others."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from booking import places, taking, together
from booking.models import Appointment, Channel, Schedule, Slot, Tally
from booking.states import Status
from booking.together import Outcome, Taking
from core import audit, db
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from tests.booking.conftest import at, new_patients, new_schedule, new_slot, sound

pytestmark = [pytest.mark.usefixtures("staff", "clock"), pytest.mark.postgres]
WHO = audit.System(name="居民账号")


async def wanted(slot, patient, key=None, *, version=None, fact=None):
    """A taking of this slot as `service.hold` makes it."""
    seen = await taking.slot_of(slot.id)
    row = places.new_appointment(
        WHO,
        seen,
        patient.id,
        channel=Channel.RESIDENT,
        payment="pending",
        hold=timedelta(minutes=15),
        key=key,
    )
    trace = audit.entry(WHO, "appointment.held", f"Appointment/{row.id}", patient_id=patient.id)
    return Taking(row, [trace], fact, version)


async def taken_together(*takings):
    return await together._take(takings)


async def test_what_is_written_is_the_whole_row():
    slot, [patient] = await new_slot(await new_schedule(), at(3, 9)), await new_patients(1)
    for hold in (timedelta(minutes=15), None):
        row = places.new_appointment(
            WHO,
            await taking.slot_of(slot.id),
            patient.id,
            channel=Channel.VILLAGE,
            payment="pending",
            hold=hold,
            key="k",
        )
        whole = {column: getattr(row, column) for column in Appointment._meta.fields_db_projection}
        given = {column: value for column, value in whole.items() if value is not None}
        assert json.loads(places.columns_of(row)) == json.loads(to_json(given))


async def test_each_of_many_is_written_with_all_that_belongs_to_it():
    schedule, people = await new_schedule(fee_fen=1500), await new_patients(12)
    slots = [await new_slot(schedule, at(4, 8 + n), places=3) for n in range(4)]
    takings = [await wanted(slots[n % 4], person) for n, person in enumerate(people)]
    assert await taken_together(*takings) == [Outcome.TAKEN] * 12
    assert await Appointment.all().count() == await AuditEvent.all().count() == 12
    assert set(await Slot.all().values_list("remaining", flat=True)) == {0}
    assert {t.version for t in await Tally.all()} == {1}
    assert not await OutboxEntry.exists(), "nothing was said to have happened"
    await sound()


async def test_first_come_first_served_on_the_last_places():
    schedule, people = await new_schedule(), await new_patients(5)
    slot = await new_slot(schedule, at(4, 9), places=2)
    takings = [await wanted(slot, person) for person in people]
    outcomes = await taken_together(*takings)
    assert outcomes == [Outcome.TAKEN] * 2 + [Outcome.CHANGED] * 3
    assert {row.patient_id for row in await Appointment.all()} == {p.id for p in people[:2]}
    assert await taken_together(takings[2]) == [Outcome.FULL]
    await sound()


async def test_one_of_them_cannot_spoil_it_for_the_others():
    schedule, people = await new_schedule(), await new_patients(5)
    slot = await new_slot(schedule, at(4, 9), places=5)
    (first,) = await taken_together(await wanted(slot, people[0], "same key"))
    assert first is Outcome.TAKEN
    outcomes = await taken_together(
        await wanted(slot, people[1], "same key"),  # another's key: a unique index refuses it
        await wanted(slot, people[2], "a"),
        await wanted(slot, people[3], "b", version=7),  # looked, but it is no longer so
        await wanted(slot, people[0], "c"),  # has something that day
    )
    assert outcomes == [Outcome.CHANGED, Outcome.TAKEN, Outcome.CHANGED, Outcome.CHANGED]
    assert (await Slot.get(id=slot.id)).remaining == 3
    await sound()


async def test_one_patient_twice_in_a_round_is_one_appointment():
    schedule, (one, other) = await new_schedule(), await new_patients(2)
    slots = [await new_slot(schedule, at(4, 8 + n), places=3) for n in range(2)]
    outcomes = await taken_together(
        await wanted(slots[0], one), await wanted(slots[1], one), await wanted(slots[1], other)
    )
    assert outcomes == [Outcome.TAKEN, Outcome.CHANGED, Outcome.TAKEN]
    await sound()


async def test_a_changed_fee_or_a_stopped_schedule_takes_nothing():
    dear, stopped = await new_schedule(fee_fen=1500), await new_schedule("county2", fee_fen=900)
    people = await new_patients(2)
    takings = [
        await wanted(await new_slot(dear, at(4, 9)), people[0]),
        await wanted(await new_slot(stopped, at(4, 9)), people[1]),
    ]
    await Schedule.filter(id=dear.id).update(fee_fen=2000)
    await Schedule.filter(id=stopped.id).update(active=False)
    assert await taken_together(*takings) == [Outcome.CHANGED] * 2
    assert not await Appointment.exists()
    await sound()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places_each=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    asks=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=14),
    rounds=st.integers(1, 4),
)
async def test_whoever_asks_for_whatever_nothing_is_oversold(clock, places_each, asks, rounds):
    """Several rounds at once, as several processes would send them."""
    schedule, people = await new_schedule(name=str(uuid4())), await new_patients(6)
    slots = [await new_slot(schedule, at(4, 8 + n), places=p) for n, p in enumerate(places_each)]
    takings = [await wanted(slots[s % len(slots)], people[p]) for s, p in asks]
    found = await asyncio.gather(*(taken_together(*takings[n::rounds]) for n in range(rounds)))
    won = sum(outcomes.count(Outcome.TAKEN) for outcomes in found)
    held = await Appointment.filter(schedule_id=schedule.id, status=Status.HELD)
    assert len(held) == won
    assert len({row.patient_id for row in held}) == won, "one a day and department"
    for slot, before in zip(slots, places_each, strict=True):
        here = sum(row.slot_id == slot.id for row in held)
        assert (await Slot.get(id=slot.id)).remaining == before - here >= 0
    await Appointment.filter(schedule_id=schedule.id).delete()
    await db.connection().execute_script("UPDATE booking_slot SET remaining = quota")
