"""Taking a place: the call that a whole county makes at nine o'clock (docs/adr/0027).

`take` writes everything that a held place is (tally, count, appointment, audit, fact) or nothing:
one statement on PostgreSQL, one transaction of several elsewhere. It decides only what can change
between a look and the write; whether somebody *may* have the place is said by `rules`, on what
`look` found. What `look` found is still true when `take` succeeds, because both name the same
version of the patient's tally.
"""

import time
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from booking import places
from booking.models import Appointment, Slot, Tally
from booking.states import LIVE, Status
from core import audit, clock, db, outbox
from people.links import same_person
from people.matching.states import LinkStatus

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


class Outcome(StrEnum):
    """taken; full: nothing left, and not through this very request; changed: look (again)."""

    TAKEN = "taken"
    FULL = "full"
    CHANGED = "changed"


_slots: dict[UUID, tuple[float, Slot]] = {}


async def slot_of(slot_id: UUID) -> Slot | None:
    """The slot with schedule, house and doctor, perhaps from memory: times, pool, fee, names.

    `take` verifies what may have changed since and matters; `remaining` and `open` are old.
    """
    until, found = _slots.get(slot_id, (0.0, None))
    return found if time.monotonic() < until else await _read_slot(slot_id)


async def _read_slot(slot_id: UUID) -> Slot | None:
    found = await Slot.get_or_none(id=slot_id).select_related(
        "schedule__organization", "schedule__practitioner"
    )
    if found is not None:
        if len(_slots) >= MOST_SLOTS:
            _slots.clear()
        _slots[slot_id] = time.monotonic() + REMEMBERED_S, found
    return found


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
        slot=await _read_slot(slot_id),
        repeat=await Appointment.get_or_none(key=key) if key else None,
    )


async def take(
    slot: Slot,
    row: Appointment,
    traces: Sequence[audit.Entry],
    fact: outbox.Event | None,
    *,
    version: int | None,
) -> Outcome:
    """Write the row if the place, the patient and the slot are still as they were seen.

    `version` None: nobody has looked, so only for a patient of one record and nothing that counts.
    """
    at_once = db.is_postgres()
    write = _take_at_once if at_once else _take_step_by_step
    alone = at_once and not db.in_transaction_now()  # one statement is a transaction
    try:
        async with nullcontext() if alone else db.atomic():
            outcome = await write(slot, row, traces, fact, version)
    except (IntegrityError, asyncpg.DeadlockDetectedError):
        return Outcome.CHANGED
    if outcome is Outcome.TAKEN and fact is not None:
        outbox.wake()
    return outcome


def _in(states: Collection[Status]) -> str:
    return "(" + ", ".join(f"'{state.value}'" for state in sorted(states)) + ")"


TAKE: Final = f"""
WITH counts AS (
  SELECT FROM people_patient_link
  WHERE status = '{LinkStatus.ACTIVE.value}' AND (survivor_id = $1 OR merged_id = $1)
  UNION ALL SELECT FROM booking_appointment WHERE patient_id = $1 AND (
    (status IN {_in(LIVE)} AND day >= $5)
    OR (status = '{Status.NO_SHOW.value}' AND excused_at IS NULL AND ends_at > $6))
), patient AS (
  INSERT INTO booking_tally AS tally (patient_id, version) SELECT $1, 1
  WHERE ($2::bigint IS NOT NULL OR NOT EXISTS (SELECT FROM counts))
  AND EXISTS (SELECT FROM booking_slot WHERE id = $3 AND remaining > 0 AND open)
  ON CONFLICT (patient_id) DO UPDATE SET version = tally.version + 1
  WHERE tally.version = COALESCE($2, (SELECT version FROM booking_tally WHERE patient_id = $1))
  RETURNING patient_id
), place AS (
  UPDATE booking_slot SET remaining = remaining - 1
  FROM booking_schedule AS schedule
  WHERE booking_slot.id = $3 AND remaining > 0 AND open AND ends_at > $4
  AND schedule.id = schedule_id AND schedule.active AND schedule.fee_fen = $7
  AND EXISTS (SELECT FROM patient)
  RETURNING booking_slot.id
), appointment AS (
  INSERT INTO booking_appointment
  SELECT given.* FROM place, jsonb_populate_record(NULL::booking_appointment, $8) AS given
), trace AS (
  INSERT INTO core_audit_event
  SELECT given.* FROM place, jsonb_populate_recordset(NULL::core_audit_event, $9) AS given
), fact AS (
  INSERT INTO core_outbox
    (name, subject, payload, status, recorded_at, due_at, attempts, last_error)
  SELECT name, subject, payload, 'waiting', recorded_at, due_at, 0, ''
  FROM place, jsonb_populate_record(NULL::core_outbox, $10) AS given WHERE $10 IS NOT NULL
)
SELECT EXISTS (SELECT FROM place) AS taken,
  open AND remaining <= 0 AND NOT EXISTS (SELECT FROM booking_appointment WHERE key = $11) AS full
FROM booking_slot WHERE id = $3
"""  # noqa: S608  (the states are our own enumeration)
"""Everything or nothing in one round trip.

All parts see one snapshot. The tally is moved on only from the version of that snapshot (or of the
look), so a second request for the same patient, which waits here for the first, finds it moved and
takes nothing. The place is decided on the newest row, by PostgreSQL's own recheck of the WHERE.
"""


async def _take_at_once(
    slot: Slot,
    row: Appointment,
    traces: Sequence[audit.Entry],
    fact: outbox.Event | None,
    version: int | None,
) -> Outcome:
    columns = Appointment._meta.fields_db_projection
    written = {column: getattr(row, field) for field, column in columns.items()}
    subject = f"Appointment/{row.id}"
    values: list[Any] = [
        row.patient_id,
        version,
        slot.id,
        clock.now(),
        clock.today(),
        places.remembered_from(),
        row.fee_fen,
        _json(written),
        _json([trace._asdict() for trace in traces]),
        _json(outbox.values(fact, subject=subject)) if fact else None,
        row.key,
    ]
    _, found = await db.connection().execute_query(TAKE, values)
    for answer in found:
        if answer["taken"]:
            row._saved_in_db = True
            return Outcome.TAKEN
        if answer["full"]:
            return Outcome.FULL
    return Outcome.CHANGED


def _json(values: object) -> str:
    return to_json(values).decode()


async def _take_step_by_step(
    slot: Slot,
    row: Appointment,
    traces: Sequence[audit.Entry],
    fact: outbox.Event | None,
    version: int | None,
) -> Outcome:
    """The same for databases with one writer at a time, which is this transaction."""
    newest = await Slot.get_or_none(id=slot.id).select_related("schedule")
    if newest is None or not newest.open or newest.ends_at <= clock.now():
        return Outcome.CHANGED
    if newest.remaining <= 0:
        repeat = row.key and await Appointment.exists(key=row.key)
        return Outcome.CHANGED if repeat else Outcome.FULL
    if not newest.schedule.active or newest.schedule.fee_fen != row.fee_fen:
        return Outcome.CHANGED
    if not await _is_as_seen(row.patient_id, version):
        return Outcome.CHANGED
    await row.save(force_create=True)
    await places.lock_patient(row.patient_id)
    await Slot.filter(id=slot.id).update(remaining=F("remaining") - 1)
    for trace in traces:
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
