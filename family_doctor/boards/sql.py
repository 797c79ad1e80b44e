"""The few words in which SQLite and PostgreSQL differ, and a period's days as SQL.

All values are days, moments and enumerations of our own; what comes from outside is a parameter.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from core import db


def day(value: date) -> str:
    """A day."""
    return f"DATE '{value:%Y-%m-%d}'" if db.is_postgres() else f"'{value:%Y-%m-%d}'"


def moment(value: datetime) -> str:
    """A moment, written as both databases keep it."""
    text = value.astimezone(UTC).isoformat(" ")
    return f"TIMESTAMPTZ '{text}'" if db.is_postgres() else f"'{text}'"


def days_until(last: date, column: str) -> str:
    """Days from a column's day to this one, both counted."""
    following = last + timedelta(days=1)
    if db.is_postgres():
        return f"({day(following)} - {column})"
    return f"CAST(julianday({day(following)}) - julianday({column}) AS INTEGER)"


def among(values: Iterable[StrEnum | str]) -> str:
    """The inside of `IN (…)`."""
    return ", ".join(sorted(f"'{value}'" for value in values))


def teams(team_ids: Iterable[UUID]) -> str:
    """`mine`: the teams asked about. Written out, so that PostgreSQL knows how few they are and
    reads their rows alone. An id has no other letters than its own."""
    rows = ", ".join(f"({_id(one)})" for one in sorted(team_ids))
    return f"mine(id) AS (VALUES {rows})"


def _id(value: UUID) -> str:
    text = UUID(str(value))
    return f"UUID '{text}'" if db.is_postgres() else f"'{text}'"


async def ask(*queries: str) -> list[Sequence[Mapping[str, Any]]]:
    """The rows of several questions, asked side by side where the database can."""
    return list(await asyncio.gather(*map(_ask, queries)))


async def _ask(query: str) -> Sequence[Mapping[str, Any]]:
    """A county's sorts fit into this memory, and compiling a question takes longer than it."""
    if not db.is_postgres():
        return await db.fetch(query)
    async with db.atomic() as inside:
        await inside.execute_query("SET LOCAL work_mem = '64MB'")
        await inside.execute_query("SET LOCAL jit = off")
        return await db.fetch(query)
