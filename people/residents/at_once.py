"""`access.open_own` and `agreements.require_current` for the ordinary case, in one query.

When a clinic is released, thousands pass this door in the same seconds. Whoever has something
unusual (a merged record, a death, no bond, another scope, an agreement in a new version) is not
found here and goes through the two slower doors, which also say why not.
"""

import functools
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from core import audit, clock, db
from core.gathering import Gathered
from people.matching.states import LinkStatus
from people.residents import access, agreements, rules
from people.residents.actor import Resident
from people.residents.models import Relation, Scope

OPEN: Final = f"""
SELECT asked.n, patient.name, patient.birth_date, bond.relation, said.kind, said.version
FROM {{asked}} JOIN people_bond AS bond
  ON bond.account_id = asked.account AND bond.patient_id = asked.patient
JOIN people_patient AS patient ON patient.id = bond.patient_id
LEFT JOIN people_resident_agreement AS said
  ON said.account_id = bond.account_id AND said.withdrawn_at IS NULL
  AND (said.patient_id IS NULL OR said.patient_id = bond.patient_id)
WHERE {access.OPENS}
AND (patient.deceased_on IS NULL OR asked.scope = '{access.like(Scope.VIEW)}')
AND NOT EXISTS (
  SELECT 1 FROM people_patient_link AS link WHERE link.status = '{LinkStatus.ACTIVE.value}'
  AND (link.survivor_id = bond.patient_id OR link.merged_id = bond.patient_id))
"""  # noqa: S608  (the states are our own enumerations)


class Knock(NamedTuple):
    """Who wants to act for whom, and what they want to do."""

    account_id: UUID
    patient_id: UUID
    scope: Scope


class Opened(NamedTuple):
    """A patient this account may act for. `trace` is written with what is done for them."""

    name: str
    trace: audit.Entry


async def open_at_once(
    resident: Resident, patient_id: UUID, scope: Scope, *, purpose: str
) -> Opened | None:
    """The patient, or None: then ask the slower doors. The caller writes `trace` down."""
    found = await _open.ask(Knock(resident.account_id, patient_id, scope))
    if not found:
        return None
    relation = Relation(found[0]["relation"])
    if not _has_agreed(relation, found):
        return None
    trace = audit.entry(
        resident,
        "resident.open",
        f"Patient/{db.as_text(patient_id)}",
        patient_id=patient_id,
        reason=f"{purpose} ({scope}, {relation})",
    )
    return Opened(str(found[0]["name"]), trace)


async def enter(resident: Resident, patient_id: UUID, scope: Scope, *, purpose: str) -> None:
    """`access.open_own`, with what it raises, for whoever needs to know no more than that."""
    opened = await open_at_once(resident, patient_id, scope, purpose=purpose)
    if opened is None:
        await access.open_own(resident, patient_id, scope, purpose=purpose)
    else:
        await audit.write(opened.trace)


Rows = Sequence[Mapping[str, Any]]


async def _read(knocks: Sequence[Knock]) -> list[Rows]:
    """For each who knocks: the patient once for each agreement that stands, or nothing."""
    asked = db.asked(n="int", account="uuid", patient="uuid", scope="text")
    wanted = [
        {
            "n": n,
            "account": knock.account_id,
            "patient": knock.patient_id,
            "scope": access.like(knock.scope),
        }
        for n, knock in enumerate(knocks)
    ]
    found: list[list[Mapping[str, Any]]] = [[] for _ in knocks]
    for row in await db.fetch(OPEN.format(asked=asked), db.listed(wanted), clock.now()):
        found[row["n"]].append(row)
    return list(found)


_open: Final = Gathered(_read)


def _has_agreed(relation: Relation, rows: Rows) -> bool:
    born = db.as_day(rows[0]["birth_date"])
    needed = _needed(agreements.HERE, relation, born, clock.today())
    return needed <= {(row["kind"], row["version"]) for row in rows}


@functools.lru_cache(maxsize=4096)
def _needed(_: Path, relation: Relation, born: date, today: date) -> frozenset[tuple[str, str]]:
    """Kinds and versions; the texts of a folder do not change while a process lives."""
    kinds = rules.needed_agreements(relation, born, today)
    return frozenset((kind, agreements.current_version(kind)) for kind in kinds)
