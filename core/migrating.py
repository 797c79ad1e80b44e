"""What Tortoise's migrations lack."""

from typing import Any

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_generator.state import State


class AlterMeaning(ops.AlterField):
    """The field means more (a new value of its enumeration), the column stays as it is.

    Tortoise 1.1 would alter the column's comment, for which it makes an SQLite table anew and
    loses its `unique_together`.
    """

    async def database_forward(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do in the database."""

    async def database_backward(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do in the database."""


class AddColumn(ops.AddField):
    """A column that no row may leave empty: rows that are there already get the field's default.

    Tortoise 1.1 adds it without, which both databases refuse as soon as the table has rows.
    """

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: Any = None
    ) -> None:
        """Add it with the default that rows from now on get from the model."""
        field = new_state.apps.get_model(f"{app_label}.{self.model_name}")._meta.fields_map[
            self.name
        ]
        unset, field.db_default = field.db_default, field.default
        try:
            await super().database_forward(app_label, old_state, new_state, state_editor)
        finally:
            field.db_default = unset


class AddCheck(ops.RunSQL):
    """What no row may ever say, held by the database itself: a CHECK, on SQLite by triggers.

    SQLite cannot add a CHECK to a table, and Tortoise 1.1 would make the table anew, for which it
    forgets `unique_together` and drops what others point at. A later change that makes the table
    anew loses the triggers, so a test must try the rule.
    """

    def __init__(self, table: str, name: str, check: str) -> None:
        super().__init__(sql="")
        self.table, self.name, self.check = table, name, check

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: Any = None
    ) -> None:
        """Add it; rows that are there must obey."""
        if state_editor:
            for statement in self._statements(state_editor.DIALECT):
                await state_editor.client.execute_query(statement)

    def _statements(self, dialect: str) -> list[str]:
        if dialect != "sqlite":
            return [f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} CHECK ({self.check})"]
        return [
            f"CREATE TRIGGER {self.name}_{act.lower()} AFTER {act} ON {self.table} BEGIN "  # noqa: S608
            f"SELECT RAISE(ABORT, '{self.name}') FROM {self.table} "
            f"WHERE rowid = NEW.rowid AND NOT ({self.check}); END"
            for act in ("INSERT", "UPDATE")
        ]
