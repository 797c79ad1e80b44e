"""State machines as data: a table from (state, action) to the next state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from tortoise.models import Model

from core.errors import Conflict

S = TypeVar("S", bound=StrEnum)
Table = Mapping[tuple[S, str], S]


def after(table: Table[S], state: S, action: str) -> S:
    """Return the state that follows `action`, or raise Conflict `transition_not_allowed`."""
    try:
        return table[state, action]
    except KeyError:
        raise Conflict(
            "transition_not_allowed", "现在的状态不能这样做,请刷新页面看看最新进展。"
        ) from None


def allowed(table: Table[S], state: S) -> list[str]:
    """The actions possible from `state`, in the table's order."""
    return [action for (before, action) in table if before == state]


async def advance(record: Model, table: Table[Any], action: str, **changes: Any) -> None:
    """Move `record.status` one step by compare-and-swap and write `changes` with it.

    The slower of two callers gets Conflict `changed_meanwhile`, on every database.
    """
    row: Any = record
    before, then = row.status, after(table, row.status, action)
    moved = await type(record).filter(pk=record.pk, status=before).update(status=then, **changes)
    if not moved:
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")
    row.update_from_dict({"status": then, **changes})


def mermaid(table: Table[Any]) -> str:
    """Draw the table as a Mermaid state diagram for the docs."""
    lines = (
        f"    {before.value.replace('-', '_')} --> {then.value.replace('-', '_')}: {action}"
        for (before, action), then in table.items()
    )
    return "\n".join(["stateDiagram-v2", *lines])
