"""Reads for screens."""

from uuid import UUID

from chat.access import Seat
from chat.models import Member, Message
from chat.schemas import ConversationOut, FileOut, MemberOut, MessageOut, MessagesOut
from core.blobs import Blob


def head(seat: Seat) -> ConversationOut:
    """The conversation as its member sees it."""
    conversation, member = seat.conversation, seat.member
    return ConversationOut(
        id=conversation.id,
        title=conversation.title,
        last_seq=conversation.last_seq,
        may_write=member.may_write and not member.left_at and not conversation.closed_at,
        me=member.person_id,
    )


async def messages(seat: Seat, *, after: int | None, limit: int) -> MessagesOut:
    """A page in order: the next after a number, or the newest ones."""
    found = Message.filter(conversation_id=seat.conversation.id)
    if seat.readable_until is not None:
        found = found.filter(seq__lte=seat.readable_until)
    if after is None:
        page = list(reversed(await found.order_by("-seq").limit(limit)))
    else:
        page = await found.filter(seq__gt=after).order_by("seq").limit(limit)
    blobs = {b.id: b for b in await Blob.filter(id__in=[m.blob_id for m in page if m.blob_id])}
    members = await Member.filter(conversation_id=seat.conversation.id).order_by("id")
    return MessagesOut(
        items=[present(seat.conversation.id, m, blobs, seat.member.person_id) for m in page],
        last_seq=seat.conversation.last_seq,
        members=[
            MemberOut(
                person_id=m.person_id,
                name=m.name,
                organization=m.organization,
                read_seq=m.read_seq,
                here=m.left_at is None,
            )
            for m in members
        ],
    )


def present(
    conversation_id: UUID, message: Message, blobs: dict[UUID, Blob], me: UUID
) -> MessageOut:
    """One message; a recalled one without its content."""
    recalled = message.recalled_at is not None
    blob = None if recalled or message.blob_id is None else blobs.get(message.blob_id)
    return MessageOut(
        seq=message.seq,
        kind=message.kind,
        author_id=message.author_id,
        author_name=message.author_name,
        mine=message.author_id == me,
        client_id=message.client_id if message.author_id == me else "",
        text="" if recalled else message.text,
        quote_seq=message.quote_seq,
        file=_file(conversation_id, message, blob) if blob else None,
        at=message.at,
        recalled=recalled,
    )


def _file(conversation_id: UUID, message: Message, blob: Blob) -> FileOut:
    url = f"/conversations/{conversation_id}/files/{message.seq}"
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
