"""Finding what was said, in one conversation or in all of somebody's, and never beyond them.

Compared case- and width-insensitively (`rules.folded`) as a piece of text, which is what Chinese
needs: there are no words to cut. The search walks the person's own conversations by the index
from the newest message back, and stops when it has enough.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from chat.rules import folded
from chat.schemas import FoundOut, FoundsOut
from core import db
from core.errors import FieldError, Invalid

LONGEST: Final = 50
MOST: Final = 50

_FIND: Final = """
SELECT m.conversation_id, c.title, m.seq, m.author_name, m.text, m.at
FROM chat_member AS p
JOIN chat_conversation AS c ON c.id = p.conversation_id
JOIN chat_message AS m ON m.conversation_id = c.id
WHERE p.person_id IN ({ids}) {only}
  AND m.seq > p.from_seq AND (p.left_seq IS NULL OR m.seq <= p.left_seq)
  AND m.recalled_at IS NULL AND m.author_id IS NOT NULL
  AND m.folded LIKE ${pattern} ESCAPE '!'
ORDER BY m.at DESC, m.seq DESC LIMIT {most}
"""


async def find(
    person_ids: Collection[UUID], words: str, *, conversation_id: UUID | None = None
) -> FoundsOut:
    """The newest messages with these words, among what these persons may read.

    Recalled messages and system lines are not found. Raises Invalid for nothing or for more than
    fifty letters. Somebody else's conversation gives nothing, as a missing one does.
    """
    asked = folded(words.strip())
    if not 1 <= len(asked) <= LONGEST:
        sentence = f"请写 1 到 {LONGEST} 个字再找。"
        raise Invalid("invalid_input", sentence, errors=[FieldError("q", sentence)])
    values: list[object] = [*person_ids]
    if not values:
        return FoundsOut(items=[])
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    only = ""
    if conversation_id is not None:
        values.append(conversation_id)
        only = f"AND c.id = ${len(values)}"
    values.append(_pattern(asked))  # last, as it stands: SQLite counts $n by their order
    pattern = len(values)
    rows = await db.fetch(_FIND.format(ids=places, only=only, pattern=pattern, most=MOST), *values)
    return FoundsOut(
        items=[
            FoundOut(
                conversation_id=db.as_id(row["conversation_id"]),
                title=row["title"],
                seq=row["seq"],
                author_name=row["author_name"],
                text=row["text"],
                at=db.as_moment(row["at"]),
            )
            for row in rows
        ]
    )


def _pattern(asked: str) -> str:
    for sign in "!%_":
        asked = asked.replace(sign, f"!{sign}")
    return f"%{asked}%"
