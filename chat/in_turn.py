"""The same as `chat.at_once` where one process writes at a time: SQLite, inside a transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from chat.draft import Draft
from chat.rules import folded
from core import db

_LOOK: Final = """
SELECT g.value->>0 AS n, c.last_seq, c.last_change, c.closed_at,
  p.name AS member_name, p.may_write, p.left_at,
  m.id, m.seq, m.change, m.account_id, m.author_name, m.kind, m.text, m.quote_seq,
  m.blob_id, m.duration_ms, m.at, m.recalled_at
FROM json_each($1) AS g
JOIN chat_conversation AS c ON c.id = g.value->>1
JOIN chat_member AS p ON p.conversation_id = c.id AND p.person_id = g.value->>2
LEFT JOIN chat_message AS m ON m.conversation_id = c.id AND m.author_id = g.value->>2
  AND m.client_id = g.value->>3
"""
_COLUMNS: Final = (
    "id, conversation_id, seq, change, author_id, account_id, author_name, client_id, kind, text,"
    " folded, quote_seq, blob_id, duration_ms, at"
)
_INSERT: Final = (
    f"INSERT INTO chat_message ({_COLUMNS}) SELECT "  # noqa: S608  (our own column names)
    + ", ".join(f"value->>{n}" for n in range(_COLUMNS.count(",") + 1))
    + " FROM json_each($1)"
)
_COUNT: Final = (
    "UPDATE chat_conversation SET last_seq = g.value->>1, last_change = g.value->>2"
    " FROM json_each($1) AS g WHERE chat_conversation.id = g.value->>0"
)


async def keep(drafts: Sequence[Draft], moment: datetime) -> dict[int, Mapping[str, Any]]:
    """By number, what there is now to each; those without a place in a conversation are missing."""
    asked = [[n, d.conversation_id, d.author_id, d.client_id] for n, d in enumerate(drafts)]
    seen: dict[int, Any] = {row["n"]: dict(row) for row in await db.fetch(_LOOK, _json(asked))}
    counts: dict[UUID, tuple[int, int]] = {}
    fresh = []
    for number, draft in enumerate(drafts):
        row = seen.get(number)
        if row is None or not _fits(draft, row):
            continue
        last = counts.get(draft.conversation_id, (row["last_seq"], row["last_change"]))
        counts[draft.conversation_id] = last[0] + 1, last[1] + 1
        row |= {"new_id": uuid4(), "new_seq": last[0] + 1, "new_change": last[1] + 1}
        fresh.append(_columns(draft, row, moment))
    if fresh:
        await db.fetch(_INSERT, _json(fresh))
        await db.fetch(_COUNT, _json([[i, *count] for i, count in counts.items()]))
    return seen


def _fits(draft: Draft, row: dict[str, Any]) -> bool:
    quotes = draft.quote_seq is None or 1 <= draft.quote_seq <= row["last_seq"]
    free = row["id"] is None and row["closed_at"] is None and row["left_at"] is None
    return bool(free and row["may_write"] and quotes)


def _columns(draft: Draft, row: dict[str, Any], moment: datetime) -> list[object]:
    return [
        row["new_id"],
        draft.conversation_id,
        row["new_seq"],
        row["new_change"],
        draft.author_id,
        draft.account_id,
        (draft.name or row["member_name"])[:60],
        draft.client_id,
        draft.kind.value,
        draft.text,
        folded(draft.text),
        draft.quote_seq,
        draft.blob_id,
        draft.duration_ms,
        moment,
    ]


def _json(rows: Sequence[object]) -> str:
    return json.dumps(rows, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    """Ids and times as Tortoise writes them on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    return str(value)
