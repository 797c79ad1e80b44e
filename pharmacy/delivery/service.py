"""Sealing a parcel, giving it to whoever carries it, and taking it back.

The courier is called with no transaction open: what has to be asked of it is a row with `due_at`,
so that a killed process loses no parcel and orders none twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, Problem, Unavailable
from pharmacy.delivery import rules, tracking
from pharmacy.delivery.gateway import Consignment, Courier
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.policy import params
from pharmacy.delivery.states import OVER, Carrier, Status
from pharmacy.formulary.models import Pharmacy

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 50
LONGEST_WAIT: Final = timedelta(minutes=30)
TOO_COLD: Final = ("cold_by_courier", "冷藏药品不能交给快递,请改为自取或由本院冷链车送。")
ORDERED: Final = (
    "parcel_gone",
    "已经约了快递,包裹不能再拆。药有问题请点“配不了”,系统会叫回包裹并退款。",
)
GONE: Final = ("parcel_gone", "包裹已经交出,不能取消了。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is to sign for it, and where."""

    name: str
    phone: str
    address: str


async def seal(
    who: Who,
    *,
    subject: str,
    patient_id: UUID,
    pharmacy_id: UUID,
    carrier: Carrier,
    recipient: Recipient,
    cold: bool = False,
    order_id: UUID | None = None,
    clinic_id: UUID | None = None,
) -> Parcel:
    """The parcel of what was dispensed, made once however often it is asked for.

    Raises Conflict `cold_by_courier`. Call inside the transaction that seals the bag.
    """
    if not rules.may_carry(carrier, cold=cold):
        raise Conflict(*TOO_COLD)
    moment = clock.now()
    row, made = await Parcel.get_or_create(
        subject=subject,
        defaults={
            "id": uuid4(),
            "patient_id": patient_id,
            "pharmacy_id": pharmacy_id,
            "carrier": carrier,
            "recipient_name": recipient.name,
            "recipient_phone": recipient.phone,
            "address": recipient.address,
            "cold": cold,
            "order_id": order_id,
            "clinic_id": clinic_id,
            "sealed_at": moment,
            "due_at": moment if carrier is Carrier.COURIER else None,
        },
    )
    if made:
        await audit(who, "parcel.sealed", f"Parcel/{row.id}", patient_id=patient_id)
    return row


async def cancel(who: Who, parcel_id: UUID, courier: Courier | None) -> None:
    """Do not send it. Safe to repeat. Raises Conflict `parcel_gone` once it has left."""
    parcel = await Parcel.get(id=parcel_id)
    if parcel.status is Status.CANCELLED:
        return
    if parcel.status is not Status.SEALED:
        raise Conflict(*GONE)
    if parcel.tracking_number and courier is not None:
        await courier.cancel(parcel.tracking_number)
    async with db.atomic():
        await tracking.move(who, parcel, "cancel", at=clock.now())


async def live_of(order_id: UUID) -> Parcel | None:
    """The parcel of an order that has not come to its end."""
    rows = Parcel.filter(order_id=order_id).exclude(status__in=list(OVER))
    return await rows.order_by("-sealed_at").first()


async def unpack(who: Who, order_id: UUID) -> None:
    """Take the bag apart again. Raises Conflict `parcel_gone` once a courier was asked for it."""
    async with db.atomic():
        parcel = await live_of(order_id)
        if parcel is None:
            return
        if parcel.status is not Status.SEALED or parcel.tracking_number:
            raise Conflict(*ORDERED)
        await tracking.move(who, parcel, "cancel", at=clock.now())


