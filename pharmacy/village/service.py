"""Taking a batch in bag by bag, and what is not as its list says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from core import clock, db
from core.audit import SYSTEM, audit
from core.errors import Conflict, FieldError, Invalid
from core.outbox import record
from core.states import advance
from people.actor import Actor
from pharmacy.delivery import tracking
from pharmacy.delivery.events import ParcelWaits
from pharmacy.delivery.models import Batch, Parcel, ParcelReading
from pharmacy.delivery.states import BATCH, OVER, BatchStatus, Carrier, Status
from pharmacy.dispatch import bags, findings, giving
from pharmacy.dispatch.giving import Shown
from pharmacy.dispatch.models import Kind
from pharmacy.dispatch.policy import params
from pharmacy.dispatch.rules import is_cold
from pharmacy.village import rules
from pharmacy.village.access import KEEPERS

FRESH: Final = timedelta(minutes=30)
READ_FIRST: Final = "这一袋要冷藏:请先看记录仪,在上面记下现在的温度(2–8 °C),再点收。"
NOT_LISTED: Final = "这一袋不在这张交接单上!请在“多出来的”里记下,交给送药员带回。"
RECALLED: Final = "这一袋药房要收回,不要上架:{why}。请交给送药员带回。"
UNSAID: Final = "还有 {count} 袋没有点:请扫封签,或者逐袋选一项。"
WORDS: Final = {Kind.OPENED: "封签拆开过", Kind.BROKEN: "破损", Kind.MISSING: "卫生室没有收到"}
NOT_HERE: Final = ("not_on_the_shelf", "这一袋不在架上:还没有点收,或者已经交给别人了。")
BEFORE_HERE: Final = frozenset({Status.HANDED_OVER, Status.IN_TRANSIT, Status.DELIVERING})


async def scan_in(actor: Actor, batch: Batch, text: str) -> Parcel:
    """One bag is here, its seal whole. The same bag again changes nothing.

    Raises Invalid for a seal nobody knows, Conflict for one that is not on the list, that was
    called back, or is cold and nobody has looked at the logger.
    """
    actor.require(*KEEPERS)
    parcel = await bags.by_text(text)
    if parcel.batch_id != batch.id:
        raise Conflict("not_listed", NOT_LISTED)
    async with db.atomic():
        await _arrive(actor, await Parcel.select_for_update().get(id=parcel.id))
    return parcel


async def _arrive(actor: Actor, parcel: Parcel) -> None:
    if parcel.status not in BEFORE_HERE:
        return
    if parcel.recalled:
        raise Conflict("recalled", RECALLED.format(why=parcel.recalled))
    if parcel.cold and not await _was_read(parcel):
        raise Conflict("reading_needed", READ_FIRST)
    await tracking.move(actor, parcel, "arrive", at=clock.now())


async def _was_read(parcel: Parcel) -> bool:
    """Whether somebody has just looked, since the driver has it, and it was cold enough."""
    since = max(clock.now() - FRESH, parcel.handed_over_at or clock.now())
    rows = ParcelReading.filter(parcel_id=parcel.id, at__gt=since)
    newest = await rows.order_by("-at").first()
    return newest is not None and is_cold(newest.tenths)


async def finish(
    actor: Actor, batch: Batch, choices: Mapping[UUID, str], *, extra: str = ""
) -> None:
    """The rest of the list: here, opened, broken or missing; and what is too many.

    Raises Invalid while a bag has no word, Conflict as `scan_in` does. A repeat changes nothing.
    """
    actor.require(*KEEPERS)
    if batch.status is BatchStatus.ARRIVED:
        return
    async with db.atomic():
        rows = await Parcel.filter(batch_id=batch.id).order_by("id").select_for_update()
        open_ = [row for row in rows if row.status in BEFORE_HERE]
        silent = [row for row in open_ if not row.recalled and not choices.get(row.id)]
        if silent:
            words = UNSAID.format(count=len(silent))
            raise Invalid("unsaid", words, errors=[FieldError("choices", words)])
        for row in open_:
            await _told(actor, batch, row, choices.get(row.id, ""))
        if extra.strip():
            await _too_many(actor, batch, extra.strip())
        done: dict[str, Any] = {"arrived_at": clock.now(), "received_by_name": actor.name}
        await advance(batch, BATCH, "arrive", **done)
        await audit(actor, "batch.arrive", f"Batch/{batch.id}")


async def _told(actor: Actor, batch: Batch, row: Parcel, said: str) -> None:
    if row.recalled and said != Kind.MISSING:
        await tracking.move(actor, row, "refused", at=clock.now())
        return
    if said == "here":
        await _arrive(actor, row)
        return
    kind = Kind(said)
    words = WORDS[kind]
    await findings.note(actor, batch, kind, parcel=row, key=row.seal_number)
    await Parcel.filter(id=row.id).update(problem=words)
    if kind is not Kind.MISSING:
        await tracking.move(actor, row, "refused", at=clock.now())


async def _too_many(actor: Actor, batch: Batch, text: str) -> None:
    number = text.upper()[:40]
    known = await Parcel.filter(seal_number=number).order_by("-sealed_at").first()
    await findings.note(actor, batch, Kind.EXTRA, parcel=known, key=number)


async def give(actor: Actor, parcel: Parcel, shown: Shown) -> None:
    """Into the resident's hands, or somebody's who fetches it for them.

    Raises Conflict for a bag that has not been checked in, and as `giving.give` does.
    """
    actor.require(*KEEPERS)
    if parcel.status is not Status.ARRIVED:
        raise Conflict(*NOT_HERE)
    await giving.give(actor, parcel, shown, may_witness=True)


async def send_back(actor: Actor, parcel: Parcel) -> None:
    """Into the driver's hands, back to the pharmacy: nobody came, or nobody wanted it.

    A repeat changes nothing. Raises Conflict for one that has come to its end.
    """
    actor.require(*KEEPERS)
    async with db.atomic():
        row = await Parcel.select_for_update().get(id=parcel.id)
        if row.status is Status.RETURNING:
            return
        if row.status in OVER:
            raise Conflict("parcel_over", "这一袋已经有结果了,请刷新页面看看。")
        await tracking.move(actor, row, "returning", at=clock.now())


async def tick(limit: int = 200) -> int:
    """Remind residents of what has been waiting at a clinic for some days, once."""
    due = Parcel.filter(
        carrier=Carrier.VILLAGE,
        status=Status.ARRIVED,
        reminded_at=None,
        recalled="",
        arrived_at__lte=rules.remind_before(clock.now(), params()),
    )
    count = 0
    for row in await due.order_by("arrived_at").limit(limit):
        count += await _remind(row)
    return count


async def _remind(row: Parcel) -> bool:
    async with db.atomic():
        mine = Parcel.filter(id=row.id, reminded_at=None, status=Status.ARRIVED)
        if row.arrived_at is None or not await mine.update(reminded_at=clock.now()):
            return False
        about = f"Parcel/{row.id}"
        await audit(SYSTEM, "parcel.remind", about, patient_id=row.patient_id)
        event = ParcelWaits(
            parcel_id=str(row.id),
            order_id=str(row.order_id or ""),
            patient_id=str(row.patient_id),
            subject=row.subject,
            status=row.status.value,
            until=rules.kept_until(row.arrived_at, params()).isoformat(),
        )
        await record(event, subject=about)
    return True
