"""The repaired copy of a migration's state is the state as it was, though built later."""

from tortoise import fields
from tortoise.migrations.operations import AddField, CreateModel
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps


def with_thing() -> State:
    state = State(models={}, apps=StateApps())
    key = fields.IntField(primary_key=True)
    CreateModel(name="Thing", fields=[("id", key)]).state_forward("core", state)
    return state


def names(state: State) -> set[str]:
    return set(state.apps.get_model("core.Thing")._meta.fields_map) - {"pk"}


def test_what_came_later_is_not_in_the_copy() -> None:
    state = with_thing()
    before = state.clone()
    AddField("Thing", "name", fields.TextField()).state_forward("core", state)
    assert names(before) == {"id"}
    assert names(state) == {"id", "name"}


def test_a_copy_goes_its_own_way() -> None:
    state = with_thing()
    other = state.clone().clone()
    AddField("Thing", "name", fields.TextField()).state_forward("core", other)
    assert names(other) == {"id", "name"}
    assert names(state) == {"id"}


def test_a_relation_reaches_both_ends() -> None:
    state = with_thing()
    thing = fields.ForeignKeyField("core.Thing", related_name="parts")
    key = fields.IntField(primary_key=True)
    CreateModel(name="Part", fields=[("id", key), ("thing", thing)]).state_forward("core", state)
    assert "parts" in names(state)
    assert "parts" in names(state.clone())
