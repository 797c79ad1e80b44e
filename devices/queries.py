"""Reads of devices and messages, within what `access` allows. None of these is a door."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from care.record import rules as vitals
from core import clock
from devices import formats, rules, words
from devices.access import is_clinical, own, own_messages
from devices.formats import Measure, Quantity, Reading
from devices.models import Device, Loan, Measuring, RawMessage
from devices.policy import params
from devices.receiving import body_of
from devices.states import MessageStatus
from people.access import reachable
from people.actor import Actor
from people.models import Patient

MOST: Final = 100
SHOWN: Final = {
    "held": (MessageStatus.HELD, MessageStatus.RECEIVED),
    "refused": (MessageStatus.REFUSED,),
    "all": tuple(MessageStatus),
}


async def waiting(actor: Actor) -> int:
    """For the navigation: messages that wait for a person."""
    if not is_clinical(actor):
        return 0
    return await RawMessage.filter(own_messages(actor), status=MessageStatus.HELD).count()


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device as its keepers see it. `who` is empty for those who treat nobody."""

    row: Device
    status: tuple[str, str]
    kind: str
    who: str
    lent: bool
    clock: str
    clock_is_wrong: bool


async def devices(actor: Actor) -> list[DeviceLine]:
    """All devices of this person's clinic, or of the county, those in use first."""
    rows = await Device.filter(own(actor)).select_related("organization")
    rows = sorted(rows, key=lambda row: (row.status.value != "in-use", row.code))
    loans = await Loan.filter(open_device_id__in=[row.id for row in rows]).select_related("patient")
    lent = {loan.device_id: loan.patient for loan in loans}
    now = clock.now()
    sat = Measuring.filter(device_id__in=[row.id for row in rows], begun_at__lte=now, until__gt=now)
    sitting = {one.device_id: one.patient for one in await sat.select_related("patient")}
    seen = await names(actor, [one.id for one in [*lent.values(), *sitting.values()]])
    return [line(row, lent.get(row.id), sitting.get(row.id), seen) for row in rows]


def line(
    row: Device, lent: Patient | None, sits: Patient | None, seen: dict[UUID, str]
) -> DeviceLine:
    who = lent or sits
    offset = row.offset_s or 0
    return DeviceLine(
        row=row,
        status=words.DEVICE_STATUS[row.status],
        kind=words.KINDS[row.kind],
        who=seen.get(who.id, "") if who else "",
        lent=lent is not None,
        clock=words.clock_words(row.offset_s),
        clock_is_wrong=abs(offset) > params().skew.total_seconds(),
    )


async def names(actor: Actor, patient_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of those whose records this person may open."""
    rows = Patient.filter(reachable(actor), id__in=list(patient_ids))
    return {row.id: row.name for row in await rows.only("id", "name")}


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message as a person reads it. `values` and `name` are empty for those who treat nobody,
    and the name for those who may not open the record."""

    row: RawMessage
    status: tuple[str, str]
    device: str
    values: str
    name: str


async def messages(
    actor: Actor, shown: str = "held", *, device_id: UUID | None = None
) -> list[MessageLine]:
    """What came: waiting ones with the dangerous first, else the newest first."""
    rows = RawMessage.filter(own_messages(actor), status__in=SHOWN[shown])
    if device_id is not None:
        rows = rows.filter(device_id=device_id)
    found = await _newest(rows)
    if shown == "held":
        found = sorted(found, key=lambda row: not row.critical)
    seen = await names(actor, [row.patient_id for row in found if row.patient_id])
    return [message_line(actor, row, seen) for row in found]


async def _newest(rows: QuerySet[RawMessage]) -> list[RawMessage]:
    return await rows.order_by("-received_at", "-id").limit(MOST).select_related("device")


def message_line(actor: Actor, row: RawMessage, seen: dict[UUID, str]) -> MessageLine:
    """One message, its device loaded."""
    clinical = is_clinical(actor)
    return MessageLine(
        row=row,
        status=words.MESSAGE_STATUS[row.status],
        device=f"{row.device.maker} {row.device.model}" if row.device else "没有登记的设备",
        values=values_in_words(row) if clinical else "",
        name=seen.get(row.patient_id, "") if row.patient_id and clinical else "",
    )


def values_in_words(row: RawMessage) -> str:
    """血压 186/112 mmHg,脉搏 80 次/分: as the device said it. Empty when unreadable."""
    if row.device is None:
        return ""
    try:
        reading = formats.read(row.device.format, body_of(row))
    except formats.Unreadable:
        return ""
    return ",".join(_parts(reading))


def _parts(reading: Reading) -> list[str]:
    values = reading.values
    parts = []
    high, low = values.get(Measure.SYSTOLIC), values.get(Measure.DIASTOLIC)
    if high and low:
        shown = f"血压 {vitals.plain(high.value)}/{vitals.plain(low.value)} {high.unit}".strip()
        parts.append(shown + _converted("mmHg", {Measure.SYSTOLIC: high, Measure.DIASTOLIC: low}))
    names: Sequence[tuple[Measure, str]] = (
        *(((Measure.SYSTOLIC, "高压"), (Measure.DIASTOLIC, "低压")) if not (high and low) else ()),
        (Measure.PULSE, "脉搏"),
        (Measure.GLUCOSE, "血糖"),
    )
    for measure, name in names:
        if found := values.get(measure):
            unit = "次/分" if measure is Measure.PULSE and found.unit == "/min" else found.unit
            shown = f"{name} {vitals.plain(found.value)} {unit}".strip()
            parts.append(shown + _converted("mmol/L", {measure: found}))
    return parts


def _converted(unit: str, found: dict[Measure, Quantity]) -> str:
    """(6.0 mmol/L) beside what a device said in another unit; empty when nothing was converted."""
    try:
        values = [(rules.in_record_units(name, q), q.value) for name, q in found.items()]
    except rules.UnknownUnit:
        return ""
    if all(abs(record - said) < 1 for record, said in values):
        return ""
    return f"({'/'.join(vitals.plain(record) for record, _ in values)} {unit})"
