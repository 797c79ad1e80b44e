"""How long conversations are kept, and what stops the clock."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chat.models import Conversation, Message
from chat.rules import KEEP_AT_LEAST, may_forget
from core import clock, db
from core.audit import SYSTEM, Who, audit

BATCH: Final = 200


async def hold(who: Who, subject: str, *, reason: str) -> None:
    """Legal hold (a complaint, a lawsuit) on what was said about this: none of it is forgotten
    until `release`. The first reason stands; safe to repeat."""
    async with db.atomic():
        free = Conversation.filter(subject=subject, held_at=None)
        if await free.update(held_at=clock.now(), hold_reason=reason[:200]):
            await _write_down(who, "chat.hold", subject, reason)


async def release(who: Who, subject: str, *, reason: str) -> None:
    """The hold placed for this reason is over; the ordinary time counts again. One that is held
    for another reason stays so."""
    async with db.atomic():
        held = Conversation.filter(subject=subject, hold_reason=reason[:200])
        if await held.exclude(held_at=None).update(held_at=None, hold_reason=""):
            await _write_down(who, "chat.release", subject, reason)


async def _write_down(who: Who, action: str, subject: str, reason: str) -> None:
    conversation = await Conversation.get(subject=subject)
    await audit(who, action, f"Conversation/{conversation.id}", reason=reason[:200])


async def forget_old(keep: timedelta) -> int:
    """Delete closed conversations whose time is up; return how many.

    Never younger than three years whatever `keep` says, never open ones, never held ones. Files
    stay: the record may point at them, and has a longer time of its own (15 years).
    """
    edge = clock.now() - max(keep, KEEP_AT_LEAST)
    old = Conversation.filter(closed_at__lt=edge, held_at=None).order_by("closed_at")
    forgotten = 0
    for conversation in await old.limit(BATCH):
        forgotten += await _forget(conversation.id, keep)
    return forgotten


async def _forget(conversation_id: UUID, keep: timedelta) -> bool:
    async with db.atomic():
        found = Conversation.filter(id=conversation_id).select_for_update()
        conversation = await found.first()
        if conversation is None:
            return False
        allowed = may_forget(
            closed_at=conversation.closed_at,
            last_said_at=await _last_said(conversation),
            held=conversation.held_at is not None,
            keep=keep,
            now=clock.now(),
        )
        if allowed:
            await conversation.delete()
            await audit(SYSTEM, "chat.forget", f"Conversation/{conversation_id}")
        return allowed


async def _last_said(conversation: Conversation) -> datetime:
    last = await Message.filter(conversation_id=conversation.id).order_by("-at").first()
    return last.at if last else conversation.created_at
