"""From a device's reading to the record: units, limits, and the door of home readings."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from care.record import home
from care.record import rules as vitals
from care.record.models import Interpretation, Meal, Method, Observation, VitalSign
from care.record.schemas import VitalsIn
from devices.formats import Measure, Reading
from devices.models import Device
from devices.rules import UnknownUnit, in_record_units
from devices.whose import borrower
from people.models import Patient

SIGNS: Final = {
    Measure.SYSTOLIC: VitalSign.BLOOD_PRESSURE,
    Measure.PULSE: VitalSign.PULSE,
    Measure.GLUCOSE: VitalSign.GLUCOSE,
}


class Impossible(Exception):
    """Nobody can have these values; the reason in the record's words."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A device as somebody who acts; fits `core.audit.Who`."""

    account_id: UUID
    name: str
    organization_id: UUID


def name_of(device: Device) -> str:
    """As the record shows it: 欧姆龙 HEM-7136 (YH-BP-0001)."""
    return f"{device.maker} {device.model} ({device.code})"[:60]


def entry_of(reading: Reading, device: Device) -> VitalsIn:
    """The form of the record. Raises UnknownUnit, Impossible."""
    found = {name: in_record_units(name, q) for name, q in reading.values.items()}
    refused = _why_impossible(found)
    if refused:
        raise Impossible(refused)
    return VitalsIn.model_validate(
        {
            **{name.value: value for name, value in found.items()},
            "meal": Meal(reading.meal) if reading.meal and Measure.GLUCOSE in found else None,
            "measured_at": reading.measured_at,
            "method": Method.DEVICE,
            "device": name_of(device),
        }
    )


def _why_impossible(found: dict[Measure, Decimal]) -> str:
    reasons = []
    if Measure.DIASTOLIC in found and Measure.SYSTOLIC not in found:
        reasons.append("只有低压,没有高压")
    for measure, sign in SIGNS.items():
        if measure in found:
            diastolic = found.get(Measure.DIASTOLIC)
            reasons += vitals.why_impossible(sign, found[measure], diastolic).values()
    return ";".join(reasons)


def is_critical(reading: Reading, device: Device) -> bool:
    """Whether somebody should look now, whosever it is. False for what cannot be read."""
    try:
        entry = entry_of(reading, device)
    except (UnknownUnit, Impossible):
        return False
    adult = vitals.ADULT_YEARS  # what is critical is so at every age
    levels = []
    if entry.systolic is not None:
        sign, low = VitalSign.BLOOD_PRESSURE, entry.diastolic
        levels.append(vitals.judge(sign, entry.systolic, diastolic=low, age_years=adult).level)
    if entry.glucose is not None:
        sign = VitalSign.GLUCOSE
        levels.append(vitals.judge(sign, entry.glucose, meal=entry.meal, age_years=adult).level)
    return Interpretation.CRITICAL in levels


async def put(
    device: Device, patient: Patient, entry: VitalsIn, panel_id: UUID, *, quiet: bool
) -> list[Observation]:
    """Into the record, as measured by this device. Lent out it measures at home, else in a clinic,
    where the limits are the clinic's. `quiet`: nobody is alarmed. Raises Invalid."""
    at_home = await borrower(device.id, entry.measured_at) is not None
    source = home.Source(
        Machine(device.id, f"设备 {device.code}", device.organization_id),
        home.BY_DEVICE,
        house=device.organization,
        at_home=at_home,
        quiet=quiet,
    )
    return await home.record_at_home(source, patient, entry, panel_id)
