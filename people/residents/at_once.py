"""`access.open_own` and `agreements.require_current` for the ordinary case, in one query.

When a clinic is released, thousands pass this door in the same seconds. Whoever has something
unusual (a merged record, no bond, another scope, an agreement in a new version) is not found here
and goes through the two slower doors, which also say why not.
"""

from typing import Final, NamedTuple
from uuid import UUID

from core import audit, clock, db
from people.matching.states import LinkStatus
from people.residents import agreements, rules
from people.residents.actor import Resident
from people.residents.models import BondStatus, Relation, Scope

OPEN: Final = f"""
SELECT patient.name, patient.birth_date, bond.relation, said.kind, said.version
FROM people_bond AS bond
JOIN people_patient AS patient ON patient.id = bond.patient_id
LEFT JOIN people_resident_agreement AS said
  ON said.account_id = bond.account_id AND said.withdrawn_at IS NULL
  AND (said.patient_id IS NULL OR said.patient_id = bond.patient_id)
WHERE bond.account_id = $1 AND bond.patient_id = $2
AND bond.status = '{BondStatus.ACTIVE.value}' AND (bond.until IS NULL OR bond.until > $3)
AND ',' || bond.scopes || ',' LIKE $4
AND NOT EXISTS (
  SELECT 1 FROM people_patient_link AS link WHERE link.status = '{LinkStatus.ACTIVE.value}'
  AND (link.survivor_id = bond.patient_id OR link.merged_id = bond.patient_id))
"""  # noqa: S608  (the states are our own enumerations)


class Opened(NamedTuple):
    """A patient this account may act for. `trace` is written with what is done for them."""

    name: str
    trace: audit.Entry


async def open_at_once(
    resident: Resident, patient_id: UUID, scope: Scope, *, purpose: str
) -> Opened | None:
    """The patient, or None: then ask the slower doors. The caller writes `trace` down."""
    word = f"%,{scope.value},%"
    rows = await db.fetch(OPEN, resident.account_id, patient_id, clock.now(), word)
    if not rows:
        return None
    first = rows[0]
    relation = Relation(first["relation"])
    born = db.as_day(first["birth_date"])
    held = {(row["kind"], row["version"]) for row in rows}
    needed = rules.needed_agreements(relation, born, clock.today())
    if any((kind, agreements.current_version(kind)) not in held for kind in needed):
        return None
    trace = audit.entry(
        resident,
        "resident.open",
        f"Patient/{patient_id}",
        patient_id=patient_id,
        reason=f"{purpose} ({scope}, {relation})",
    )
    return Opened(str(first["name"]), trace)
