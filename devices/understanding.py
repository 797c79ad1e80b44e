"""What a stored message says, and what becomes of it; once, whoever asks and however often.

One device's messages are understood one after the other, under its lock: of ten that say the same,
one is the first.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog

from care.record.schemas import VitalsIn
from core import clock, db
from core.audit import SYSTEM, Who
from core.errors import Invalid
from core.outbox import record
from core.states import advance
from devices import earlier, formats, recording, rules, words
from devices.events import DeviceMessageSettled
from devices.formats import Reading, Unreadable
from devices.models import Device, RawMessage, Reason, Way
from devices.policy import params
from devices.receiving import body_of
from devices.states import MESSAGE, MessageStatus
from devices.whose import whose
from people.deaths.queries import is_deceased
from people.models import Patient

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to become of a message. With a patient and an entry it goes into the record."""

    action: str
    reason: Reason | None = None
    words: str = ""
    message_of: UUID | None = None
    patient: Patient | None = None
    entry: VitalsIn | None = None
    quiet: bool = False


async def understand(message_id: UUID) -> RawMessage:
    """Understand it now, unless that is done; the message as it stands afterwards."""
    row = await RawMessage.get(id=message_id)
    if row.status is not MessageStatus.RECEIVED or row.device_id is None:
        return row
    async with db.atomic():
        device = await _locked(row.device_id)
        row = await RawMessage.get(id=message_id)
        if row.status is MessageStatus.RECEIVED:
            await _understand(row, device)
    return row


async def understood(row: RawMessage) -> RawMessage:
    """Understood now if that can be; else it is kept, and the fact of its coming sees to it."""
    try:
        return await understand(row.id)
    except Exception:
        log.exception("device_message_not_understood")
        return row


async def _locked(device_id: UUID) -> Device:
    device = await Device.filter(id=device_id).select_for_update().get()
    await device.fetch_related("organization")
    return device


async def _understand(row: RawMessage, device: Device) -> None:
    await _note_the_clock(row, device)
    try:
        reading = formats.read(device.format, body_of(row))
    except Unreadable as problem:
        await settle(row, device, Outcome("refuse", Reason.UNREADABLE, f"{problem}。"), SYSTEM)
        return
    if reading.battery is not None:
        await Device.filter(id=device.id).update(battery=reading.battery)
    row.measured_at = reading.measured_at
    row.critical = recording.is_critical(reading, device)
    first, reused = await earlier.look(device.id, reading)
    if first is not None:
        outcome = Outcome("repeat", message_of=first)
    else:
        await earlier.remember(row.id, device.id, reading, reused=reused)
        outcome = _held(Reason.ID_REUSED) if reused else await _judge(row, device, reading)
    await settle(row, device, outcome, SYSTEM)


async def _note_the_clock(row: RawMessage, device: Device) -> None:
    offset = _offset(row)
    changes = {"seen_at": row.received_at} | (
        {} if row.sent_at is None else {"offset_s": max(-(2**31), round(offset.total_seconds()))}
    )
    await Device.filter(id=device.id).update(**changes)


def _offset(row: RawMessage) -> timedelta:
    return row.sent_at - row.received_at if row.sent_at else timedelta()


async def _judge(row: RawMessage, device: Device, reading: Reading) -> Outcome:
    """Of a reading that is new."""
    try:
        entry = recording.entry_of(reading, device)
    except rules.UnknownUnit as problem:
        unit = f"“{problem.unit}”" if problem.unit else "没有写"
        return _held(Reason.UNIT, f"单位:{unit}。{words.REASONS[Reason.UNIT]}")
    except recording.Impossible as problem:
        return Outcome("refuse", Reason.IMPOSSIBLE, str(problem))
    if (doubt := _doubt_the_time(row, reading)) is not None:
        return doubt
    at_once = row.way is Way.HTTP
    moment = rules.by_our_clock(reading.measured_at, _offset(row), at_once=at_once)
    found = await whose(device, reading.about, moment)
    if found.patient_id is None:
        return _held(found.reason or Reason.NO_PATIENT)
    patient = await Patient.get(id=found.patient_id).select_related("managing_organization")
    if await is_deceased(patient.id):
        return replace(_held(Reason.DECEASED), patient=patient)
    return accepted(patient, entry, row.received_at)


def accepted(patient: Patient, entry: VitalsIn, received_at: datetime) -> Outcome:
    """It goes into the record; nobody is alarmed about yesterday."""
    late = rules.timing(entry.measured_at, received_at, params()) is not rules.Timing.GOOD
    reason = Reason.STALE if late else None
    said = words.REASONS[reason] if reason else ""
    return Outcome("accept", reason, said, patient=patient, entry=entry, quiet=late)


def _doubt_the_time(row: RawMessage, reading: Reading) -> Outcome | None:
    offset, ago = _offset(row), row.received_at - reading.measured_at
    timing = rules.timing(reading.measured_at, row.received_at, params())
    if timing is rules.Timing.FUTURE:
        said = f"测量时间在 {words.span(ago)}以后,请校准设备的时钟。"
        return _held(Reason.FUTURE, said)
    if rules.clock_is_wrong(offset, params(), at_once=row.way is Way.HTTP):
        said = f"设备的时钟{'快' if offset > timedelta() else '慢'}了 {words.span(offset)},请校准。"
        return _held(Reason.CLOCK, said)
    if timing is rules.Timing.ANCIENT:
        return _held(Reason.ANCIENT, f"测量时间是 {words.span(ago)}以前,像是设备的时钟没有调过。")
    return None


def _held(reason: Reason, said: str = "") -> Outcome:
    return Outcome("hold", reason, said or words.REASONS[reason])


async def settle(row: RawMessage, device: Device, outcome: Outcome, who: Who) -> None:
    """Write down what becomes of it. In the caller's transaction, under the device's lock.

    `device` has its organization loaded. What the record refuses is refused here, with its words.
    """
    if outcome.action == "accept":
        try:
            panel_id = await _record(row, device, outcome)
        except Invalid as problem:
            said = ";".join(error.message for error in problem.errors) or problem.detail
            outcome = Outcome("refuse", Reason.IMPOSSIBLE, said)
            panel_id = None
    else:
        panel_id = None
    changes: dict[str, Any] = {
        "reason": outcome.reason,
        "words": outcome.words[:300],
        "message_of": outcome.message_of,
        "measured_at": outcome.entry.measured_at if outcome.entry else row.measured_at,
        "critical": row.critical,
        "patient_id": outcome.patient.id if outcome.patient else None,
        "panel_id": panel_id,
        "settled_at": clock.now(),
        "settled_by": "" if who is SYSTEM else who.name,
    }
    await advance(row, MESSAGE, outcome.action, **changes)
    event = DeviceMessageSettled(
        message_id=str(row.id),
        organization_id=str(device.organization_id),
        status=row.status,
    )
    await record(event, subject=f"Device/{device.id}")


async def _record(row: RawMessage, device: Device, outcome: Outcome) -> UUID:
    if outcome.patient is None or outcome.entry is None:
        raise ValueError("nothing to put into the record")
    panel_id = uuid5(NAMESPACE_OID, f"device-message/{row.id}")
    await recording.put(device, outcome.patient, outcome.entry, panel_id, quiet=outcome.quiet)
    return panel_id
