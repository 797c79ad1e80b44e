"""Searches for less than everything: `category`, `code` and `date` (FHIR R4 search)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from tortoise.expressions import Q

from core.clock import SHANGHAI
from core.errors import Problem

TOKENS: Final = ("category", "code")
NAMES: Final = frozenset({*TOKENS, "date"})
_DATE: Final = re.compile(r"(eq|ge|gt|le|lt|sa|eb)?(\d{4}(?:-\d\d(?:-\d\d(?:T.+)?)?)?)")


class BadSearch(Problem):
    """A search that would not mean what its sender thinks."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """How rows are found by a code of `system`; None from `rows` when no row has it."""

    system: str
    rows: Callable[[str], Q | None]


def narrowed(asked: Mapping[str, Any], by: Mapping[str, Tokens], moment: str) -> Q | None:
    """The rows of one table that are asked for; None when it cannot hold any. Raises BadSearch."""
    found = Q()
    for name in TOKENS:
        if name in asked:
            each = by.get(name)
            hits = list(_hits(name, asked[name], each)) if each else []
            if not hits:
                return None
            found &= reduce(or_, hits)
    for text in asked.get("date", ()):
        found &= _within(text, moment)
    return found


def _hits(name: str, text: str, by: Tokens) -> Iterator[Q]:
    for token in text.split(","):
        system, bar, code = token.strip().rpartition("|")
        if not code:
            raise BadSearch("bad_token", f"{name} 要写成 编码,或者 系统|编码。")
        if (not bar or system == by.system) and (rows := by.rows(code)) is not None:
            yield rows


def _within(text: str, moment: str) -> Q:
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise BadSearch("bad_date", "date 要写成 2026-11-22,前面可以加 ge、gt、le、lt、eq。")
    start, end = _span(found[2])
    from_start: dict[str, Any] = {f"{moment}__gte": start}
    before_end: dict[str, Any] = {f"{moment}__lt": end}
    match found[1] or "eq":
        case "ge":
            return Q(**from_start)
        case "gt" | "sa":
            return ~Q(**before_end)
        case "le":
            return Q(**before_end)
        case "lt" | "eb":
            return ~Q(**from_start)
    return Q(**from_start, **before_end)


def _span(text: str) -> tuple[datetime, datetime]:
    """The time that a year, a month, a day or a moment covers, in the county's time."""
    try:
        if "T" in text:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
            return at, at + timedelta(seconds=1)
        parts: Sequence[int] = [int(part) for part in text.split("-")]
        first = date(*(*parts, 1, 1)[:3])
        match len(parts):
            case 1:
                after = date(first.year + 1, 1, 1)
            case 2:
                after = (first + timedelta(days=31)).replace(day=1)
            case _:
                after = first + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadSearch("bad_date", "date 里的日期不存在。") from None
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