async def recall(who: Who, order_id: UUID, reason: str) -> bool:
    """Nobody may have what was packed for this order any more; True when it never leaves.

    A parcel that still lies here is cancelled at once, unless a courier has its number: then the
    courier is asked (`tick`), and it is cancelled when they agree. One that is on its way is
    marked: whoever carries it may not give it out and brings it back. Safe to repeat.
    """
    async with db.atomic():
        rows = Parcel.filter(order_id=order_id).exclude(status__in=list(OVER))
        parcel = await rows.select_for_update().first()
        if parcel is None:
            return True
        if parcel.status is Status.SEALED and not parcel.tracking_number:
            await tracking.move(who, parcel, "cancel", at=clock.now())
            return True
        if not parcel.recalled:
            moment = clock.now()
            changes: dict[str, Any] = {"recalled": reason[:200], "cancel_asked_at": moment}
            if parcel.carrier is Carrier.COURIER:
                changes["due_at"] = moment
            await Parcel.filter(id=parcel.id).update(**changes)
            await audit(who, "parcel.recall", f"Parcel/{parcel.id}", patient_id=parcel.patient_id)
    return False


async def tick(courier: Callable[[], Courier]) -> None:
    """Order what waits for a tracking number; ask about what nobody says anything of."""
    for parcel in await _leased():
        try:
            await _tend(parcel, courier())
        except Unavailable as problem:
            if not parcel.tracking_number:
                await Parcel.filter(id=parcel.id).update(problem=problem.detail[:200])
            await _later(parcel, min(LEASE * 2**parcel.tries, LONGEST_WAIT))
        except Problem as problem:
            log.warning("parcel_refused", parcel=str(parcel.id), why=problem.code)
            await Parcel.filter(id=parcel.id).update(problem=problem.detail[:200], due_at=None)


async def _leased() -> list[Parcel]:
    moment = clock.now()
    due = Parcel.filter(due_at__lte=moment).exclude(status__in=list(OVER))
    taken = []
    for row in await due.order_by("due_at").limit(BATCH):
        mine = Parcel.filter(id=row.id, due_at=row.due_at)
        if await mine.update(due_at=moment + LEASE):
            row.due_at = moment + LEASE
            taken.append(row)
    return taken


async def _tend(parcel: Parcel, courier: Courier) -> None:
    if parcel.tracking_number and parcel.recalled and parcel.status is Status.SEALED:
        await _call_off(parcel, parcel.tracking_number, courier)
    elif parcel.tracking_number:
        await _ask(parcel, parcel.tracking_number, courier)
    else:
        await _order(parcel, courier)


async def _call_off(parcel: Parcel, number: str, courier: Courier) -> None:
    try:
        await courier.cancel(number)
    except Conflict:  # it has been fetched; they will tell, and it comes back
        await _ask(parcel, number, courier)
        return
    async with db.atomic():
        await parcel.refresh_from_db()
        if parcel.status is Status.SEALED:
            await tracking.move(SYSTEM, parcel, "cancel", at=clock.now())


async def _order(parcel: Parcel, courier: Courier) -> None:
    from_there = await Pharmacy.get(id=parcel.pharmacy_id).select_related("organization")
    house = from_there.organization
    number = await courier.create(
        Consignment(
            number=parcel.id.hex,
            recipient_name=parcel.recipient_name,
            recipient_phone=parcel.recipient_phone,
            address=parcel.address,
            sender_name=from_there.name,
            sender_phone=from_there.phone or house.phone,
            sender_address=from_there.address or house.address,
        )
    )
    now = clock.now()
    mine = Parcel.filter(id=parcel.id, tracking_number=None)
    if await mine.update(tracking_number=number, due_at=now + params().ask, problem="", tries=0):
        parcel.tracking_number = number
    await parcel.refresh_from_db()
    if parcel.status is Status.CANCELLED:  # given up while the courier was being asked
        await courier.cancel(number)


async def _ask(parcel: Parcel, number: str, courier: Courier) -> None:
    for track in sorted(await courier.track(number), key=lambda one: one.at):
        await tracking.hear(track)
    await _later(parcel, params().ask)


async def _later(parcel: Parcel, wait: timedelta) -> None:
    mine = Parcel.filter(id=parcel.id, due_at=parcel.due_at)
    await mine.update(due_at=clock.now() + wait, tries=parcel.tries + 1)
