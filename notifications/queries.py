"""A resident's inbox. The caller is the account itself."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from core import clock
from notifications.models import Communication


async def inbox(
    account_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = 20
) -> list[Communication]:
    """What the account was told, newest first; `before` is the last one already seen."""
    mine = Communication.filter(account_id=account_id)
    if before is not None:
        at, last = before
        mine = mine.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    return await mine.order_by("-created_at", "-id").limit(limit)


async def unread(account_id: UUID) -> int:
    """How many were not opened yet."""
    return await Communication.filter(account_id=account_id, read_at=None).count()


async def mark_read(account_id: UUID, ids: list[UUID]) -> int:
    """The account has seen these; others' are left alone. A repeat changes nothing."""
    mine = Communication.filter(account_id=account_id, id__in=ids, read_at=None)
    return await mine.update(read_at=clock.now())
