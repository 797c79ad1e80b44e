"""What becomes of a parcel when its carrier tells something, or its logger does."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from tortoise.exceptions import IntegrityError

from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, Invalid, NotFound
from core.states import advance
from pharmacy.delivery import rules
from pharmacy.delivery.events import ParcelEnded, ParcelMoved
from pharmacy.delivery.gateway import Track
from pharmacy.delivery.models import Parcel, ParcelEvent, ParcelReading
from pharmacy.delivery.policy import params
from pharmacy.delivery.rules import Reading
from pharmacy.delivery.states import OVER, PARCEL, Status, Word

log = structlog.get_logger(__name__)

UNKNOWN: Final = ("no_such_parcel", "没有这个运单。")
AHEAD: Final = ("from_the_future", "时间在将来,没有处理,请核对时钟后再发。")
ATTEMPTS: Final = 5


async def hear(track: Track) -> Parcel:
    """Keep what happened, once, and move the parcel where that leads; it never steps back.

    Raises NotFound for a number that is not ours, Invalid for a moment that is still to come.
    """
    if rules.is_from_the_future(track.at, clock.now(), params()):
        raise Invalid(*AHEAD)
    parcel = await Parcel.get_or_none(tracking_number=track.tracking_number)
    if parcel is None:
        raise NotFound(*UNKNOWN)
    for _ in range(ATTEMPTS):
        try:
            async with db.atomic():
                return await _hear(parcel, track)
        except (Conflict, IntegrityError):  # another word of the same parcel came between
            await parcel.refresh_from_db()
    raise Conflict("changed_meanwhile", "这个包裹正在更新,请稍后再发。")


async def _hear(parcel: Parcel, track: Track) -> Parcel:
    if not await _keep(parcel, track):
        return parcel
    about: dict[str, Any] = {}
    if track.status is Word.PROBLEM:
        about["problem"] = track.note or "承运方报告异常"
    if rules.contradicts(parcel.status, track.status):
        about["disputed"] = True
        log.error("parcel_disputed", parcel=str(parcel.id), word=track.status.value)
    if about:
        await Parcel.filter(id=parcel.id).update(**about)
        parcel.update_from_dict(about)
    then = rules.heard(parcel.status, track.status)
    if then is not parcel.status:
        await move(SYSTEM, parcel, track.status.value, at=track.at)
    return parcel


async def _keep(parcel: Parcel, track: Track) -> bool:
    same = ParcelEvent.filter(parcel_id=parcel.id, word=track.status, at=track.at)
    if await same.exists():
        return False
    await ParcelEvent.create(
        id=uuid4(),
        parcel_id=parcel.id,
        word=track.status,
        at=track.at,
        place=track.place,
        note=track.note,
        heard_at=clock.now(),
    )
    return True


async def move(who: Who, parcel: Parcel, action: str, *, at: datetime) -> None:
    """One step of the table, with its audit row and its event. Needs a transaction."""
    changes: dict[str, Any] = {}
    then = PARCEL[parcel.status, action]
    if parcel.handed_over_at is None and then not in (Status.CANCELLED, Status.TOO_WARM):
        changes["handed_over_at"] = at
    if then is Status.ARRIVED:
        changes["arrived_at"] = at
    if then in OVER:
        changes |= {"ended_at": at, "due_at": None}
    await advance(parcel, PARCEL, action, **changes)
    await audit(who, f"parcel.{then.value}", f"Parcel/{parcel.id}", patient_id=parcel.patient_id)
    told = {
        "parcel_id": str(parcel.id),
        "order_id": str(parcel.order_id or ""),
        "patient_id": str(parcel.patient_id),
        "subject": parcel.subject,
        "status": then.value,
    }
    event = (ParcelEnded if then in OVER else ParcelMoved)(**told)
    about = f"MedicationOrder/{parcel.order_id}" if parcel.order_id else f"Parcel/{parcel.id}"
    await outbox.record(event, subject=about)


async def read_logger(who: Who, parcel_id: UUID, readings: Iterable[Reading]) -> bool:
    """Keep the readings of a cold parcel; True when it is spoilt, and then it goes to nobody.

    The same readings again change nothing. Raises Invalid for one that is still to come.
    """
    found = sorted(readings, key=lambda one: one.at)
    if any(rules.is_from_the_future(one.at, clock.now(), params()) for one in found):
        raise Invalid(*AHEAD)
    async with db.atomic():
        parcel = await Parcel.filter(id=parcel_id).select_for_update().get()
        known = {row.at for row in await ParcelReading.filter(parcel_id=parcel.id)}
        await ParcelReading.bulk_create(
            ParcelReading(id=uuid4(), parcel_id=parcel.id, at=one.at, tenths=one.tenths)
            for one in found
            if one.at not in known
        )
        rows = await ParcelReading.filter(parcel_id=parcel.id)
        spoilt = rules.is_too_warm([Reading(row.at, row.tenths) for row in rows], params())
        if spoilt and parcel.status not in OVER:
            await move(who, parcel, "warm", at=clock.now())
    return spoilt
