"""`python -m tests.app.full_house URL`: migrate an empty database that fills with rows meanwhile.

As soon as a table is there it gets a row, so that every later migration meets rows, as it does in
a house where people have worked. The rows mean nothing; relations are not looked at.
"""

import asyncio
import sys
from collections.abc import Iterable
from typing import Any, Final

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations import Migration

from app.packages import APPS
from core import db

SQLITE: Final = """
    SELECT m.name AS "table", c.name AS "column", lower(c.type) AS type, c.pk AS key
      FROM sqlite_master AS m, pragma_table_info(m.name) AS c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND (c."notnull" OR c.pk)
"""
POSTGRES: Final = """
    SELECT table_name AS "table", column_name AS "column", data_type AS type,
           (column_default LIKE 'nextval%' OR is_identity = 'YES') AS key
      FROM information_schema.columns
     WHERE table_schema = 'public' AND (is_nullable = 'NO')
"""
BY_TYPE: Final = (  # how a type's name begins, and a value of it, as SQL
    ("bool", "false"),
    ("uuid", "'00000000-0000-0000-0000-000000000000'"),
    ("char(36)", "'00000000-0000-0000-0000-000000000000'"),
    ("timestamp", "'2026-11-22 08:00:00+00:00'"),
    ("datetime", "'2026-11-22 08:00:00+00:00'"),
    ("date", "'2026-11-22'"),
    ("json", "'{}'"),
    ("bytea", "''"),
    ("blob", "x''"),
    ("char", "'x'"),
    ("varchar", "'x'"),
    ("text", "'x'"),
    ("", "0"),
)


async def fill(connection: BaseDBAsyncClient) -> None:
    """One row for each table that has none."""
    postgres = connection.capabilities.dialect == "postgres"
    if postgres:
        await connection.execute_query("SET LOCAL session_replication_role = replica")
    tables: dict[str, list[dict[str, Any]]] = {}
    for column in await connection.execute_query_dict(POSTGRES if postgres else SQLITE):
        tables.setdefault(column["table"], []).append(column)
    for table, columns in tables.items():
        await connection.execute_query(_insert(table, columns))


def _insert(table: str, columns: Iterable[dict[str, Any]]) -> str:
    given = [
        (f'"{column["column"]}"', _value(column["type"]))
        for column in columns
        if not (column["key"] and _value(column["type"]) == "0")  # numbers itself
    ]
    names, values = (", ".join(part) for part in zip(*given, strict=True))
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {values} '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{table}")'
    )


def _value(kind: str) -> str:
    return next(value for begins, value in BY_TYPE if kind.startswith(begins))


def settle() -> None:
    """Let every migration end with rows, in its own transaction."""
    apply = Migration.apply

    async def applied(self: Migration, *args: Any, **options: Any) -> Any:
        state = await apply(self, *args, **options)
        await fill(options["schema_editor"].client)
        return state

    Migration.apply = applied  # type: ignore[method-assign]


if __name__ == "__main__":
    settle()
    asyncio.run(db.migrate(sys.argv[1], APPS))
