"""Who belongs to a conversation, and how long it goes on."""

from typing import Any
from uuid import UUID

from chat import store
from chat.events import MembershipChanged
from chat.models import NOTHING, Conversation, Member
from chat.speakers import PersonKind
from core import clock, db
from core.outbox import record


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
    kind: PersonKind = PersonKind.STAFF,
    from_now: bool = False,
) -> Member:
    """Let somebody in, or back in; safe to repeat.

    `person_id` is the practitioner's, the patient's or the guest's id (`chat.speakers`). With
    `from_now` what was said before they came (again) stays closed to them.
    """
    seen = (await Conversation.get(id=conversation.id)).last_seq if from_now else 0
    member, created = await Member.get_or_create(
        conversation=conversation,
        person_id=person_id,
        defaults={
            "name": name[:60],
            "organization": organization[:80],
            "may_write": may_write,
            "kind": kind,
            "joined_at": clock.now(),
            "from_seq": seen,
            "read_seq": seen,
        },
    )
    if not created and (member.left_at or member.may_write != may_write):
        async with db.atomic():
            changes: dict[str, Any] = {"left_at": None, "left_seq": None, "may_write": may_write}
            if from_now and member.left_at:
                changes["from_seq"] = seen
            await Member.filter(id=member.id).update(**changes)
            await _tell(conversation.id)
        member.left_at = member.left_seq = None
        member.may_write = may_write
    return member


async def remove_member(conversation: Conversation, *, person_id: UUID, keeps: bool = True) -> None:
    """Somebody leaves; safe to repeat. They keep what they could read until now, or nothing at
    all: then for them it is as if it did not exist (`access`)."""
    async with db.atomic():
        await store.lock([conversation.id])
        fresh = await Conversation.get(id=conversation.id)
        left = await Member.filter(
            conversation_id=conversation.id, person_id=person_id, left_at=None
        ).update(left_at=clock.now(), left_seq=fresh.last_seq if keeps else NOTHING)
        if left:
            await _tell(conversation.id)


async def close_conversation(conversation: Conversation) -> None:
    """From now on it can only be read; safe to repeat.

    Waits for what is being written at this moment: everything that was acknowledged is before
    the end, everything later is refused.
    """
    async with db.atomic():
        still_open = Conversation.filter(id=conversation.id, closed_at=None)
        if await still_open.update(closed_at=clock.now()):
            await _tell(conversation.id)


async def reopen_conversation(conversation: Conversation) -> bool:
    """What was closed goes on; safe to repeat. True when it had been closed."""
    async with db.atomic():
        closed = Conversation.filter(id=conversation.id, closed_at__isnull=False)
        reopened = bool(await closed.update(closed_at=None))
        if reopened:
            await _tell(conversation.id)
    return reopened


async def _tell(conversation_id: UUID) -> None:
    await record(
        MembershipChanged(conversation_id=str(conversation_id)),
        subject=f"Conversation/{conversation_id}",
    )
