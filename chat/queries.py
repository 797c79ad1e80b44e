"""Reads for screens."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chat.access import Seat
from chat.draft import Said
from chat.models import Member, Message
from chat.schemas import (
    ConversationOut,
    FileOut,
    MemberOut,
    MessageOut,
    MessagesOut,
    SinceIn,
    SummaryOut,
)
from chat.speakers import PersonKind
from core import db
from core.blobs import Blob

FILES_AT: Final[Mapping[PersonKind, str]] = {
    PersonKind.STAFF: "/conversations",
    PersonKind.GUEST: "/conversations",
    PersonKind.RESIDENT: "/api/mp/v1/conversations",
}
"""Where each kind of person fetches a file: staff by cookie, residents by token."""
MOST_CONVERSATIONS: Final = 100
AT_ONCE: Final = 500


def head(seat: Seat) -> ConversationOut:
    """The conversation as its member sees it."""
    conversation, member = seat.conversation, seat.member
    return ConversationOut(
        id=conversation.id,
        title=conversation.title,
        last_seq=conversation.last_seq,
        last_change=conversation.last_change,
        may_write=member.may_write and not member.left_at and not conversation.closed_at,
        me=member.person_id,
    )


async def messages(seat: Seat, asked: SinceIn) -> MessagesOut:
    """A page in order: what changed `since` a count, the next `after` a number, the last ones
    `before` one, or the newest.

    `since` also brings messages that were recalled meanwhile. The answer's `since` is what to ask
    next; `more` says that there is more at once.
    """
    since, after, before, limit = asked.since, asked.after, asked.before, asked.limit
    found = Message.filter(conversation_id=seat.conversation.id, seq__gt=seat.member.from_seq)
    if seat.readable_until is not None:
        found = found.filter(seq__lte=seat.readable_until)
    if since is not None:
        page = await found.filter(change__gt=since).order_by("change").limit(limit)
    elif after is not None:
        page = await found.filter(seq__gt=after).order_by("seq").limit(limit)
    else:
        found = found.filter(seq__lt=before) if before is not None else found
        page = list(reversed(await found.order_by("-seq").limit(limit)))
    more = len(page) == limit
    reached = page[-1].change if since is not None and more else seat.conversation.last_change
    blobs = {b.id: b for b in await Blob.filter(id__in=[m.blob_id for m in page if m.blob_id])}
    return MessagesOut(
        items=[present(m, seat, blobs.get(m.blob_id) if m.blob_id else None) for m in page],
        last_seq=seat.conversation.last_seq,
        since=max(reached, since or 0),
        more=more and (since is not None or after is not None),
        earlier=since is None and bool(page) and page[0].seq > seat.member.from_seq + 1,
        members=await members(seat.conversation.id),
    )


async def members(conversation_id: UUID) -> list[MemberOut]:
    """Everybody who is or was there, in the order of joining."""
    rows = await Member.filter(conversation_id=conversation_id).order_by("id")
    return [
        MemberOut(
            person_id=m.person_id,
            name=m.name,
            organization=m.organization,
            kind=m.kind,
            read_seq=m.read_seq,
            here=m.left_at is None,
        )
        for m in rows
    ]


def present(message: Message | Said, seat: Seat, blob: Blob | None = None) -> MessageOut:
    """One message for this member; a recalled one without its content."""
    member = seat.member
    return shown(message, me=member.person_id, kind=member.kind, blob=blob)


def shown(
    message: Message | Said, *, me: UUID, kind: PersonKind, blob: Blob | None = None
) -> MessageOut:
    """The same for callers who hold no seat: whoever could write it may see it."""
    recalled = message.recalled_at is not None
    mine = message.author_id == me
    return MessageOut(
        seq=message.seq,
        change=message.change,
        kind=message.kind,
        author_id=message.author_id,
        author_name=message.author_name,
        mine=mine,
        client_id=message.client_id if mine else "",
        text="" if recalled else message.text,
        quote_seq=message.quote_seq,
        file=_file(message, kind, blob) if blob and not recalled else None,
        at=message.at,
        recalled=recalled,
    )


def _file(message: Message | Said, kind: PersonKind, blob: Blob) -> FileOut:
    conversation_id: Any = message.conversation_id  # type: ignore[union-attr]  # a column
    url = f"{FILES_AT[kind]}/{conversation_id}/files/{message.seq}"
    return FileOut(
        name=blob.name,
        content_type=blob.content_type,
        size=blob.size,
        url=url,
        thumbnail_url=f"{url}?thumbnail=1" if blob.has_thumbnail else None,
        width=blob.width,
        height=blob.height,
        duration_ms=message.duration_ms,
    )


_CHANGES: Final = """
SELECT c.id, c.last_change FROM {asked} JOIN chat_conversation AS c ON c.id = asked.id
"""


async def changes(conversation_ids: Collection[UUID]) -> dict[UUID, int]:
    """How far each of these has come."""
    wanted = list(conversation_ids)
    found: dict[UUID, int] = {}
    query = _CHANGES.format(asked=db.asked(id="uuid"))
    for start in range(0, len(wanted), AT_ONCE):
        some = db.listed([{"id": one} for one in wanted[start : start + AT_ONCE]])
        found |= {db.as_id(row["id"]): row["last_change"] for row in await db.fetch(query, some)}
    return found


_COUNT: Final = """(SELECT count(*) FROM chat_message AS m WHERE m.conversation_id = c.id
    AND m.seq > p.read_seq AND (p.left_seq IS NULL OR m.seq <= p.left_seq)
    AND m.author_id IS NOT NULL AND m.author_id <> p.person_id AND m.recalled_at IS NULL
  )"""
_MINE: Final = """
SELECT c.id, c.subject, c.title, c.last_seq, c.closed_at, p.person_id, p.read_seq, p.left_seq,
  {unread} AS unread,
  (SELECT max(m.at) FROM chat_message AS m WHERE m.conversation_id = c.id
    AND m.seq = coalesce(p.left_seq, c.last_seq)) AS last_at
