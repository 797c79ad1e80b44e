"""Rows by an id, read by one query for all who ask at the same moment (docs/adr/0029).

For what residents look at again and again: Tortoise builds each query anew, which takes longer
than the row does.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from core import db
from core.gathering import Gathered

M = TypeVar("M", bound=Model)


def rows_by(model: type[M], column: str) -> Gathered[UUID, list[M]]:
    """Asks for the rows in whose `column` an id stands, in no order. Each who asks gets their own.

    `model` and `column` are our own names, never a caller's.
    """

    async def read(ids: Sequence[UUID]) -> list[list[M]]:
        query = f"""
        SELECT found.* FROM {db.asked(id="uuid")}
        JOIN {model._meta.db_table} AS found ON found.{column} = asked.id
        """  # noqa: S608
        rows: dict[UUID, list[Mapping[str, Any]]] = {}
        for row in await db.fetch(query, db.listed([{"id": one} for one in set(ids)])):
            rows.setdefault(db.as_id(row[column]), []).append(row)
        return [[model._init_from_db(**row) for row in rows.get(one, ())] for one in ids]

    return Gathered(read)
