"""What people do in conversations, one function per verb."""

import asyncio
from uuid import UUID

from tortoise.expressions import F

from chat import access, store, voice
from chat.draft import Draft, Said
from chat.events import ConversationChanged
from chat.membership import (
    add_member,
    close_conversation,
    remove_member,
    reopen_conversation,
    start_conversation,
)
from chat.models import Conversation, Member, Message, MessageKind
from chat.pen import PEN
from chat.rules import length_in_words, may_recall
from chat.speakers import Speaker
from core import clock, db
from core.audit import audit
from core.blobs import Blob
from core.blobs import Store as Files
from core.errors import Conflict, Forbidden, NotFound, Problem
from core.outbox import record

__all__ = [
    "add_member",
    "close_conversation",
    "mark_read",
    "open_file",
    "post_file",
    "post_text",
    "post_voice",
    "recall",
    "remove_member",
    "reopen_conversation",
    "say",
    "start_conversation",
]


async def say(conversation: Conversation, text: str, *, key: str) -> Message:
    """A system line (somebody came, recording began); `key` makes it safe to repeat.

    Part of the caller's transaction, if there is one.
    """
    line = Message.filter(conversation_id=conversation.id, author_id=None, client_id=key)
    if said := await line.first():
        return said
    async with db.atomic():
        await store.lock([conversation.id])
        if said := await line.first():
            return said
        kept = await store.add_line(conversation.id, client_id=key, text=text)
        await _tell(conversation.id, kept.change)
    return kept


async def post_text(
    speaker: Speaker,
    conversation_id: UUID,
    *,
    client_id: str,
    text: str,
    quote_seq: int | None = None,
) -> Said:
    """Say something. The same `client_id` again returns what was said the first time.

    Raises NotFound (not a member, nothing to quote), Forbidden (`conversation_closed`,
    `read_only`) and Unavailable (`not_kept`: the database does not answer; send it again).
    """
    return await _keep(
        Draft(
            conversation_id=conversation_id,
            author_id=speaker.person_id,
            account_id=speaker.who.account_id,
            name=speaker.name,
            client_id=client_id,
            kind=MessageKind.TEXT,
            text=text,
            quote_seq=quote_seq,
        )
    )


async def post_file(
    speaker: Speaker,
    conversation_id: UUID,
    *,
    client_id: str,
    raw: bytes,
    name: str,
    store: Files,
    quote_seq: int | None = None,
) -> Said | Message:
    """Send a picture or document. Raises what `Store.receive` raises about the file."""
    if said := await _before(speaker, conversation_id, client_id):
        return said
    blob = await store.receive(raw, name=name)
    kind = MessageKind.PICTURE if blob.is_picture else MessageKind.FILE
    return await _keep_file(
        speaker, conversation_id, client_id, kind, blob.name, blob, quote_seq=quote_seq
    )


async def post_voice(
    speaker: Speaker,
    conversation_id: UUID,
    *,
    client_id: str,
    raw: bytes,
    store: Files,
    quote_seq: int | None = None,
) -> Said | Message:
    """Send a voice message. Raises what `voice.prepare` raises about the recording."""
    if said := await _before(speaker, conversation_id, client_id):
        return said
    recording = await asyncio.to_thread(voice.prepare, raw)
    blob = await store.keep(
        recording.plain, name=recording.name, content_type=recording.content_type
    )
    words = f"语音 {length_in_words(recording.duration_ms)}"
    return await _keep_file(
        speaker,
        conversation_id,
        client_id,
        MessageKind.VOICE,
        words,
        blob,
        duration_ms=recording.duration_ms,
        quote_seq=quote_seq,
    )


async def recall(speaker: Speaker, conversation_id: UUID, seq: int) -> None:
    """Take a message off the screens within two minutes; the record keeps it."""
    seat = await access.open_conversation(speaker, conversation_id)
    message = await _readable(seat, seq)
    if message.author_id != speaker.person_id:
        raise Forbidden("not_yours", "只能撤回自己发的消息。")
    if message.recalled_at is not None:
        return
    if not may_recall(said_at=message.at, asked_at=clock.now()):
        raise Conflict("too_late", "超过两分钟,不能撤回了。")
    async with db.atomic():
        await Conversation.filter(id=conversation_id).update(last_change=F("last_change") + 1)
        change = (await Conversation.get(id=conversation_id)).last_change
        recalled = await Message.filter(id=message.id, recalled_at=None).update(
            recalled_at=clock.now(), change=change
        )
        if recalled:
            await audit(speaker.who, "chat.message.recall", f"Message/{message.id}")
        await _tell(conversation_id, change)


async def mark_read(speaker: Speaker, conversation_id: UUID, seq: int) -> bool:
    """Remember how far somebody has read; never goes back. True when it went forward."""
    seat = await access.open_conversation(speaker, conversation_id)
    reached = min(seq, seat.conversation.last_seq)
    forward = Member.filter(id=seat.member.id, read_seq__lt=reached)
    return bool(await forward.update(read_seq=reached))


async def open_file(
    speaker: Speaker, conversation_id: UUID, seq: int, *, about: access.About
) -> Blob:
    """The file of a message; the look is audited, as one at the record of whom it is about.

    Raises NotFound, also for a recalled one.
    """
    seat = await access.open_conversation(speaker, conversation_id)
    message = await _readable(seat, seq)
    if message.blob_id is None or message.recalled_at is not None:
        raise NotFound("not_found", "这条消息没有文件,或已撤回。")
    whose = await about(seat.conversation.subject)
    name, patient_id = f"Message/{message.id}", whose.patient_id
    await audit(speaker.who, "chat.file.read", name, patient_id=patient_id, reason=whose.reason)
    return await Blob.get(id=message.blob_id)


async def _before(speaker: Speaker, conversation_id: UUID, client_id: str) -> Message | None:
    """What this client id has said already; a file is looked into once, and only for writers."""
    seat = await access.open_conversation(speaker, conversation_id)
    said = await Message.get_or_none(
        conversation_id=conversation_id, author_id=speaker.person_id, client_id=client_id
    )
    if said is None:
        seat.require_writing()
    return said


async def _keep_file(
    speaker: Speaker,
    conversation_id: UUID,
    client_id: str,
    kind: MessageKind,
    text: str,
    blob: Blob,
    *,
    duration_ms: int | None = None,
    quote_seq: int | None = None,
) -> Said:
    return await _keep(
        Draft(
            conversation_id=conversation_id,
            author_id=speaker.person_id,
            account_id=speaker.who.account_id,
            name=speaker.name,
            client_id=client_id,
            kind=kind,
            text=text,
            blob_id=blob.id,
            duration_ms=duration_ms,
            quote_seq=quote_seq,
        )
    )


async def _keep(draft: Draft) -> Said:
    if not db.in_transaction_now():
        return await PEN.write(draft)
    (outcome,) = await store.keep([draft])
    if isinstance(outcome, Problem):
        raise outcome
    await _tell(draft.conversation_id, outcome.change)
    return outcome


async def _readable(seat: access.Seat, seq: int) -> Message:
    message = await Message.get_or_none(conversation_id=seat.conversation.id, seq=seq)
    until = seat.readable_until
    before = seq <= seat.member.from_seq
    if message is None or before or (until is not None and seq > until):
        raise NotFound("not_found", "没有找到这条消息。")
    return message


async def _tell(conversation_id: UUID, change: int) -> None:
    await record(
        ConversationChanged(conversation_id=str(conversation_id), change=change),
        subject=f"Conversation/{conversation_id}",
    )
