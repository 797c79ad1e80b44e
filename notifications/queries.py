"""A resident's inbox. The caller is the account itself."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core import clock
from notifications import words
from notifications.models import Attempt, Channel, Communication, Receipt
from notifications.states import Stage


async def inbox(
    account_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = 20
) -> list[Communication]:
    """What the account was told, newest first; `before` is the last one already seen."""
    mine = _mine(account_id)
    if before is not None:
        at, last = before
        mine = mine.filter(Q(due_at__lt=at) | Q(due_at=at, id__lt=last))
    return await mine.order_by("-due_at", "-id").limit(limit)


async def unread(account_id: UUID) -> int:
    """How many were not opened yet."""
    return await _mine(account_id).filter(read_at=None).count()


async def trail(communication_id: UUID) -> list[tuple[str, datetime]]:
    """What came of a communication before a person was asked to call, in words for staff, and what
    its reader did; the first first."""
    sent = Attempt.filter(communication_id=communication_id)
    tried = await sent.exclude(channel=Channel.PHONE)
    heard = await Receipt.filter(communication_id=communication_id)
    found = [(words.tried(row.channel, row.status), row.at) for row in tried]
    found += [(words.heard(row.channel, row.kind), row.at) for row in heard]
    return sorted(found, key=lambda entry: entry[1])


def _mine(account_id: UUID) -> QuerySet[Communication]:
    """What is due; reminders that are no longer true were never said."""
    mine = Communication.filter(recipient_id=account_id, due_at__lte=clock.now())
    return mine.exclude(status=Stage.WITHDRAWN)
