"""What the migrations made is what the models say."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.models import Model

from app.packages import APPS
from core import db

ROOT = Path(__file__).parents[2]

SQLITE = """
    SELECT m.name AS "table", i.name AS "index", c.name AS "column"
      FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c
     WHERE m.type = 'table' ORDER BY i.name, c.seqno
"""
POSTGRES = """
    SELECT t.relname AS "table", i.relname AS "index", a.attname AS "column"
      FROM pg_index AS x
      JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
      JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (attnum, place) ON TRUE
      JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum
     WHERE t.relnamespace = 'public'::regnamespace ORDER BY i.relname, k.place
"""


async def test_every_index_of_the_models_is_in_the_database(database: str) -> None:
    """SQLite's tables are made anew by some alterations, and indexes get lost with the old one."""
    rows = await db.connection().execute_query_dict(POSTGRES if db.is_postgres() else SQLITE)
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        columns[row["table"], row["index"]].append(row["column"])
    found = {(table, tuple(names)) for (table, _), names in columns.items()}
    models = [model for models in (Tortoise.apps or {}).values() for model in models.values()]
    wanted = {wanted for model in models for wanted in _wanted(model)}
    assert len(wanted) > 100
    assert sorted(wanted - found) == []


def _wanted(model: type[Model]) -> set[tuple[str, tuple[str, ...]]]:
    meta = model._meta
    lists = [tuple(getattr(index, "fields", index)) for index in meta.indexes]
    lists += list(meta.unique_together)
    lists += [
        (name,)
        for name, field in meta.fields_map.items()
        if name in meta.fields_db_projection and (field.unique or field.index) and not field.pk
    ]
    return {(meta.db_table, tuple(_column(model, name) for name in names)) for names in lists}


def _column(model: type[Model], name: str) -> str:
    field = model._meta.fields_map[name]
    return field.source_field or model._meta.fields_db_projection.get(name, name)


@pytest.mark.parametrize("package", sorted(APPS))
def test_the_migrations_of_a_package_follow_one_another(package: str) -> None:
    """Two that stand side by side run in no order that anybody chose."""
    kept = {file.stem: file.read_text() for file in (ROOT / package).glob("migrations/0*.py")}
    named = re.compile(rf"\('{package}', '(\w+)'\)")
    lists = [re.search(r"dependencies = \[(.*?)\]", text, re.DOTALL) for text in kept.values()]
    followed = {name for found in lists if found for name in named.findall(found[1])}
    assert len(kept.keys() - followed) <= 1, sorted(kept.keys() - followed)
