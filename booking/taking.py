"""Taking a place: the call that a whole county makes at nine o'clock (docs/adr/0027, 0029).

`take` writes everything that a held place is (tally, count, appointment, audit, fact) or nothing:
on PostgreSQL in one statement with all who take one at that moment (`together`), elsewhere in a
transaction of several. It decides only what can change between a look and the write; whether
somebody *may* have the place is said by `rules`, on what `look` found. What `look` found is still
true when `take` succeeds, because both name the same version of the patient's tally.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from booking import places, together
from booking.models import Appointment, Slot, Tally
from booking.together import Outcome, Taking
from core import audit, clock, db, outbox
from core.gathering import Gathered
from people.links import same_person

MOST_SLOTS: Final = 5000
"""How many slots a process remembers; more than a county has in a window of 14 days."""


@dataclass(frozen=True, slots=True)
class Look:
    """What stood in the way, or did not, at one moment. `version` names the moment.

    `person` are the records of the patient, the one first to which the appointment will belong.
    """

    person: list[UUID]
    slot: Slot | None
    has: places.Has
    version: int
    repeat: Appointment | None


REMEMBERED_S: Final = 30.0
"""For how long names and the place of a clinic may be shown as they were."""


_slots: dict[UUID, tuple[float, Slot]] = {}


async def slot_of(slot_id: UUID) -> Slot | None:
    """The slot with schedule, house and doctor, perhaps from memory: times, pool, fee, names.

    `take` verifies what may have changed since and matters; `remaining` and `open` are old.
    """
    until, found = _slots.get(slot_id, (0.0, None))
    return found if time.monotonic() < until else await _slot.ask(slot_id)


async def _read_slots(slot_ids: Sequence[UUID]) -> list[Slot | None]:
    rows = await Slot.filter(id__in=set(slot_ids)).select_related(
        "schedule__organization", "schedule__practitioner"
    )
    if len(_slots) + len(rows) > MOST_SLOTS:
        _slots.clear()
    for row in rows:
        db.with_plain_ids(row)
        db.with_plain_ids(row.schedule)
    found = {row.id: row for row in rows}
    until = time.monotonic() + REMEMBERED_S
    _slots.update((row.id, (until, row)) for row in rows)
    return [found.get(slot_id) for slot_id in slot_ids]


_slot: Final = Gathered(_read_slots)


async def look(slot_id: UUID, patient_id: UUID, key: str | None) -> Look:
    """Read slot and patient anew, and the appointment that this very request made before.

    The version comes first: what changes after it makes `take` fail. The repeat comes last: if its
    appointment is among what the patient has, it is found.
    """
    person = await same_person(patient_id)
    tally = await Tally.get_or_none(patient_id=person[0])
    return Look(
        person=person,
        version=tally.version if tally else 0,
        has=await places.what_patient_has(person),
        slot=await _slot.ask(slot_id),
        repeat=await Appointment.get_or_none(key=key) if key else None,
    )


async def take(slot: Slot, taking: Taking) -> Outcome:
    """Write the row if the place, the patient and the slot are still as they were seen."""
    if db.is_postgres():
        outcome = await together.take(taking)
    else:
        outcome = await _take_alone(slot, taking)
    if outcome is Outcome.TAKEN:
        vars(taking.row).update(_saved_in_db=True, fresh=True)
        if taking.fact is not None:
            outbox.wake()
    return outcome


async def _take_alone(slot: Slot, taking: Taking) -> Outcome:
    try:
        async with db.atomic():
            return await _take_step_by_step(slot, taking)
    except IntegrityError:
        return Outcome.CHANGED


async def _take_step_by_step(slot: Slot, taking: Taking) -> Outcome:
    """The same for databases with one writer at a time, which is this transaction."""
    row, fact = taking.row, taking.fact
    newest = await Slot.get_or_none(id=slot.id).select_related("schedule")
    if newest is None or not newest.open or newest.ends_at <= clock.now():
        return Outcome.CHANGED
    if newest.remaining <= 0:
        repeat = row.key and await Appointment.exists(key=row.key)
        return Outcome.CHANGED if repeat else Outcome.FULL
    if not newest.schedule.active or newest.schedule.fee_fen != row.fee_fen:
        return Outcome.CHANGED
    if not await _is_as_seen(row.patient_id, taking.version):
        return Outcome.CHANGED
    await row.save(force_create=True)
    await places.lock_patient(row.patient_id)
    await Slot.filter(id=slot.id).update(remaining=F("remaining") - 1)
    for trace in taking.traces:
        await audit.write(trace)
    if fact is not None:
        await outbox.record(fact, subject=f"Appointment/{row.id}")
    return Outcome.TAKEN


async def _is_as_seen(patient_id: UUID, version: int | None) -> bool:
    if version is None:
        person = await same_person(patient_id)
        has = await places.what_patient_has(person)
        return len(person) == 1 and not has.others and not has.misses
    tally = await Tally.get_or_none(patient_id=patient_id)
    return version == (tally.version if tally else 0)
