"""Which numbers of the boards are not told to whoever looks, the same on each board they may open.

The tree is the widest that this person reads: the county with its townships, their teams and
villages, or one township. A number that the county's board hides is hidden on the township's too.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final
from uuid import UUID

from family_doctor.boards.access import Scope
from family_doctor.boards.definitions import DEFINITIONS, Definition
from family_doctor.boards.numbers import Tallies, Tally, total
from family_doctor.boards.policy import params
from family_doctor.boards.rules import Group, untold
from family_doctor.teams.models import CareTeam

Untold = Mapping[str, set[Hashable]]
"""By the code of a number, the keys of what is not told of it."""

WHOLE: Final = "county"


def house_key(organization_id: UUID) -> Hashable:
    """A township's."""
    return ("house", organization_id)


def team_key(team_id: UUID) -> Hashable:
    """A team's."""
    return ("team", team_id)


def village_key(team_id: UUID, village: str) -> Hashable:
    """A team's village's."""
    return ("village", team_id, village)


def untold_of(widest: Scope, tallies: Tallies) -> Untold:
    """Of every number, for who reads the board `widest` and those below it."""
    houses: dict[UUID, list[CareTeam]] = {}
    for team in widest.teams:
        houses.setdefault(team.organization_id, []).append(team)
    places: dict[UUID, dict[str, Tally]] = {}
    for place, tally in tallies.items():
        places.setdefault(place.team_id, {})[place.village] = tally
    return {
        what.code: untold(_county(widest, houses, places, what), params().least)
        for what in DEFINITIONS
    }


Villages = Mapping[str, Tally]


def _county(
    widest: Scope,
    houses: Mapping[UUID, Sequence[CareTeam]],
    places: Mapping[UUID, Villages],
    what: Definition,
) -> Group:
    inside = tuple(
        _house(widest, house, [_team(widest, one, places.get(one.id, {}), what) for one in teams])
        for house, teams in houses.items()
    )
    return _sum(WHOLE, widest.opens(*widest.team_ids), inside)


def _house(widest: Scope, house: UUID, teams: Sequence[Group]) -> Group:
    mine = [team.id for team in widest.teams if team.organization_id == house]
    return _sum(house_key(house), widest.opens(*mine), tuple(teams))


def _team(widest: Scope, team: CareTeam, villages: Villages, what: Definition) -> Group:
    opens = widest.opens(team.id)
    inside = tuple(
        Group(village_key(team.id, name), tally.bottom(what), opens)
        for name, tally in villages.items()
    )
    return _sum(team_key(team.id), opens, inside)


def _sum(key: Hashable, opens: bool, inside: tuple[Group, ...]) -> Group:
    return Group(key, sum(one.size for one in inside), opens, inside)


def together(wide: Tallies, narrow: Tallies) -> Tallies:
    """A wider board's counts, with those of some teams by village."""
    teams = {place.team_id for place in narrow}
    return {place: tally for place, tally in wide.items() if place.team_id not in teams} | narrow


def of_teams(tallies: Tallies, team_ids: Sequence[UUID]) -> Tally:
    """These teams together."""
    return total(tally for place, tally in tallies.items() if place.team_id in team_ids)
