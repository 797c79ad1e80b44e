"""Numbers as they stand on a page: in words, with their parts, and hidden where they would tell of
a few people to somebody who may not see them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from family_doctor.boards.definitions import Definition, Kind
from family_doctor.boards.numbers import Tally

NOBODY: Final = "—"
FEW: Final = "人少,不显示"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `text` is read; `parts` are numerator and denominator; `href` leads to the
    people. A `hidden` one has neither value nor parts."""

    what: Definition
    text: str
    parts: str
    value: float | None
    top: int | None
    bottom: int | None
    href: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted together. `opens`: the people in it may be seen, at `people`."""

    tally: Tally
    opens: bool
    people: str = ""


def people_path(team_id: UUID, period: str, village: str | None = None) -> str:
    """The address of the list behind a team's or a village's numbers; `measure` comes last."""
    query = {"period": period} | ({} if village is None else {"village": village})
    return f"/boards/teams/{team_id}/people?{urlencode(query)}&measure="


def figure(row: Row, what: Definition, *, untold: bool) -> Figure:
    """One number of one place; `untold` where it would tell of a few (`board.Untold`)."""
    return _hidden(what) if untold else _figure(row, what)


def _hidden(what: Definition) -> Figure:
    return Figure(what, FEW, "", None, None, None, hidden=True)


def _figure(row: Row, what: Definition) -> Figure:
    tally = row.tally
    value, top, bottom = tally.value(what), tally.top(what), tally.bottom(what)
    href = f"{row.people}{what.code}" if row.people and row.opens and bottom else ""
    if what.kind is Kind.COUNT:
        return Figure(what, f"{top} {what.unit}", "", value, top, None, href)
    if what.kind is Kind.RATE:
        text = NOBODY if value is None else f"{value:.1f} %"
        return Figure(what, text, f"{top} / {bottom} {what.unit}", value, top, bottom, href)
    text = NOBODY if value is None else f"{value:g} 分钟"
    return Figure(what, text, f"{bottom} 次里", value, None, bottom, href)
