"""Shapes that every list and every answer share."""

import re
from datetime import date, datetime
from typing import Annotated, Final, Generic, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field

from core.http import Schema

T = TypeVar("T")

MOST_ITEMS: Final = 100
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Input(Schema):
    """A body from a resident: JSON's own types and texts are taken as they are."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=False)


class Items(Schema, Generic[T]):
    """A list; `next_cursor` asks for the rest and is null at the end."""

    items: list[T]
    next_cursor: str | None = None


class PageQuery(Schema):
    """Which part of a list."""

    cursor: str | None = Field(None, min_length=1, max_length=300)
    limit: int = Field(20, ge=1, le=MOST_ITEMS)


def _day_only(given: object) -> object:
    """A date is written as one; numbers and moments are no dates."""
    if isinstance(given, str):
        try:
            return date.fromisoformat(_DAY.fullmatch(given)[0])  # type: ignore[index]
        except (TypeError, ValueError):
            raise ValueError("请填日期,例如 2026-03-01") from None
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    raise ValueError("请填日期,例如 2026-03-01")


Day = Annotated[date, BeforeValidator(_day_only)]
