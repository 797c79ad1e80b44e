"""Who is whose: the team of a resident, and the residents of a team."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from core import clock
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.teams.models import CareTeam, TeamMember
from people.links import is_survivor, or_merged, same_person, survivor
from people.models import Patient


async def contract_of(patient_id: UUID, at: datetime | None = None) -> Contract | None:
    """The contract that is (or at that moment was) in force; team and doctor are loaded."""
    moment = at or clock.now()
    rows = Contract.filter(
        Q(ended_at=None) | Q(ended_at__gt=moment),
        patient_id__in=await same_person(patient_id),
        begun_at__lte=moment,
    )
    return await rows.order_by("-begun_at").select_related("team", "doctor").first()


async def team_of(patient_id: UUID, at: datetime | None = None) -> CareTeam | None:
    """The team that looks after the resident now, or did at that moment; None: nobody."""
    found = await contract_of(patient_id, at)
    return found.team if found else None


def signed_with(team_ids: Iterable[UUID]) -> Q:
    """The filter for patients these teams have signed and look after now; of merged records the
    survivor."""
    signed = Contract.filter(team_id__in=list(team_ids), status=Status.ACTIVE)
    return or_merged(Q(id__in=Subquery(signed.values("patient_id")))) & is_survivor()


def patients_of(team_id: UUID) -> QuerySet[Patient]:
    """The residents of a team, to be filtered, ordered and paged by whoever asks."""
    return Patient.filter(signed_with([team_id]))


def memberships(practitioner_id: UUID) -> QuerySet[TeamMember]:
    """The teams somebody belongs to now, as rows whose `team_id` names them."""
    moment = clock.now()
    still = Q(until=None) | Q(until__gt=moment)
    return TeamMember.filter(still, practitioner_id=practitioner_id, since__lte=moment)


async def teams_of(practitioner_id: UUID) -> list[CareTeam]:
    """The teams somebody belongs to now, by name."""
    mine = memberships(practitioner_id).values("team_id")
    return await CareTeam.filter(id__in=Subquery(mine)).order_by("name")


async def members_of(team_id: UUID, at: datetime | None = None) -> list[TeamMember]:
    """Who belongs to a team now, or did at that moment, in the order of joining; persons loaded."""
    moment = at or clock.now()
    still = Q(until=None) | Q(until__gt=moment)
    rows = TeamMember.filter(still, team_id=team_id, since__lte=moment)
    return await rows.order_by("since", "id").select_related("practitioner__organization")


async def signed_now(patient_ids: Collection[UUID]) -> set[UUID]:
    """Of these, those whom a team looks after at this moment: a few questions for a whole batch."""
    ids = list(set(patient_ids))
    heads = dict(zip(ids, await asyncio.gather(*map(survivor, ids)), strict=True))
    rows = Contract.filter(active_for__in=list(set(heads.values())), status=Status.ACTIVE)
    signed = {UUID(str(one)) for one in await rows.values_list("active_for", flat=True)}
    return {id for id, head in heads.items() if head in signed}
