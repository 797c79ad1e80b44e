"""Many messages in one statement of PostgreSQL: lock, look, number, write, all or nothing.

The conversations' rows are locked in one order, and what is numbered is numbered from the rows as
they are then, so sequences have no holes. Everything else is read as of the statement's beginning.
Two processes that are given the same client id at the same moment collide on the unique index; the
one that comes second writes nothing and asks again (`chat.pen`), and then finds what was said.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from chat.draft import Draft
from chat.rules import folded
from core import db

_GIVEN: Final[Mapping[str, str]] = {
    "n": "int",
    "new_id": "uuid",
    "conversation_id": "uuid",
    "author_id": "uuid",
    "account_id": "uuid",
    "author_name": "text",
    "client_id": "text",
    "kind": "text",
    "text": "text",
    "folded": "text",
    "quote_seq": "int",
    "blob_id": "uuid",
    "duration_ms": "int",
}
_NAMES: Final = ", ".join(_GIVEN)
_ARRAYS: Final = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_GIVEN.values(), 2))
_KEEP: Final = f"""
WITH given AS MATERIALIZED (
  SELECT * FROM unnest({_ARRAYS}) AS g({_NAMES})
), locked AS MATERIALIZED (
  SELECT c.id, c.last_seq, c.last_change, c.closed_at FROM chat_conversation AS c
  WHERE c.id IN (SELECT conversation_id FROM given) ORDER BY c.id FOR UPDATE OF c
), looked AS MATERIALIZED (
  SELECT g.n, c.last_seq, c.last_change, c.closed_at,
    p.name AS member_name, p.may_write, p.left_at,
    m.id, m.seq, m.change, m.account_id, m.author_name, m.kind, m.text, m.quote_seq,
    m.blob_id, m.duration_ms, m.at, m.recalled_at
  FROM given AS g JOIN locked AS c ON c.id = g.conversation_id
  JOIN chat_member AS p ON p.conversation_id = c.id AND p.person_id = g.author_id
  LEFT JOIN chat_message AS m ON m.conversation_id = c.id AND m.author_id = g.author_id
    AND m.client_id = g.client_id
), fit AS MATERIALIZED (
  SELECT g.*, l.member_name,
    (l.last_seq + row_number() OVER w)::int AS new_seq,
    (l.last_change + row_number() OVER w)::int AS new_change
  FROM looked AS l JOIN given AS g USING (n)
  WHERE l.id IS NULL AND l.closed_at IS NULL AND l.may_write AND l.left_at IS NULL
    AND (g.quote_seq IS NULL OR g.quote_seq BETWEEN 1 AND l.last_seq)
  WINDOW w AS (PARTITION BY g.conversation_id ORDER BY g.n)
), counted AS (
  UPDATE chat_conversation AS c SET last_seq = f.seq, last_change = f.change
  FROM (SELECT conversation_id, max(new_seq) AS seq, max(new_change) AS change
        FROM fit GROUP BY conversation_id) AS f
  WHERE c.id = f.conversation_id
), kept AS (
  INSERT INTO chat_message (id, conversation_id, seq, change, author_id, account_id, author_name,
    client_id, kind, text, folded, quote_seq, blob_id, duration_ms, at)
  SELECT new_id, conversation_id, new_seq, new_change, author_id, account_id,
    left(coalesce(nullif(author_name, ''), member_name), 60), client_id, kind, text, folded,
    quote_seq, blob_id, duration_ms, $1::timestamptz
  FROM fit
)
SELECT l.*, f.new_id, f.new_seq, f.new_change
FROM looked AS l LEFT JOIN fit AS f USING (n)
"""  # noqa: S608  (our own names)


async def keep(drafts: Sequence[Draft], moment: datetime) -> dict[int, Mapping[str, Any]]:
    """By number, what there is now to each; those without a place in a conversation are missing.

    `new_seq` is there for what was written now, `id` for what had been said before; neither: it
    may not be said. Raises IntegrityError when another process writes the same at this moment.
    """
    rows = [
        (
            number,
            uuid4(),
            draft.conversation_id,
            draft.author_id,
            draft.account_id,
            draft.name,
            draft.client_id,
            draft.kind.value,
            draft.text,
            folded(draft.text),
            draft.quote_seq,
            draft.blob_id,
            draft.duration_ms,
        )
        for number, draft in enumerate(drafts)
    ]
    columns = (list(column) for column in zip(*rows, strict=True))
    return {row["n"]: row for row in await db.fetch(_KEEP, moment, *columns)}
