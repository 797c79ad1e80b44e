"""Which records might be one person. A list to look at, never a decision."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from core import db
from core.errors import NotFound
from people import rules
from people.links import is_survivor
from people.matching.models import Distinction, PatientLink
from people.matching.states import LinkStatus
from people.models import Patient
from people.queries import PatientHeader, patient_headers
from people.registration import likeness

AT_ONCE: Final = 200
"""So many records, the newest first, are compared with all older ones in one step."""

STEPS: Final = 20
"""So many steps for one page at most; then the page says how far it looked."""

PAGE: Final = 50

_FOLLOWING: Final = f"""
SELECT created_at, id FROM people_patient WHERE (created_at, id) < ($1, $2)
ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET {AT_ONCE - 1}
"""  # noqa: S608  (a number of our own)

# Everything that can reach the score of rules.looks_like: the same day of birth and a name that is
# the same or one character off, or the same telephone. Both are found by index.
_PAIRS: Final = f"""
WITH newest AS (
  SELECT id, name, birth_date, phone_index, created_at FROM people_patient
  WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT {AT_ONCE}
)
SELECT one.id AS one_id, other.id AS other_id FROM newest one JOIN people_patient other
  ON other.birth_date = one.birth_date AND (other.created_at, other.id) < (one.created_at, one.id)
  AND (one.name = other.name OR (length(one.name) = length(other.name) AND (
    substr(one.name, 1, 1) = substr(other.name, 1, 1)
    OR substr(one.name, 2) = substr(other.name, 2))))
UNION
SELECT one.id, other.id FROM newest one JOIN people_patient other
  ON other.phone_index = one.phone_index
  AND (other.created_at, other.id) < (one.created_at, one.id)
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


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs, those with the newest record first. `older` is where the next page begins, or empty.

    With `older` and no pairs: among so many records nobody looked alike, older ones may.
    """

    pairs: list[Pair]
    older: str


async def suspects(older: str = "") -> Page:
    """Pairs that look alike, that nobody has joined or told apart. Raises NotFound for no page."""
    known_apart, place = await _told_apart(), _place(older)
    found: list[tuple[Patient, Patient]] = []
    for _ in range(STEPS):
        found += await _alike(place, known_apart)
        following = await _following(place)
        if following is None:
            return Page(await _shown(found), "")
        place = following
        if len(found) >= PAGE:
            break
    return Page(await _shown(found), f"{place[0].isoformat()}_{place[1]}")


Place = tuple[datetime, UUID]
NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


def _place(text: str) -> Place:
    if not text:
        return NEWEST
    moment, _, patient_id = text.partition("_")
    try:
        found = datetime.fromisoformat(moment), UUID(patient_id)
    except ValueError:
        raise NotFound("not_found", "没有这一页。") from None
    if found[0].tzinfo is None:
        raise NotFound("not_found", "没有这一页。")
    return found


async def _following(place: Place) -> Place | None:
    """Where the next step begins; None when there are no older records."""
    for row in await db.fetch(_FOLLOWING, *place):
        return db.as_moment(row["created_at"]), db.as_id(row["id"])
    return None


async def _alike(
    place: Place, apart: Container[tuple[UUID, UUID]]
) -> list[tuple[Patient, Patient]]:
    rows = await db.fetch(_PAIRS, *place)
    pairs = [(db.as_id(row["one_id"]), db.as_id(row["other_id"])) for row in rows]
    ids = {patient_id for pair in pairs if pair not in apart for patient_id in pair}
    unmerged = Patient.filter(is_survivor(), id__in=ids).prefetch_related("identifiers")
    known = {patient.id: patient for patient in await unmerged}
    found = [
        (known[one], known[other])
        for one, other in pairs
        if (one, other) not in apart
        and one in known
        and other in known
        and rules.looks_like(likeness(known[one]), likeness(known[other]))
    ]
    return sorted(found, key=lambda pair: (pair[0].created_at, pair[0].id), reverse=True)


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
