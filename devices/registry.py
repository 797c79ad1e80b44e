"""The verbs on devices: register, change the key, lose, find, retire; lend, take back, measure."""

import secrets
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import advance
from devices.access import open_device
from devices.models import Device, Loan, Measuring
from devices.policy import params
from devices.schemas import DeviceIn
from devices.states import DEVICE, DeviceStatus
from people.access import open_patient
from people.actor import Actor, Role
from people.deaths.queries import require_living
from people.models import Organization


async def register(actor: Actor, entry: DeviceIn, *, key: str = "") -> Device:
    """A new device with its key. Raises Invalid for a code that is taken, NotFound for a house."""
    house = await _house(actor, entry.organization)
    moment = clock.now()
    row = Device(
        id=uuid4(),
        **entry.model_dump(exclude={"organization"}),
        organization=house,
        key=key or new_key(),
        key_since=moment,
        registered_at=moment,
        registered_by=actor.name,
    )
    try:
        async with db.atomic():
            await row.save(force_create=True)
            await audit(actor, "device.register", f"Device/{row.id}", reason=row.code)
    except IntegrityError:
        sentence = "这个编号已经登记过了,请核对机身上的编号。"
        raise Invalid("code_taken", sentence, errors=[FieldError("code", sentence)]) from None
    return row


async def _house(actor: Actor, code: str) -> Organization:
    if not actor.has(Role.ADMIN):
        return await Organization.get(id=actor.organization_id)
    house = await Organization.get_or_none(code=code, provides_care=True)
    if house is None:
        raise NotFound("not_found", "请选择一家看病的机构。")
    return house


def new_key() -> str:
    """What signs a device's messages: 192 random bits, short enough to be typed once."""
    return secrets.token_urlsafe(24)


async def change_key(actor: Actor, device_id: UUID) -> Device:
    """A new key at once; what the old one signs from now on is refused and shown."""
    row = await open_device(actor, device_id)
    if row.status is DeviceStatus.RETIRED:
        raise Conflict("retired", "这台设备已经停用,不用再换密钥。")
    row.key, row.key_since = new_key(), clock.now()
    async with db.atomic():
        await row.save(update_fields=["key", "key_since"])
        await audit(actor, "device.change_key", f"Device/{row.id}")
    return row


async def move(actor: Actor, device_id: UUID, action: str, why: str) -> Device:
    """Lost, found or retired. What it was lent for ends when it is retired."""
    row = await open_device(actor, device_id)
    async with db.atomic():
        await advance(row, DEVICE, action, status_note=why)
        await audit(actor, f"device.{action}", f"Device/{row.id}", reason=why)
        if row.status is DeviceStatus.RETIRED:
            await _end_loan(actor, row)
    return row


async def lend(actor: Actor, device_id: UUID, patient_id: UUID) -> Loan:
    """Hand it out to one resident; the same again changes nothing. Raises Conflict when somebody
    else has it."""
    row = await _usable(actor, device_id)
    patient = await open_patient(actor, patient_id, purpose="device-loan")
    await require_living(patient.id)
    out = await loan_of(row.id)
    if out is not None and out.patient_id == patient.id:
        return out
    try:
        async with db.atomic():
            made = await Loan.create(
                device_id=row.id,
                patient_id=patient.id,
                open_device_id=row.id,
                lent_at=clock.now(),
                lent_by=actor.name,
            )
            await _stop_measuring(row)
            await _wrote(actor, "lend", row, patient.id)
    except IntegrityError:
        raise Conflict("lent_out", "这台设备还在别人家里,收回以后才能再借。") from None
    return made


async def take_back(actor: Actor, device_id: UUID) -> Device:
    """It lies on the clinic's table again; a repeat changes nothing."""
    row = await open_device(actor, device_id)
    async with db.atomic():
        await _end_loan(actor, row)
    return row


async def measure(actor: Actor, device_id: UUID, patient_id: UUID) -> Measuring:
    """From now on the clinic's device measures this resident; who sat before it has gone."""
    row = await _usable(actor, device_id)
    patient = await open_patient(actor, patient_id, purpose="device-measuring")
    await require_living(patient.id)
    if await loan_of(row.id) is not None:
        raise Conflict("lent_out", "这台设备借出去了,收回以后才能在诊室用。")
    moment = clock.now()
    async with db.atomic():
        await Device.filter(id=row.id).select_for_update().get()
        await _stop_measuring(row)
        made = await Measuring.create(
            device_id=row.id,
            patient_id=patient.id,
            begun_at=moment,
            begun_by=actor.name,
            until=moment + params().measuring,
        )
        await _wrote(actor, "measure", row, patient.id)
    return made


async def stop_measuring(actor: Actor, device_id: UUID) -> Device:
    """Nobody sits before it any more."""
    row = await open_device(actor, device_id)
    await _stop_measuring(row)
    return row


async def loan_of(device_id: UUID) -> Loan | None:
    """Who has it at home now, the patient loaded."""
    return await Loan.get_or_none(open_device_id=device_id).select_related("patient")


async def _usable(actor: Actor, device_id: UUID) -> Device:
    row = await open_device(actor, device_id)
    if row.status is not DeviceStatus.IN_USE:
        raise Conflict("not_in_use", "这台设备现在不在用,请先改回“在用”。")
    return row


async def _end_loan(actor: Actor, row: Device) -> None:
    out = await loan_of(row.id)
    if out is None:
        return
    changes: dict[str, Any] = {"returned_at": clock.now(), "returned_by": actor.name}
    if await Loan.filter(id=out.id, returned_at=None).update(open_device_id=None, **changes):
        await _wrote(actor, "take_back", row, out.patient_id)


async def _stop_measuring(row: Device) -> None:
    moment = clock.now()
    await Measuring.filter(device_id=row.id, until__gt=moment).update(until=moment)


async def _wrote(actor: Actor, action: str, row: Device, patient_id: UUID) -> None:
    await audit(actor, f"device.{action}", f"Device/{row.id}", patient_id=patient_id)
