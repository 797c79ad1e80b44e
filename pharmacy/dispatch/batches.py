"""Batches for village clinics: put together by scanning, handed to the driver, given up."""

import secrets
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import advance
from people.actor import Actor, Role
from people.models import Account, Organization, Practitioner, Tier
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import BATCH, BatchStatus, Status
from pharmacy.dispatch import bags, rules
from pharmacy.dispatch.readings import note_cold
from pharmacy.formulary.models import Pharmacy
from pharmacy.shipping import service as shipping

NO_CLINIC: Final = ("clinic_not_found", "没有这个村卫生室,请重新选。")
NOT_OPEN: Final = ("batch_closed", "这一批已经交给送药员或者取消了,请刷新页面。")
EMPTY: Final = ("batch_empty", "这一批还没有放药袋,不能交出去。")
NO_DRIVER: Final = "请选一位送药员。"


async def batch_for(actor: Actor, place: Pharmacy, clinic_id: UUID) -> Batch:
    """The open batch from this pharmacy to this clinic, begun when there is none.

    Raises NotFound for what is no village clinic.
    """
    clinic = await Organization.get_or_none(id=clinic_id, tier=Tier.VILLAGE)
    if clinic is None:
        raise NotFound(*NO_CLINIC)
    for _ in range(8):
        try:
            async with db.atomic():
                return await _begin(actor, place, clinic)
        except IntegrityError:
            continue  # the number is taken
    raise Conflict("changed_meanwhile", "没有成功,请再点一次。")


async def _begin(actor: Actor, place: Pharmacy, clinic: Organization) -> Batch:
    await Pharmacy.filter(id=place.id).select_for_update().get()  # two who begin at once
    now = Batch.filter(pharmacy_id=place.id, clinic_id=clinic.id, status=BatchStatus.OPEN)
    if found := await now.first():
        return found
    row = await Batch.create(
        id=uuid4(),
        number=f"JJ{clock.today():%y%m%d}{secrets.randbelow(10**4):04d}",
        pharmacy_id=place.id,
        clinic_id=clinic.id,
        made_at=clock.now(),
        made_by=actor.practitioner_id,
        made_by_name=actor.name,
    )
    await audit(actor, "batch.begin", f"Batch/{row.id}", reason=clinic.short_name)
    return row


async def put_in(actor: Actor, batch: Batch, text: str) -> Parcel:
    """A bag was scanned. The same bag again changes nothing.

    Raises Invalid for an unknown one, Conflict with a clear sentence for one that may not go.
    """
    _require_open(batch)
    parcel = await bags.by_text(text)
    if parcel.pharmacy_id != batch.pharmacy_id:
        raise bags.unknown()
    found = await bags.held(parcel)
    right = parcel.clinic_id == batch.clinic_id
    clinic = await bags.clinic_name(batch.clinic_id)
    if why := rules.why_not_together(found.facts, clinic=clinic, right_clinic=right):
        refusal = Conflict(why.code, why.sentence)
        about, whose = f"Batch/{batch.id}", parcel.patient_id
        raise refused(refusal, actor, "batch.put_in", about, patient_id=whose, reason=why.code)
    if parcel.batch_id == batch.id:
        return parcel
    async with db.atomic():
        mine = Parcel.filter(id=parcel.id, status=Status.SEALED, batch_id=parcel.batch_id)
        if not await mine.update(batch_id=batch.id):
            raise Conflict("changed_meanwhile", "这一袋刚才在别处也扫了,请再扫一次。")
        await audit(actor, "batch.put_in", f"Parcel/{parcel.id}", patient_id=parcel.patient_id)
    return parcel


async def take_out(actor: Actor, batch: Batch, parcel_id: UUID) -> None:
    """Not with this drive. Taking out what is not in changes nothing."""
    _require_open(batch)
    parcel = await Parcel.get_or_none(id=parcel_id, batch_id=batch.id)
    if parcel is None:
        return
    async with db.atomic():
        await Parcel.filter(id=parcel.id, batch_id=batch.id).update(batch_id=None)
        await audit(actor, "batch.take_out", f"Parcel/{parcel.id}", patient_id=parcel.patient_id)


async def cancel(actor: Actor, batch: Batch) -> None:
    """The drive does not take place: its bags wait for another one."""
    if batch.status is BatchStatus.CANCELLED:
        return
    _require_open(batch)
    async with db.atomic():
        await advance(batch, BATCH, "cancel")
        await Parcel.filter(batch_id=batch.id, status=Status.SEALED).update(batch_id=None)
        await audit(actor, "batch.cancel", f"Batch/{batch.id}")


async def hand_over(actor: Actor, batch: Batch, driver_id: UUID, temperature: str = "") -> None:
    """To the driver, with the temperature of the cold box. Every bag is looked at once more.

    Raises Invalid without a driver or a reading that is wanted; Conflict `batch_empty`,
    `batch_closed`, or what stands against one of the bags, named.
    """
    if batch.status is BatchStatus.HANDED_OVER and batch.driver_id == driver_id:
        return
    _require_open(batch)
    driver = await driver_of(actor, driver_id)
    await note_cold(actor, await Parcel.filter(batch_id=batch.id), temperature)
    async with db.atomic():
        moment = clock.now()
        who: dict[str, Any] = {"driver_id": driver.id, "driver_name": driver.name}
        by = {"handed_over_by_name": actor.name, "handed_over_at": moment}
        await advance(batch, BATCH, "hand_over", **who, **by)
        parcels = await Parcel.filter(batch_id=batch.id).order_by("sealed_at")
        if not parcels:
            raise Conflict(*EMPTY)
        for parcel in parcels:
            await leave(actor, parcel, driver)
        await audit(actor, "batch.hand_over", f"Batch/{batch.id}", reason=driver.name)


async def leave(actor: Actor, parcel: Parcel, driver: Practitioner) -> None:
    """One bag goes with this driver, in the caller's transaction."""
    why = rules.why_not_leave((await bags.held(parcel)).facts)
    if why:
        raise Conflict(why.code, f"封签号 {parcel.seal_number}:{why.sentence}")
    await shipping.leave(actor, parcel)
    await Parcel.filter(id=parcel.id).update(driver_id=driver.id, driver_name=driver.name)


async def driver_of(actor: Actor, driver_id: UUID) -> Practitioner:
    """One of the house's drivers. Raises Invalid."""
    for one in await drivers(actor.organization_id):
        if one.id == driver_id:
            return one
    raise Invalid("invalid_input", NO_DRIVER, errors=[FieldError("driver_id", NO_DRIVER)])


async def drivers(organization_id: UUID) -> list[Practitioner]:
    """Who drives for the house."""
    rows = Account.filter(active=True, practitioner__organization_id=organization_id)
    found = await rows.select_related("practitioner").order_by("username")
    return [one.practitioner for one in found if Role.DRIVER in one.roles]


def _require_open(batch: Batch) -> None:
    if batch.status is not BatchStatus.OPEN:
        raise Conflict(*NOT_OPEN)
