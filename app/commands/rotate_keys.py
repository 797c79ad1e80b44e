"""Seal every personal column and file again with the first key of FIELD_KEY, so old keys can go."""

import argparse
import asyncio
from typing import Any, Final

from tortoise import Tortoise
from tortoise.models import Model

from app.commands.session import database
from app.settings import Settings
from core import blobs, crypto, db

BATCH: Final = 200


def options(parser: argparse.ArgumentParser) -> None:
    """No options: FIELD_KEY lists the new key first and the old ones after it."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Rewrite row by row; may be stopped and started again."""
    return asyncio.run(_rotate(settings))


async def _rotate(settings: Settings) -> int:
    async with database(settings):
        for model in _models():
            sealed = [n for n, f in model._meta.fields_map.items() if _is_sealed(f)]
            if sealed:
                count = await _reseal(model, sealed)
                print(f"{model._meta.db_table}: {count} rows sealed with the first key")
        files = await blobs.Store(settings.data_dir / "blobs").reseal()
        print(f"{files} files sealed with the first key")
    return 0


def _models() -> list[type[Model]]:
    return [model for app in (Tortoise.apps or {}).values() for model in app.values()]


def _is_sealed(field: Any) -> bool:
    return isinstance(field, crypto.SealedField)


async def _reseal(model: type[Model], columns: list[str]) -> int:
    """Write the plain values back: the field seals with the first key, indexes follow."""
    count, last = 0, None
    key = model._meta.pk_attr
    while True:
        rows = model.all().order_by(key).limit(BATCH)
        page: list[Any] = await (rows.filter(**{f"{key}__gt": last}) if last else rows)
        if not page:
            return count
        async with db.atomic():
            for row in page:
                changed = list(columns)
                for column in columns:
                    index, value = f"{column}_index", getattr(row, column)
                    if index in model._meta.fields_map and value is not None:
                        setattr(row, index, crypto.keyring().index(value))
                        changed.append(index)
                await row.save(update_fields=changed)
        count += len(page)
        last = page[-1].pk
