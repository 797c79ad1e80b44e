"""Codes that were sold before and turned up again: looked into by a pharmacist, with a note."""

from typing import Final
from uuid import UUID

from core import clock, db
from core.audit import audit, refused
from core.errors import FieldError, Invalid, NotFound
from people.actor import Actor
from pharmacy.dispensing.access import DISPENSERS
from pharmacy.dispensing.models import TraceReport

SHORTEST: Final = 2
NO_NOTE: Final = "请写查到了什么,比如:上一盒录错,已和供货单位核对。"
SHOWN: Final = 20


async def open_ones(actor: Actor) -> list[TraceReport]:
    """What nobody at the house has looked into, the newest first."""
    house = TraceReport.filter(organization_id=actor.organization_id, seen_at=None)
    return await house.order_by("-reported_at").limit(SHOWN)


async def seen_ones(actor: Actor) -> list[TraceReport]:
    """What was looked into last."""
    house = TraceReport.filter(organization_id=actor.organization_id, seen_at__isnull=False)
    return await house.order_by("-seen_at").limit(SHOWN)


async def see(actor: Actor, report_id: UUID, note: str) -> None:
    """Somebody has looked into it; the first note stays. Raises NotFound, Invalid."""
    actor.require(*DISPENSERS)
    about = f"TraceReport/{report_id}"
    row = await TraceReport.get_or_none(id=report_id, organization_id=actor.organization_id)
    if row is None:
        missing = NotFound("report_not_found", "没有找到这条记录,或者不是本药房的。")
        raise refused(missing, actor, "trace_report.see", about)
    if len(note) < SHORTEST:
        raise Invalid("no_note", NO_NOTE, errors=[FieldError("note", NO_NOTE)])
    changes = {"seen_at": clock.now(), "seen_by_name": actor.name, "seen_note": note}
    async with db.atomic():
        if await TraceReport.filter(id=row.id, seen_at=None).update(**changes):
            await audit(actor, "trace_report.see", about, reason=note)
