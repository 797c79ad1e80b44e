"""What residents and devices measure, in the same record as what clinics write down.

Who may write for a patient is decided by the caller's own door (the resident's account, or the
device that measured). Values from home are judged by the limits for the home.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from care.record import rules
from care.record.events import HomeReadingTaken
from care.record.models import EntryStatus, Interpretation, Meal, Observation, VitalSign
from care.record.schemas import VitalsIn
from care.record.service import FIELDS, refuse_impossible
from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict
from core.outbox import record
from people.ages import years
from people.models import Organization, Patient

BY_RESIDENT: Final = "居民自测"
BY_DEVICE: Final = "设备上传"


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so: the account that acts, the words that stand beside the value; whose house it
    was (else the resident's own), and whether it was at home. A `quiet` one is written down as it
    is and raises no alert, because it comes too late for that."""

    who: Who
    name: str = BY_RESIDENT
    house: Organization | None = None
    at_home: bool = True
    quiet: bool = False


async def record_at_home(
    source: Source, patient: Patient, entry: VitalsIn, panel_id: UUID
) -> list[Observation]:
    """Write one round down. The same `panel_id` twice is one round.

    `patient` has its managing organization loaded. Raises Invalid with the fields that nobody can
    have, Conflict for a round of somebody else.
    """
    there = await Observation.filter(panel_id=panel_id).order_by("code")
    if there:
        if there[0].patient_id != patient.id:
            raise Conflict("another_patient", "这次测量已经记过了,请重新填写。")
        return there
    refuse_impossible(entry, patient)
    rows = [
        _observation(source, patient, panel_id, code, entry)
        for code, name in FIELDS.items()
        if getattr(entry, name) is not None
    ]
    levels = {row.interpretation for row in rows}
    taken = HomeReadingTaken(
        patient_id=str(patient.id),
        panel_id=str(panel_id),
        critical=Interpretation.CRITICAL in levels and not source.quiet,
        high=Interpretation.HIGH in levels,
    )
    async with db.atomic():
        for row in rows:
            await row.save(force_create=True)
        await audit(source.who, "vitals.home", f"Panel/{panel_id}", patient_id=patient.id)
        await record(taken, subject=f"Patient/{patient.id}")
    return rows


def _observation(
    source: Source, patient: Patient, panel_id: UUID, code: VitalSign, entry: VitalsIn
) -> Observation:
    value = getattr(entry, FIELDS[code])
    found: dict[str, Any] = {
        "diastolic": entry.diastolic if code is VitalSign.BLOOD_PRESSURE else None,
        "meal": (entry.meal or Meal.RANDOM) if code is VitalSign.GLUCOSE else None,
    }
    age = years(patient.birth_date, clock.today())
    house = source.house or patient.managing_organization
    level = rules.judge(code, value, age_years=age, at_home=source.at_home, **found).level
    return Observation(
        id=uuid4(),
        patient_id=patient.id,
        recorded_at=clock.now(),
        recorder_id=source.who.account_id,
        recorder_name=source.name,
        organization_id=house.id,
        organization_name=house.name,
        panel_id=panel_id,
        code=code,
        value=value,
        measured_at=entry.measured_at,
        method=entry.method,
        device=entry.device,
        interpretation=level,
        **found,
    )


async def panel(panel_id: UUID) -> list[Observation]:
    """One round as it counts now."""
    rows = Observation.filter(panel_id=panel_id, status=EntryStatus.ACTIVE)
    return await rows.order_by("code").select_related("patient")


async def at_home(patient_ids: list[UUID], most: int) -> list[Observation]:
    """The last values that were measured at home, the latest first."""
    rows = Observation.filter(
        patient_id__in=patient_ids,
        status=EntryStatus.ACTIVE,
        recorder_name__in=[BY_RESIDENT, BY_DEVICE],
    )
    return await rows.order_by("-measured_at", "code").limit(most)
