"""Who sees which board, and who sees the people behind a number.

Members see their team's day and its people. Numbers of a township are for those who work in one of
its teams, its own lead and township doctors, and whoever reads the county's: the health bureau,
the administrator, and the county hospital's specialists. Only a member opens a list of people.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.audit import refused
from core.errors import NotFound
from family_doctor.access import MEMBERS, my_team_ids
from family_doctor.teams.models import CareTeam
from people.actor import Actor, Role
from people.models import Organization

COUNTY: Final = (Role.SUPERVISOR, Role.ADMIN)
READERS: Final = (*MEMBERS, *COUNTY)
COUNTY_PATH: Final = "/boards/county"
HEADS: Final = (Role.TEAM_LEAD, Role.TOWNSHIP_DOCTOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """The teams of one board, by house and name, and those whose people this one may see."""

    name: str
    path: str
    teams: list[CareTeam]
    own: frozenset[UUID]
    actor: Actor

    @property
    def team_ids(self) -> list[UUID]:
        """All of its teams."""
        return [team.id for team in self.teams]

    def opens(self, *team_ids: UUID) -> bool:
        """Whether the people behind a number of these teams may be seen."""
        return self.own.issuperset(team_ids)


def reads_county(actor: Actor) -> bool:
    """Whether the county's numbers are for this one."""
    at_county = actor.tier == "county" and actor.has(Role.SPECIALIST)
    return actor.has(*COUNTY) or at_county


async def open_county(actor: Actor) -> Scope:
    """All teams. Raises NotFound for those whom the county's numbers do not concern."""
    if not reads_county(actor):
        raise refused(_unknown(), actor, "board.open", "Board/county")
    teams = CareTeam.all().order_by("organization__code", "name").select_related("organization")
    return Scope("全县", COUNTY_PATH, await teams, await _own(actor), actor)


async def open_township(actor: Actor, organization_id: UUID) -> Scope:
    """The teams of one health centre. Raises NotFound, which does not tell whether it has any."""
    rows = CareTeam.filter(organization_id=organization_id).order_by("name")
    teams, own = await rows.select_related("organization"), await _own(actor)
    heads = actor.organization_id == organization_id and actor.has(*HEADS)
    works_there = any(team.id in own for team in teams)
    if not teams or not (heads or works_there or reads_county(actor)):
        raise refused(_unknown(), actor, "board.open", f"Organization/{organization_id}")
    house = teams[0].organization
    return Scope(house.name, f"/boards/townships/{house.id}", teams, own, actor)


async def widest(scope: Scope) -> Scope:
    """The board of all that who opened this one may read: the county's, or only this one."""
    if scope.path == COUNTY_PATH or not reads_county(scope.actor):
        return scope
    return await open_county(scope.actor)


async def townships(actor: Actor) -> list[Organization]:
    """The houses whose board somebody may open, by code."""
    teams = await CareTeam.all().select_related("organization")
    own = await _own(actor)
    found = {
        team.organization_id: team.organization
        for team in teams
        if reads_county(actor)
        or team.id in own
        or (team.organization_id == actor.organization_id and actor.has(*HEADS))
    }
    return sorted(found.values(), key=lambda house: house.code)


async def _own(actor: Actor) -> frozenset[UUID]:
    return frozenset(await my_team_ids(actor))


def _unknown() -> NotFound:
    return NotFound("board_not_found", "没有找到这个看板。")
