"""A board put together: the total, then each team with its villages, or each township."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from family_doctor.boards.access import Scope
from family_doctor.boards.definitions import DEFINITIONS, Definition
from family_doctor.boards.figures import Figure, Row, column, people_path
from family_doctor.boards.numbers import Tallies, Tally, total
from family_doctor.boards.periods import Period


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
    name: str
    house: str
    href: str
    row: Row


def whole(scope: Scope, tallies: Tallies, period: Period) -> Line:
    """All teams of the board together; its people open when they are one's own team's alone."""
    tally, only = total(tallies.values()), scope.team_ids[0] if len(scope.teams) == 1 else None
    people = people_path(only, period.key) if only else ""
    row = Row(tally, scope.opens(*scope.team_ids), people)
    return _lines(0, [_Named(scope.name, "", "", row)])[0]


def by_township(scope: Scope, tallies: Tallies, period: Period) -> list[Line]:
    """A line for each house."""
    houses: dict[UUID, list[UUID]] = {}
    names = {}
    for team in scope.teams:
        houses.setdefault(team.organization_id, []).append(team.id)
        names[team.organization_id] = team.organization.name
    named = [
        _Named(
            names[house],
            "",
            f"/boards/townships/{house}?period={period.key}",
            Row(_of(tallies, team_ids), scope.opens(*team_ids)),
        )
        for house, team_ids in houses.items()
    ]
    return _lines(1, named)


def by_team(scope: Scope, tallies: Tallies, period: Period) -> list[Line]:
    """A line for each team, its villages under it."""
    teams = [
        _Named(
            team.name,
            team.organization.name,
            f"/boards/teams/{team.id}" if scope.opens(team.id) else "",
            Row(_of(tallies, [team.id]), scope.opens(team.id), people_path(team.id, period.key)),
        )
        for team in scope.teams
    ]
    found = []
    for team, line in zip(scope.teams, _lines(1, teams), strict=True):
        villages = sorted(place.village for place in tallies if place.team_id == team.id)
        named = [
            _Named(
                village or "没有填村",
                team.name,
                "",
                Row(
                    _village(tallies, team.id, village),
                    scope.opens(team.id),
                    people_path(team.id, period.key, village),
                ),
            )
            for village in villages
        ]
        found += [line, *_as_closed(line, _lines(2, named))]
    return found


def _as_closed(team: Line, villages: Sequence[Line]) -> list[Line]:
    """What is not shown of a team is not shown of its villages: they would add up to it."""
    closed = {code: figure for code, figure in team.figures.items() if figure.hidden}
    return [replace(village, figures=village.figures | closed) for village in villages]


def _of(tallies: Tallies, team_ids: Sequence[UUID]) -> Tally:
    return total(tally for place, tally in tallies.items() if place.team_id in team_ids)


def _village(tallies: Tallies, team_id: UUID, village: str) -> Tally:
    return total(
        tally
        for place, tally in tallies.items()
        if (place.team_id, place.village) == (team_id, village)
    )


def _lines(level: int, named: Sequence[_Named]) -> list[Line]:
    columns: dict[Definition, list[Figure]] = {
        what: column([one.row for one in named], what) for what in DEFINITIONS
    }
    return [
        Line(
            level,
            one.name,
            one.house,
            one.href,
            {what.code: figures[place] for what, figures in columns.items()},
        )
        for place, one in enumerate(named)
    ]
