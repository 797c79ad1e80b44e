"""Which records are one person. Without a link each record is its own.

New rows go to the `survivor`; reads take the rows of all records of the `same_person`. A link
never leads to a record that is merged itself (`people.matching.service`), so one step is enough.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery

from core import db
from core.gathering import Gathered
from people.matching.models import PatientLink
from people.matching.states import LinkStatus
from people.models import Patient


async def survivor(patient_id: UUID) -> UUID:
    """The record that new rows of this person belong to."""
    return (await same_person(patient_id))[0]


async def same_person(patient_id: UUID) -> list[UUID]:
    """All records of this person, the survivor first."""
    return list(await _records.ask(patient_id))


async def all_records(patient_ids: Collection[UUID]) -> set[UUID]:
    """All records of several people."""
    found = await asyncio.gather(*map(_records.ask, set(patient_ids)))
    return {record for records in found for record in records}


RECORDS: Final = f"""
WITH heads AS (
  SELECT asked.n, COALESCE(link.survivor_id, asked.id) AS id
  FROM {{asked}} LEFT JOIN people_patient_link AS link
    ON link.merged_id = asked.id AND link.status = '{LinkStatus.ACTIVE.value}'
)
SELECT n, id, 0 AS place, NULL AS made_at FROM heads
UNION ALL SELECT n, link.merged_id, 1, link.made_at
FROM heads JOIN people_patient_link AS link
  ON link.survivor_id = heads.id AND link.status = '{LinkStatus.ACTIVE.value}'
ORDER BY n, place, made_at
"""  # noqa: S608  (the state is our own enumeration)
"""By hand, because nearly every look at a patient begins with it."""


async def _read(ids: Sequence[UUID]) -> list[list[UUID]]:
    asked = [{"n": n, "id": one} for n, one in enumerate(ids)]
    found: list[list[UUID]] = [[] for _ in ids]
    query = RECORDS.format(asked=db.asked(n="int", id="uuid"))
    for row in await db.fetch(query, db.listed(asked)):
        found[row["n"]].append(db.as_id(row["id"]))
    return found


_records: Final = Gathered(_read)


def is_survivor() -> Q:
    """The filter for records that are not merged into another one: what lists show."""
    merged = PatientLink.filter(status=LinkStatus.ACTIVE).values("merged_id")
    return ~Q(id__in=Subquery(merged))


def or_merged(wanted: Q) -> Q:
    """The filter for records that fit `wanted` themselves or through one merged into them."""
    fitting = Patient.filter(wanted).values("id")
    links = PatientLink.filter(status=LinkStatus.ACTIVE, merged_id__in=Subquery(fitting))
    return wanted | Q(id__in=Subquery(links.values("survivor_id")))
