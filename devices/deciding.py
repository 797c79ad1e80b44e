"""A person decides about a held message: whose it is, or that it is none of ours."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from care.record.schemas import VitalsIn
from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Forbidden, Invalid
from devices import formats, recording, rules
from devices.access import is_clinical, open_message
from devices.formats import Quantity, Reading
from devices.models import Device, RawMessage, Reason
from devices.policy import params
from devices.receiving import body_of
from devices.schemas import AssignIn
from devices.states import MessageStatus
from devices.understanding import Outcome, accepted, settle
from devices.words import PATIENTS, TIMES
from people.access import open_patient
from people.actor import Actor
from people.deaths.queries import is_deceased
from people.models import Patient


async def assign(actor: Actor, message_id: UUID, entry: AssignIn) -> RawMessage:
    """Into this resident's record. The same again changes nothing. Raises Invalid, Conflict when
    somebody has decided meanwhile, NotFound or Forbidden."""
    row = await _held(actor, message_id)
    patient = await open_patient(actor, entry.patient_id, purpose="device-reading")
    if row.status is MessageStatus.ACCEPTED and row.patient_id == patient.id:
        return row
    _require_held(row)
    if await is_deceased(patient.id):
        _refuse("patient_id", "这位居民登记为已去世,请问清楚是谁量的。")
    found = _entry_of(row, entry)
    _refuse_time(row, found)
    async with db.atomic():
        device = await _locked(row)
        outcome = accepted(patient, found, clock.now())
        await settle(row, device, outcome, actor)
        if row.status is not MessageStatus.ACCEPTED:
            _refuse("patient_id", row.words)
        await _wrote(actor, "assign", row, patient)
    return row


async def dismiss(actor: Actor, message_id: UUID, why: str) -> RawMessage:
    """Put it aside; it stays with the reason. The same again changes nothing."""
    row = await _held(actor, message_id)
    if row.status is MessageStatus.REFUSED and row.reason is Reason.DISMISSED:
        return row
    _require_held(row)
    async with db.atomic():
        device = await _locked(row)
        await settle(row, device, Outcome("refuse", Reason.DISMISSED, why), actor)
        await _wrote(actor, "dismiss", row, None, reason=why)
    return row


async def _held(actor: Actor, message_id: UUID) -> RawMessage:
    row = await open_message(actor, message_id)
    if not is_clinical(actor):
        raise Forbidden("forbidden", "读数由卫生室的医生护士处理。")
    return row


def _require_held(row: RawMessage) -> None:
    if row.status is not MessageStatus.HELD:
        raise Conflict("decided", "这条读数已经处理过了,请刷新页面看看。")


async def _locked(row: RawMessage) -> Device:
    device = await Device.filter(id=row.device_id).select_for_update().get()
    await device.fetch_related("organization")
    return device


def _entry_of(row: RawMessage, entry: AssignIn) -> VitalsIn:
    reading = formats.read(row.device.format, body_of(row))
    if entry.unit:
        reading = in_unit(reading, entry.unit)
    try:
        found = recording.entry_of(reading, row.device)
    except rules.UnknownUnit:
        raise _wrong("unit", "请选择这个数值的单位。") from None
    except recording.Impossible as problem:
        raise _wrong("unit" if entry.unit else "patient_id", str(problem)) from None
    if entry.time == "received":
        found = found.model_copy(update={"measured_at": row.received_at})
    return found


def in_unit(reading: Reading, unit: str) -> Reading:
    """The reading with this unit where the device's own is not known."""
    values = {}
    for measure, found in reading.values.items():
        known = rules.UNITS[measure]
        says = found.unit.casefold().replace(" ", "") in known
        fits = unit.casefold() in known
        values[measure] = Quantity(Decimal(found.value), unit) if fits and not says else found
    return replace(reading, values=values)


def _refuse_time(row: RawMessage, found: VitalsIn) -> None:
    timing = rules.timing(found.measured_at, row.received_at, params())
    if timing is rules.Timing.FUTURE:
        _refuse("time", "测量时间不能在以后,请改用收到的时间,或者不收。")


def _refuse(field: str, sentence: str) -> None:
    raise _wrong(field, sentence)


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", "有几处需要改一下。", errors=[FieldError(field, sentence)])


def asks_for(row: RawMessage) -> frozenset[str]:
    """What the person has to say about it besides the resident."""
    if row.reason in TIMES:
        return frozenset({"time"})
    return frozenset({"unit"}) if row.reason is Reason.UNIT else frozenset()


def names_nobody(row: RawMessage) -> bool:
    """Whether it is held for want of a resident."""
    return row.reason in PATIENTS


async def _wrote(
    actor: Actor, action: str, row: RawMessage, patient: Patient | None, *, reason: str = ""
) -> None:
    await audit(
        actor,
        f"device_message.{action}",
        f"DeviceMessage/{row.id}",
        patient_id=patient.id if patient else None,
        reason=reason,
    )
