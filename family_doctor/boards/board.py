"""A board put together: the total, then each team with its villages, or each township."""

from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from family_doctor.boards.access import COUNTY_PATH, Scope
from family_doctor.boards.definitions import DEFINITIONS
from family_doctor.boards.figures import Figure, Row, figure, people_path
from family_doctor.boards.numbers import Place, Tallies, total
from family_doctor.boards.periods import Period
from family_doctor.boards.untold import (
    WHOLE,
    Untold,
    house_key,
    of_teams,
    team_key,
    village_key,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A place's numbers by their codes. `level`: 0 the whole, 1 a team or township, 2 a village."""

    level: int
    name: str
    house: str
    href: str
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class _Named:
    key: Hashable
    name: str
    house: str
    href: str
    row: Row


def key_of(scope: Scope) -> Hashable:
    """The whole of this board among what is told or not."""
    if scope.path == COUNTY_PATH:
        return WHOLE
    return house_key(scope.teams[0].organization_id)


def whole(scope: Scope, tallies: Tallies, period: Period, gone: Untold) -> Line:
    """All teams of the board together; its people open when they are one's own team's alone."""
    tally, only = total(tallies.values()), scope.team_ids[0] if len(scope.teams) == 1 else None
    people = people_path(only, period.key) if only else ""
    row = Row(tally, scope.opens(*scope.team_ids), people)
    return _line(0, _Named(key_of(scope), scope.name, "", "", row), gone)


def by_township(scope: Scope, tallies: Tallies, period: Period, gone: Untold) -> list[Line]:
    """A line for each house."""
    houses: dict[UUID, list[UUID]] = {}
    names = {}
    for team in scope.teams:
        houses.setdefault(team.organization_id, []).append(team.id)
        names[team.organization_id] = team.organization.name
    named = [
        _Named(
            house_key(house),
            names[house],
            "",
            f"/boards/townships/{house}?period={period.key}",
            Row(of_teams(tallies, team_ids), scope.opens(*team_ids)),
        )
        for house, team_ids in houses.items()
    ]
    return [_line(1, one, gone) for one in named]


def by_team(scope: Scope, tallies: Tallies, period: Period, gone: Untold) -> list[Line]:
    """A line for each team, its villages under it."""
    found = []
    for team in scope.teams:
        opens = scope.opens(team.id)
        one = _Named(
            team_key(team.id),
            team.name,
            team.organization.name,
            f"/boards/teams/{team.id}" if opens else "",
            Row(of_teams(tallies, [team.id]), opens, people_path(team.id, period.key)),
        )
        villages = sorted(place.village for place in tallies if place.team_id == team.id)
        named = [
            _Named(
                village_key(team.id, village),
                village or "没有填村",
                team.name,
                "",
                Row(
                    tallies[Place(team.id, village)],
                    opens,
                    people_path(team.id, period.key, village),
                ),
            )
            for village in villages
        ]
        found += [_line(1, one, gone), *(_line(2, each, gone) for each in named)]
    return found


def _line(level: int, one: _Named, gone: Untold) -> Line:
    figures = {
        what.code: figure(one.row, what, untold=one.key in gone[what.code]) for what in DEFINITIONS
    }
    return Line(level, one.name, one.house, one.href, figures)
