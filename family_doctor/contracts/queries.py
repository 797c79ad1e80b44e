"""Contracts read for the team's pages."""

from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from core import clock
from family_doctor import words
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import PENDING, Status
from family_doctor.fulfilment.models import ContractItem
from family_doctor.packages.models import Group
from family_doctor.policy import params
from family_doctor.queries import memberships
from family_doctor.teams.models import TeamVillage
from people.actor import Actor
from people.ages import age_in_words
from people.queries import SEX_WORDS

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One contract in a list; the patient is loaded."""

    row: Contract
    name: str
    sex: str
    age: str
    village: str
    kind: str
    word: str
    ends_soon: bool


def line(row: Contract) -> Line:
    """A contract whose patient is loaded."""
    patient, today = row.patient, clock.today()
    kind, word = words.STATUS[row.status]
    return Line(
        row,
        patient.name,
        SEX_WORDS[patient.sex],
        age_in_words(patient.birth_date, today),
        patient.village,
        kind,
        word,
        row.status is Status.ACTIVE
        and row.ends_on is not None
        and row.ends_on - params().renewal <= today,
    )


async def on_their_way(team_id: UUID) -> list[Line]:
    """What waits for the team or for a signature, the longest first."""
    rows = Contract.filter(team_id=team_id, status__in=list(PENDING)).order_by("asked_at")
    return [line(row) for row in await rows.select_related("patient")]


async def ending(team_id: UUID) -> list[Contract]:
    """In force, over within the time of renewal, and nothing follows; patients are loaded."""
    rows = Contract.filter(
        team_id=team_id,
        status=Status.ACTIVE,
        ends_on__lte=clock.today() + params().renewal,
        patient__deceased_on=None,
    )
    found = await rows.order_by("ends_on", "id").select_related("patient")
    next_ones = Contract.filter(pending_for__in=[row.active_for for row in found])
    followed = {UUID(str(one)) for one in await next_ones.values_list("pending_for", flat=True)}
    return [row for row in found if row.active_for not in followed]


@dataclass(frozen=True, slots=True)
class Residents:
    """One page of the signed residents of a team."""

    lines: list[Line]
    total: int
    page: int
    pages: int


async def residents(team_id: UUID, *, village: str, group: str, page: int) -> Residents:
    """Those in force, by village and group, the first to end first."""
    wanted = Q(team_id=team_id, status=Status.ACTIVE)
    if village:
        wanted &= Q(patient__village=village)
    if known := next((one for one in Group if one.value == group), None):
        signed = ContractItem.filter(group=known, contract__team_id=team_id)
        ids = await signed.distinct().values_list("contract_id", flat=True)
        wanted &= Q(id__in=[UUID(str(id)) for id in ids])
    total = await Contract.filter(wanted).count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    rows = Contract.filter(wanted).order_by("ends_on", "id").offset((page - 1) * PAGE).limit(PAGE)
    return Residents(
        [line(row) for row in await rows.select_related("patient")], total, page, pages
    )


@dataclass(frozen=True, slots=True)
class Village:
    """One village of a team: how many live there signed."""

    name: str
    served: bool
    signed: int


async def villages(team_id: UUID) -> list[Village]:
    """The villages the team serves, and others where it has residents."""
    rows = await TeamVillage.filter(team_id=team_id).values_list("village", flat=True)
    served = {str(row) for row in rows}
    homes = await Contract.filter(team_id=team_id, status=Status.ACTIVE).values_list(
        "patient__village", flat=True
    )
    signed = Counter(str(home) for home in homes)
    names = dict.fromkeys([*sorted(served), *sorted(signed)])
    return [Village(name, name in served, signed[name]) for name in names]


async def of_patients(patient_ids: set[UUID]) -> list[Contract]:
    """The contracts of these records, the latest first, at most thirty; everybody is loaded."""
    rows = Contract.filter(patient_id__in=list(patient_ids)).order_by("-asked_at").limit(30)
    return await rows.select_related("patient", "team__organization", "doctor")


async def waiting(actor: Actor) -> int:
    """How many applications of one's teams wait for the review or for the doctor's signature."""
    teams = await memberships(actor.practitioner_id).values_list("team_id", flat=True)
    mine = Contract.filter(team_id__in=[UUID(str(id)) for id in teams])
    unsigned = Q(status=Status.REVIEWED, doctor_signed_at=None)
    return await mine.filter(Q(status=Status.APPLIED) | unsigned).count()
