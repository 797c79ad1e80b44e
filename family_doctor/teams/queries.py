"""Teams read for the administrator, the bureau, and residents who choose one."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.fulfilment.queries import of_team
from family_doctor.fulfilment.rules import Rate
from family_doctor.queries import members_of
from family_doctor.rules import missing_tiers
from family_doctor.teams.models import CareTeam, MemberRole, TeamMember, TeamVillage


@dataclass(frozen=True, slots=True)
class Standing:
    """One team in the county's table: no resident is named."""

    team: CareTeam
    members: list[TeamMember]
    signed: int
    villages: int
    missing: list[MemberRole]
    rate: Rate


async def standings() -> list[Standing]:
    """Every team of the county, by name."""
    rows = await CareTeam.all().order_by("name").select_related("organization", "responsible")
    signed = Counter(
        str(row)
        for row in await Contract.filter(status=Status.ACTIVE).values_list("team_id", flat=True)
    )
    found = []
    for team in rows:
        members = await members_of(team.id)
        found.append(
            Standing(
                team,
                members,
                signed[str(team.id)],
                await TeamVillage.filter(team_id=team.id).count(),
                missing_tiers({one.role for one in members}),
                (await of_team(team.id)).rate,
            )
        )
    return found


async def open_for(village: str) -> list[tuple[CareTeam, bool]]:
    """The teams that take residents, those of this village first; True: serves it."""
    rows = await CareTeam.filter(active=True, responsible_id__isnull=False).select_related(
        "organization", "responsible"
    )
    near = {
        UUID(str(id))
        for id in await TeamVillage.filter(village=village or "-").values_list("team_id", flat=True)
    }
    found = [(row, row.id in near) for row in rows]
    return sorted(found, key=lambda pair: (not pair[1], pair[0].name))


async def villages_of(team_id: UUID) -> list[str]:
    """The villages of a team, by name."""
    rows = await TeamVillage.filter(team_id=team_id).order_by("village")
    return [row.village for row in rows]
