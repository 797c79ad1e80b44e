"""Where our books and WeChat's differ: noted once, cleared by itself or handled by somebody."""

from datetime import date
from uuid import UUID

from core import clock, db
from core.audit import audit
from core.errors import NotFound
from core.states import advance
from payments.models import Difference, Fault, Side
from payments.states import DIFFERENCE, Clearing
from people.actor import Actor, Role

KEEPERS = (Role.SCHEDULER, Role.ADMIN)


async def note(
    side: Side,
    fault: Fault,
    number: str,
    *,
    ours_fen: int | None,
    wechat_fen: int | None,
    day: date | None = None,
) -> Difference:
    """Write a difference down; the same one again changes nothing."""
    row, _ = await Difference.get_or_create(
        side=side,
        fault=fault,
        number=number,
        defaults={
            "day": day or clock.today(),
            "ours_fen": ours_fen,
            "wechat_fen": wechat_fen,
            "found_at": clock.now(),
        },
    )
    return row


async def clear(side: Side, fault: Fault, number: str) -> None:
    """A later bill agrees: what is still open is over."""
    open_ = Difference.filter(side=side, fault=fault, number=number, status=Clearing.OPEN)
    await open_.update(status=Clearing.CLEARED, ended_at=clock.now())


async def handle(actor: Actor, difference_id: UUID, note: str) -> Difference:
    """Somebody has found out and says how. Raises NotFound, or Conflict when it is done."""
    actor.require(*KEEPERS)
    async with db.atomic():
        row = await Difference.get_or_none(id=difference_id)
        if row is None:
            raise NotFound("not_found", "没有这一条差异。")
        await advance(
            row,
            DIFFERENCE,
            "handle",
            ended_at=clock.now(),
            handled_by_name=actor.name,
            note=note,
        )
        await audit(actor, "difference.handle", f"Difference/{row.id}", reason=note)
    return row
