"""Many who take a place at the same moment, in one statement (docs/adr/0029). PostgreSQL only.

All or nothing for each of them, whatever becomes of the others: who finds the place gone, the
patient changed or the fee another one takes nothing and is told so.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from enum import StrEnum
from typing import Any, Final, NamedTuple

import asyncpg
from pydantic_core import to_json
from tortoise.exceptions import IntegrityError

from booking import places
from booking.models import Appointment
from booking.states import LIVE, Status
from core import audit, clock, db, outbox
from core.gathering import Gathered
from people.matching.states import LinkStatus


class Outcome(StrEnum):
    """taken; full: nothing left, and not through this very request; changed: look (again)."""

    TAKEN = "taken"
    FULL = "full"
    CHANGED = "changed"


class Taking(NamedTuple):
    """A place somebody wants: the row, what is written with it, and the tally that was seen.

    `version` None: nobody has looked, so only for a patient of one record and nothing that counts.
    """

    row: Appointment
    traces: Sequence[audit.Entry]
    fact: outbox.Event | None
    version: int | None


def _in(states: Collection[Status]) -> str:
    return "(" + ", ".join(f"'{state.value}'" for state in sorted(states)) + ")"


TAKE: Final = f"""
WITH asked AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset({db.JSON}) AS asked(n int, patient uuid, version bigint,
    slot uuid, fee int, key text, made jsonb, traces jsonb, fact jsonb)
), willing AS MATERIALIZED (
  SELECT asked.*, COALESCE(tally.version, 0) AS seen
  FROM asked JOIN booking_slot AS slot ON slot.id = asked.slot
  LEFT JOIN booking_tally AS tally ON tally.patient_id = asked.patient
  WHERE slot.open AND slot.remaining > 0 AND CASE
    WHEN asked.version IS NOT NULL THEN asked.version = COALESCE(tally.version, 0)
    ELSE NOT EXISTS (SELECT FROM people_patient_link WHERE status = '{LinkStatus.ACTIVE.value}'
      AND (survivor_id = asked.patient OR merged_id = asked.patient))
    AND NOT EXISTS (SELECT FROM booking_appointment WHERE patient_id = asked.patient AND (
      (status IN {_in(LIVE)} AND day >= $3)
      OR (status = '{Status.NO_SHOW.value}' AND excused_at IS NULL AND ends_at > $4))) END
), patient AS (
  INSERT INTO booking_tally AS tally (patient_id, version)
  SELECT patient, seen + 1 FROM willing ORDER BY patient
  ON CONFLICT (patient_id) DO UPDATE SET version = EXCLUDED.version
  WHERE tally.version = EXCLUDED.version - 1
  RETURNING patient_id
), place AS MATERIALIZED (
  SELECT id, schedule_id, remaining FROM booking_slot
  WHERE id IN (SELECT slot FROM willing JOIN patient ON patient_id = patient)
  AND open AND ends_at > $2 ORDER BY id FOR UPDATE
), ranked AS (
  SELECT willing.*, remaining, row_number() OVER (PARTITION BY slot ORDER BY n) AS rank
  FROM willing JOIN patient ON patient_id = patient JOIN place ON place.id = slot
  JOIN booking_schedule AS schedule ON schedule.id = schedule_id
  WHERE schedule.active AND schedule.fee_fen = fee
), won AS MATERIALIZED (
  SELECT * FROM ranked WHERE rank <= remaining
), gone AS (
  UPDATE booking_slot SET remaining = booking_slot.remaining - wanted.places
  FROM (SELECT slot, count(*) AS places FROM won GROUP BY slot) AS wanted
  WHERE booking_slot.id = wanted.slot
), appointment AS (
  INSERT INTO booking_appointment
  SELECT given.* FROM won, jsonb_populate_record(NULL::booking_appointment, made) AS given
), trace AS (
  {audit.insert("won, jsonb_array_elements(traces)")}
), fact AS (
  INSERT INTO core_outbox
    (name, subject, payload, status, recorded_at, due_at, attempts, last_error)
  SELECT name, subject, payload, 'waiting', recorded_at, due_at, 0, ''
  FROM won, jsonb_populate_record(NULL::core_outbox, fact) AS given WHERE fact IS NOT NULL
)
SELECT n, EXISTS (SELECT FROM won WHERE won.n = asked.n) AS taken,
  slot.open AND slot.remaining <= 0
  AND NOT EXISTS (SELECT FROM booking_appointment AS made WHERE made.key = asked.key) AS full
FROM asked LEFT JOIN booking_slot AS slot ON slot.id = asked.slot
"""  # noqa: S608  (the states are our own enumeration)
"""Everything or nothing for each, in one round trip for all.

All parts see one snapshot. A tally is moved on only from the version of that snapshot (or of the
look), so a second request for the same patient, which waits here for the first, finds it moved and
takes nothing. Places are locked in one order and counted on the newest row; who came first in the
list is served first.
"""


async def take(taking: Taking) -> Outcome:
    """Take it, together with whoever takes something at this moment."""
    return await _takings.ask(taking)


async def _take(takings: Sequence[Taking]) -> list[Outcome]:
    """Those of different patients in one statement; what is left of them one after the other."""
    firsts = list({taking.row.patient_id: taking for taking in reversed(takings)}.values())
    if len(firsts) == len(takings):
        return await _write(takings)
    outcomes = dict(zip(map(id, firsts), await _write(firsts), strict=True))
    return [outcomes.get(id(taking)) or (await _write([taking]))[0] for taking in takings]


async def _write(takings: Sequence[Taking]) -> list[Outcome]:
    """Raises nothing that another request at the same moment can cause when it is one alone."""
    values = (_json(takings), clock.now(), clock.today(), places.remembered_from())
    try:
        async with db.atomic() if db.in_transaction_now() else nullcontext():
            rows = await db.fetch(TAKE, *values)
    except (IntegrityError, asyncpg.DeadlockDetectedError):
        if len(takings) == 1:
            return [Outcome.CHANGED]
        return [(await _write([taking]))[0] for taking in takings]
    found = {row["n"]: _outcome(row) for row in rows}
    return [found[n] for n in range(len(takings))]


_takings: Final = Gathered(_take)


def _outcome(row: Mapping[str, Any]) -> Outcome:
    if row["taken"]:
        return Outcome.TAKEN
    return Outcome.FULL if row["full"] else Outcome.CHANGED


def _json(takings: Sequence[Taking]) -> bytes:
    return b"[%b]" % b",".join([_wanted(n, taking) for n, taking in enumerate(takings)])


def _wanted(n: int, taking: Taking) -> bytes:
    row, fact = taking.row, taking.fact
    given = {
        "n": n,
        "patient": row.patient_id,
        "version": taking.version,
        "slot": row.slot_id,
        "fee": row.fee_fen,
        "key": row.key,
        "fact": outbox.values(fact, subject=f"Appointment/{row.id}") if fact else None,
    }
    traces, made = b",".join(taking.traces), places.columns_of(row)
    return b'%b,"traces":[%b],"made":%b}' % (to_json(given)[:-1], traces, made)
