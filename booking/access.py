"""The doors to an appointment: the outpatient office, the doctor of the schedule, the clinic.

The office works with what is on paper before it: a slip's code, or a full document number that
somebody presents. It opens no records, so it finds nobody by a name or a part of a number.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from booking.models import Appointment, Schedule
from booking.places import CODE_LENGTH
from core.audit import audit, refused
from core.errors import FieldError, Forbidden, Invalid, NotFound
from people.access import may_open
from people.actor import Actor, Role
from people.links import is_survivor, or_merged
from people.models import Patient
from people.queries import PatientHeader, patient_header
from people.registration import by_number

OFFICE: Final = (Role.SCHEDULER,)
CLINIC: Final = (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR, Role.TEAM_LEAD, Role.NURSE)
DOCTORS: Final = (Role.SPECIALIST, Role.TOWNSHIP_DOCTOR)
ANY: Final = (*OFFICE, *CLINIC, Role.SPECIALIST)


class Side(StrEnum):
    """On which side of the appointment somebody stands."""

    OFFICE = "office"
    DOCTOR = "doctor"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class View:
    """One appointment as one person may see it; slot, schedule and house are loaded."""

    appointment: Appointment
    side: Side
    actor: Actor

    def require(self, *sides: Side) -> None:
        """Raise Forbidden unless the person stands on one of these sides."""
        if self.side not in sides:
            raise Forbidden("forbidden", "您的岗位不能做这个操作。")


async def open_appointment(actor: Actor, appointment_id: UUID) -> View:
    """The appointment. Raises NotFound, which does not tell whether there is such a one."""
    row = await Appointment.get_or_none(id=appointment_id).select_related(
        "slot", "schedule__organization"
    )
    side = await _side(actor, row) if row else None
    if row is None or side is None:
        missing = NotFound("appointment_not_found", "没有找到这个预约。")
        raise refused(missing, actor, "open_appointment", f"Appointment/{appointment_id}")
    return View(row, side, actor)


async def _side(actor: Actor, row: Appointment) -> Side | None:
    if row.schedule.practitioner_id == actor.practitioner_id:
        return Side.DOCTOR
    if actor.has(*OFFICE) and row.schedule.organization_id == actor.organization_id:
        return Side.OFFICE
    if actor.has(*CLINIC):
        ours = row.made_at_organization_id == actor.organization_id
        if ours or await may_open(actor, row.patient_id):
            return Side.CLINIC
    return None


def tidy_code(text: str) -> str:
    """A code as it is scanned or typed, also by an input method: capitals, no spaces or dashes."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


async def open_by_code(actor: Actor, text: str) -> View:
    """What the slip's QR says, at the office of that house. Raises Invalid, NotFound."""
    code = tidy_code(text)
    if len(code) != CODE_LENGTH:
        sentence = f"预约码是 {CODE_LENGTH} 位字母和数字,请扫单子上的二维码,或照着输入。"
        raise Invalid("code", sentence, errors=[FieldError("code", sentence)])
    row = await Appointment.get_or_none(code=code).only("id")
    if row is None:
        sentence = "没有这个预约码,请核对后再试。"
        raise Invalid("code", sentence, errors=[FieldError("code", sentence)])
    return await open_appointment(actor, row.id)


async def find_at_counter(actor: Actor, number: str) -> PatientHeader:
    """Who presents this document: by the whole number only, written down. Raises Invalid."""
    actor.require(*OFFICE)
    known = Patient.filter(or_merged(by_number(number)) & is_survivor())
    found = await known.limit(2) if len(number.strip()) > 6 else []
    if len(found) != 1:
        sentence = "没有找到,请核对完整的证件号;第一次来的居民请先点“登记新居民”。"
        if len(found) > 1:
            sentence = "这个号码登记了不止一个人,请用本人的证件号。"
        await audit(actor, "counter.find", "Patient/*", outcome="refused")
        raise Invalid("number", sentence, errors=[FieldError("number", sentence)])
    await audit(actor, "counter.find", f"Patient/{found[0].id}", patient_id=found[0].id)
    return await patient_header(found[0].id)


async def open_queue(actor: Actor, schedule_id: UUID) -> Schedule:
    """One schedule's queue: the house's office, or the doctor whose it is. Raises NotFound."""
    row = await Schedule.get_or_none(id=schedule_id).select_related("organization")
    if row is not None:
        mine = row.practitioner_id == actor.practitioner_id
        office = actor.has(*OFFICE) and row.organization_id == actor.organization_id
        if mine or office:
            return row
    raise NotFound("not_found", "没有这个号表,或它不归您管。")
