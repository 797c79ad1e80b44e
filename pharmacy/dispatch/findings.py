"""What a clinic found wrong with a batch: written down at once, cleared up by the pharmacy."""

from typing import Final
from uuid import UUID

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, NotFound
from people.actor import Actor
from pharmacy.delivery import tracking
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import OVER
from pharmacy.dispatch.access import SENDERS
from pharmacy.dispatch.models import BatchFinding, Kind

NOT_LOST: Final = ("not_lost", "这一袋已经有结果了,不能按丢失处理,请刷新页面。")


async def note(
    actor: Actor, batch: Batch, kind: Kind, *, parcel: Parcel | None, key: str, words: str = ""
) -> BatchFinding:
    """Write it down, once for a bag. Call in the clinic's transaction."""
    row, made = await BatchFinding.get_or_create(
        batch_id=batch.id,
        kind=kind,
        key=key[:40],
        defaults={
            "parcel_id": parcel.id if parcel else None,
            "note": words,
            "found_by_name": actor.name,
            "found_at": clock.now(),
        },
    )
    if made:
        whose = parcel.patient_id if parcel else None
        about = f"Batch/{batch.id}"
        await audit(actor, "batch.finding", about, patient_id=whose, reason=kind.value)
    return row


async def open_finding(actor: Actor, finding_id: UUID) -> BatchFinding:
    """One about a batch of the house. Raises NotFound."""
    actor.require(*SENDERS)
    row = await BatchFinding.get_or_none(
        id=finding_id, batch__pharmacy__organization_id=actor.organization_id
    ).select_related("parcel")
    if row is None:
        missing = NotFound("finding_not_found", "没有找到这一条。")
        raise refused(missing, actor, "batch.settle", f"BatchFinding/{finding_id}")
    return row


async def settle(actor: Actor, row: BatchFinding, words: str, *, lost: bool = False) -> None:
    """It is cleared up; a repeat changes nothing. `lost`: the bag is given up, and its money goes
    back (domain facts §12). Raises Conflict `not_lost`."""
    async with db.atomic():
        mine = BatchFinding.filter(id=row.id, settled_at=None)
        done = {"settled_by_name": actor.name, "settled_note": words[:200]}
        if not await mine.update(settled_at=clock.now(), **done):
            return
        if lost:
            await _lose(actor, row)
        await audit(actor, "batch.settle", f"Batch/{row.batch_id}", reason=words)


async def _lose(actor: Actor, row: BatchFinding) -> None:
    parcel = await Parcel.select_for_update().get_or_none(id=row.parcel_id)
    if parcel is None or parcel.status in OVER:
        raise Conflict(*NOT_LOST)
    await tracking.move(actor, parcel, "lost", at=clock.now())