FROM chat_member AS p JOIN chat_conversation AS c ON c.id = p.conversation_id
WHERE p.person_id IN ({ids}) AND (p.left_seq IS NULL OR p.left_seq >= 0)
ORDER BY c.closed_at IS NOT NULL, c.created_at DESC, c.id LIMIT {most}
"""


async def conversations(person_ids: Collection[UUID]) -> list[SummaryOut]:
    """What these persons belong to, each with what is unread, in one query; open ones first.

    Unread is what others said after the read mark. System lines and recalled messages do not
    count: nobody has to read them.
    """
    ids = list(person_ids)
    if not ids:
        return []
    places = ", ".join(f"${n}" for n in range(1, len(ids) + 1))
    query = _MINE.format(ids=places, most=MOST_CONVERSATIONS, unread=_COUNT)
    rows = await db.fetch(query, *ids)
    return [
        SummaryOut(
            id=db.as_id(row["id"]),
            subject=row["subject"],
            title=row["title"],
            person_id=db.as_id(row["person_id"]),
            last_seq=row["last_seq"] if row["left_seq"] is None else row["left_seq"],
            last_at=row["last_at"] and db.as_moment(row["last_at"]),
            read_seq=row["read_seq"],
            unread=row["unread"],
            closed=row["closed_at"] is not None,
        )
        for row in rows
    ]


_UNREAD: Final = f"""
SELECT {_COUNT} AS unread
FROM chat_conversation AS c JOIN chat_member AS p ON p.conversation_id = c.id
WHERE c.subject = $1 AND p.person_id = $2
"""  # noqa: S608  (our own words)


async def unread(person_id: UUID, subject: str) -> int:
    """How much others have said to this person about this, counted as in `conversations`."""
    rows = await db.fetch(_UNREAD, subject, person_id)
    return rows[0]["unread"] if rows else 0


async def last_said(person_id: UUID, subjects: Collection[str]) -> datetime | None:
    """When this person last said something in the conversations about these."""
    said = Message.filter(conversation__subject__in=list(subjects), author_id=person_id)
    last = await said.order_by("-at").first() if subjects else None
    return last.at if last else None
