"""Which records might be one person. A list to look at, never a decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import db
from people import rules
from people.actor import Actor
from people.matching.models import Distinction, PatientLink
from people.matching.service import MERGERS
from people.matching.states import LinkStatus
from people.models import Patient
from people.queries import PatientHeader, patient_headers
from people.registration import likeness

MOST: Final = 2000  # pairs looked at for one page; the newest records first

# Everything that can reach the score of rules.looks_like: the same day of birth and a name that is
# the same or one character off, or the same telephone.
_PAIRS: Final = f"""
SELECT one.id AS one_id, other.id AS other_id
FROM people_patient one JOIN people_patient other
  ON one.birth_date = other.birth_date AND one.id < other.id
  AND (one.name = other.name OR (length(one.name) = length(other.name) AND (
    substr(one.name, 1, 1) = substr(other.name, 1, 1)
    OR substr(one.name, 2) = substr(other.name, 2))))
UNION
SELECT one.id, other.id
FROM people_patient one JOIN people_patient other
  ON one.phone_index = other.phone_index AND one.id < other.id
LIMIT {MOST}
"""  # noqa: S608  (a number of our own)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records side by side. `alike` says in words what is the same."""

    one: PatientHeader
    other: PatientHeader
    alike: str

    @property
    def href(self) -> str:
        """Where they are compared."""
        return f"/patients/suspects/{self.one.id}/{self.other.id}"


async def suspects() -> list[Pair]:
    """Pairs that look alike, that nobody has joined or told apart."""
    rows = await db.connection().execute_query_dict(_PAIRS)
    pairs = {(UUID(str(row["one_id"])), UUID(str(row["other_id"]))) for row in rows}
    pairs -= await _told_apart()
    merged = await PatientLink.filter(status=LinkStatus.ACTIVE).values_list("merged_id", flat=True)
    gone = set(merged)
    ids = {patient_id for pair in pairs for patient_id in pair} - gone
    known = {
        patient.id: patient
        for patient in await Patient.filter(id__in=ids).prefetch_related("identifiers")
    }
    found = [
        (known[one], known[other])
        for one, other in pairs
        if one in known
        and other in known
        and rules.looks_like(likeness(known[one]), likeness(known[other]))
    ]
    found.sort(key=lambda pair: max(row.created_at for row in pair), reverse=True)
    return await _shown(found)


async def waiting(actor: Actor) -> int:
    """How many pairs this person should look at, for the navigation."""
    return len(await suspects()) if actor.has(*MERGERS) else 0


async def joined(*, limit: int = 50) -> list[dict[str, object]]:
    """Records that are joined now, the newest first."""
    links = PatientLink.filter(status=LinkStatus.ACTIVE).order_by("-made_at").limit(limit)
    rows = await links
    headers = await patient_headers(i for row in rows for i in (row.survivor_id, row.merged_id))
    return [
        {"link": row, "survivor": headers[row.survivor_id], "merged": headers[row.merged_id]}
        for row in rows
    ]


async def _told_apart() -> set[tuple[UUID, UUID]]:
    rows = await Distinction.all().values_list("one_id", "other_id")
    return {(one, other) for one, other in rows} | {(other, one) for one, other in rows}


async def _shown(found: Iterable[tuple[Patient, Patient]]) -> list[Pair]:
    pairs = list(found)
    headers = await patient_headers(row.id for pair in pairs for row in pair)
    return [Pair(headers[one.id], headers[other.id], alike(one, other)) for one, other in pairs]


def alike(one: Patient, other: Patient) -> str:
    """What is the same, in words: 姓名、出生日期相同."""
    same = {
        "姓名": rules.tidy_name(one.name) == rules.tidy_name(other.name),
        "出生日期": one.birth_date == other.birth_date,
        "电话": bool(one.phone) and one.phone == other.phone,
        "性别": one.sex == other.sex,
    }
    return "、".join(word for word, is_same in same.items() if is_same)
