"""Standing conversations at a glance: what was said last, and whether residents wait for an answer.

For lists of many conversations of one kind (`TeamTalk/…`) that somebody of the staff belongs to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chat.models import Member, Message, MessageKind
from chat.speakers import PersonKind
from core import db

MOST: Final = 500
IN_WORDS: Final = {
    MessageKind.PICTURE: "(照片)",
    MessageKind.FILE: "(文件)",
    MessageKind.VOICE: "(语音)",
}


@dataclass(frozen=True, slots=True)
class Last:
    """One conversation. `seq`, `by`, `words` and `at` are of the last thing a person said;
    `waits_since`: the resident's first word after the staff's last, None when an answer stands."""

    id: UUID
    about: UUID
    seq: int
    at: datetime | None
    by: str
    words: str
    unread: int
    waits_since: datetime | None


_LAST: Final = """
WITH mine AS (
  SELECT c.id, c.subject, p.read_seq, p.person_id, (
    SELECT m.seq FROM chat_message AS m WHERE m.conversation_id = c.id
      AND m.author_id IS NOT NULL AND m.recalled_at IS NULL ORDER BY m.seq DESC LIMIT 1
  ) AS said
  FROM chat_member AS p JOIN chat_conversation AS c ON c.id = p.conversation_id
  WHERE p.person_id = $1 AND p.left_at IS NULL AND c.closed_at IS NULL AND c.subject LIKE $2
)
SELECT mine.id, mine.subject, mine.said, m.at, m.author_name, m.kind, m.text,
  (SELECT count(*) FROM chat_message AS u WHERE u.conversation_id = mine.id
    AND u.seq > mine.read_seq AND u.author_id IS NOT NULL AND u.author_id <> mine.person_id
    AND u.recalled_at IS NULL) AS unread,
  CASE WHEN a.kind = 'resident' THEN (
    SELECT min(w.at) FROM chat_message AS w WHERE w.conversation_id = mine.id
      AND w.author_id = m.author_id AND w.recalled_at IS NULL AND w.seq > coalesce((
        SELECT max(s.seq) FROM chat_message AS s JOIN chat_member AS b
          ON b.conversation_id = s.conversation_id AND b.person_id = s.author_id
        WHERE s.conversation_id = mine.id AND b.kind = 'staff' AND s.recalled_at IS NULL
      ), 0)
  ) END AS waits_since
FROM mine
LEFT JOIN chat_message AS m ON m.conversation_id = mine.id AND m.seq = mine.said
LEFT JOIN chat_member AS a ON a.conversation_id = mine.id AND a.person_id = m.author_id
ORDER BY mine.said IS NULL, a.kind <> 'resident', m.at DESC, mine.id LIMIT {most}
"""


async def last_said(person_id: UUID, kind: str) -> list[Last]:
    """Of every open conversation of this kind that somebody belongs to, the latest first."""
    rows = await db.fetch(_LAST.format(most=MOST), person_id, f"{kind}/%")
    return [
        Last(
            id=db.as_id(row["id"]),
            about=UUID(row["subject"].partition("/")[2]),
            seq=row["said"] or 0,
            at=row["at"] and db.as_moment(row["at"]),
            by=row["author_name"] or "",
            words=_words(row["kind"], row["text"]) if row["said"] else "",
            unread=row["unread"],
            waits_since=row["waits_since"] and db.as_moment(row["waits_since"]),
        )
        for row in rows
    ]


def _words(kind: str, text: str) -> str:
    return IN_WORDS.get(MessageKind(kind), text)


async def first_after(conversation_id: UUID, seq: int) -> datetime | None:
    """When the first thing after message `seq` was said by anybody."""
    rows = Message.filter(conversation_id=conversation_id, seq__gt=seq, author_id__isnull=False)
    found = await rows.order_by("seq").first()
    return found.at if found else None


async def unread_after(person_id: UUID, subject: str) -> int | None:
    """The last message this person has read, when others have said more since; None when not."""
    found = Member.filter(conversation__subject=subject, person_id=person_id, left_at=None)
    member = await found.first()
    if member is None:
        return None
    said: Any = member
    more = Message.filter(
        conversation_id=said.conversation_id,
        seq__gt=member.read_seq,
        author_id__isnull=False,
        recalled_at=None,
    )
    return member.read_seq if await more.exclude(author_id=person_id).exists() else None


@dataclass(frozen=True, slots=True)
class LastWords:
    """The last thing a person said."""

    by: str
    words: str
    by_resident: bool


async def last_of(subject: str) -> LastWords | None:
    """Of one conversation, whoever asks; no door."""
    rows = Message.filter(conversation__subject=subject, author_id__isnull=False, recalled_at=None)
    said: Any = await rows.order_by("-seq").first()
    if said is None:
        return None
    resident = Member.filter(
        conversation_id=said.conversation_id, person_id=said.author_id, kind=PersonKind.RESIDENT
    )
    words = _words(said.kind, said.text)
    return LastWords(said.author_name, words, by_resident=await resident.exists())
