"""What people do in conversations, one function per verb."""

import asyncio
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from chat import access, voice
from chat.events import ConversationChanged
from chat.models import Conversation, Member, Message, MessageKind
from chat.rules import length_in_words, may_recall
from core import clock, db
from core.audit import audit
from core.blobs import Blob, Store
from core.errors import Conflict, Forbidden, NotFound
from core.outbox import record
from people.actor import Actor


async def start_conversation(*, subject: str, title: str) -> Conversation:
    """The conversation about `subject`, begun if there is none; safe to repeat."""
    conversation, _ = await Conversation.get_or_create(
        subject=subject, defaults={"title": title[:80], "created_at": clock.now()}
    )
    return conversation


async def add_member(
    conversation: Conversation,
    *,
    person_id: UUID,
    name: str,
    organization: str = "",
    may_write: bool = True,
) -> Member:
    """Let somebody in, or back in; safe to repeat."""
    member, created = await Member.get_or_create(
        conversation=conversation,
        person_id=person_id,
        defaults={
            "name": name,
            "organization": organization,
            "may_write": may_write,
            "joined_at": clock.now(),
        },
    )
    if not created and (member.left_at or member.may_write != may_write):
        await member.update_from_dict(
            {"left_at": None, "left_seq": None, "may_write": may_write}
        ).save(update_fields=["left_at", "left_seq", "may_write"])
    return member


async def remove_member(conversation: Conversation, *, person_id: UUID) -> None:
    """Somebody leaves: they keep what they could read until now; safe to repeat."""
    fresh = await Conversation.get(id=conversation.id)
    await Member.filter(conversation=conversation, person_id=person_id, left_at=None).update(
        left_at=clock.now(), left_seq=fresh.last_seq
    )


async def close_conversation(conversation: Conversation) -> None:
    """From now on it can only be read; safe to repeat."""
    await Conversation.filter(id=conversation.id, closed_at=None).update(closed_at=clock.now())


async def say(conversation: Conversation, text: str, *, key: str) -> Message:
    """A system line (somebody came, recording began); `key` makes it safe to repeat."""
    return await _append(conversation, client_id=key, kind=MessageKind.SYSTEM, text=text)


async def post_text(
    actor: Actor, conversation_id: UUID, *, client_id: str, text: str, quote_seq: int | None = None
) -> Message:
    """Say something. The same `client_id` again returns what was said the first time."""
    seat = await access.open_conversation(actor, conversation_id)
    seat.require_writing()
    if quote_seq is not None:
        await _readable(seat, quote_seq)
    return await _append(
        seat.conversation,
        author=actor,
        client_id=client_id,
        kind=MessageKind.TEXT,
        text=text,
        quote_seq=quote_seq,
    )


async def post_file(
    actor: Actor, conversation_id: UUID, *, client_id: str, raw: bytes, name: str, store: Store
) -> Message:
    """Send a picture or document. Raises what `Store.receive` raises about the file."""
    seat = await access.open_conversation(actor, conversation_id)
    seat.require_writing()
    if said := await _said(seat.conversation, actor.practitioner_id, client_id):
        return said
    blob = await store.receive(raw, name=name)
    return await _append(
        seat.conversation,
        author=actor,
        client_id=client_id,
        kind=MessageKind.PICTURE if blob.is_picture else MessageKind.FILE,
        text=blob.name,
        blob=blob,
    )


async def post_voice(
    actor: Actor, conversation_id: UUID, *, client_id: str, raw: bytes, store: Store
) -> Message:
    """Send a voice message. Raises what `voice.prepare` raises about the recording."""
    seat = await access.open_conversation(actor, conversation_id)
    seat.require_writing()
    if said := await _said(seat.conversation, actor.practitioner_id, client_id):
        return said
    recording = await asyncio.to_thread(voice.prepare, raw)
    blob = await store.keep(
        recording.plain, name=recording.name, content_type=recording.content_type
    )
    return await _append(
        seat.conversation,
        author=actor,
        client_id=client_id,
        kind=MessageKind.VOICE,
        text=f"语音 {length_in_words(recording.duration_ms)}",
        blob=blob,
        duration_ms=recording.duration_ms,
    )


async def recall(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Take a message off the screens within two minutes; the record keeps it."""
    seat = await access.open_conversation(actor, conversation_id)
    message = await _readable(seat, seq)
    if message.author_id != actor.practitioner_id:
        raise Forbidden("not_yours", "只能撤回自己发的消息。")
    if message.recalled_at is not None:
        return
    if not may_recall(said_at=message.at, asked_at=clock.now()):
        raise Conflict("too_late", "超过两分钟,不能撤回了。")
    async with db.atomic():
        await Message.filter(id=message.id).update(recalled_at=clock.now())
        await audit(actor, "chat.message.recall", f"Message/{message.id}")
        await _tell(seat.conversation, seq)


async def mark_read(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Remember how far somebody has read; never goes back."""
    seat = await access.open_conversation(actor, conversation_id)
    reached = min(seq, seat.conversation.last_seq)
    await Member.filter(id=seat.member.id, read_seq__lt=reached).update(read_seq=reached)


async def open_file(actor: Actor, conversation_id: UUID, seq: int) -> Blob:
    """The file of a message; the look is audited. Raises NotFound, also for a recalled one."""
    seat = await access.open_conversation(actor, conversation_id)
    message = await _readable(seat, seq)
    if message.blob_id is None or message.recalled_at is not None:
        raise NotFound("not_found", "这条消息没有文件,或已撤回。")
    await audit(actor, "chat.file.read", f"Message/{message.id}")
    return await Blob.get(id=message.blob_id)


async def _append(
    conversation: Conversation,
    *,
    client_id: str,
    kind: MessageKind,
    text: str,
    author: Actor | None = None,
    quote_seq: int | None = None,
    blob: Blob | None = None,
    duration_ms: int | None = None,
) -> Message:
    author_id = author.practitioner_id if author else None
    if said := await _said(conversation, author_id, client_id):
        return said
    try:
        async with db.atomic():
            await Conversation.filter(id=conversation.id).update(last_seq=F("last_seq") + 1)
            if author_id is None and (said := await _said(conversation, None, client_id)):
                raise IntegrityError("said")
            seq = (await Conversation.get(id=conversation.id)).last_seq
            message = await Message.create(
                id=uuid4(),
                conversation_id=conversation.id,
                seq=seq,
                author_id=author_id,
                author_name=author.name if author else "",
                client_id=client_id,
                kind=kind,
                text=text,
                quote_seq=quote_seq,
                blob_id=blob.id if blob else None,
                duration_ms=duration_ms,
                at=clock.now(),
            )
            await _tell(conversation, seq)
    except IntegrityError:
        found = await _said(conversation, author_id, client_id)
        if found is None:
            raise
        return found
    return message


async def _said(
    conversation: Conversation, author_id: UUID | None, client_id: str
) -> Message | None:
    return await Message.get_or_none(
        conversation_id=conversation.id, author_id=author_id, client_id=client_id
    )


async def _readable(seat: access.Seat, seq: int) -> Message:
    message = await Message.get_or_none(conversation_id=seat.conversation.id, seq=seq)
    until = seat.readable_until
    if message is None or (until is not None and seq > until):
        raise NotFound("not_found", "没有找到这条消息。")
    return message


async def _tell(conversation: Conversation, seq: int) -> None:
    await record(
        ConversationChanged(conversation_id=str(conversation.id), seq=seq),
        subject=f"Conversation/{conversation.id}",
    )
