"""What Tortoise's migrations lack."""

from typing import Any

from tortoise.migrations import operations as ops


class AlterMeaning(ops.AlterField):
    """The field means more (a new value of its enumeration), the column stays as it is.

    Tortoise 1.1 would alter the column's comment, for which it makes an SQLite table anew and
    loses its `unique_together`.
    """

    async def database_forward(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do in the database."""

    async def database_backward(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do in the database."""
