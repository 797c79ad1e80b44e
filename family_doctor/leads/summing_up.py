"""What the next doctor should know of a resident whom the team refers: the last readings, the
programmes, and what the last follow-up found. Lines of text, fixed when the referral is written."""

from typing import Final
from uuid import UUID

from care.record.models import EntryStatus, Observation, VitalSign
from core.clock import in_words
from family_doctor.alerts import rules
from family_doctor.care_plan import words as plans
from family_doctor.care_plan.models import CarePlan
from family_doctor.care_plan.states import PlanStatus
from family_doctor.followup import queries as follow_ups
from family_doctor.followup import words as found
from people.links import same_person

READ: Final = (VitalSign.BLOOD_PRESSURE, VitalSign.GLUCOSE)
MOST: Final = 5


async def readings(patient_id: UUID) -> list[str]:
    """The last pressures and glucoses, the latest first, wherever they were taken."""
    rows = Observation.filter(
        patient_id__in=await same_person(patient_id),
        code__in=list(READ),
        status=EntryStatus.ACTIVE,
    )
    latest = await rows.order_by("-measured_at", "id").limit(MOST)
    return [f"{rules.in_words(row)}({in_words(row.measured_at)})" for row in latest]


async def lines(patient_id: UUID) -> list[str]:
    """All of it, for the department that is asked."""
    running = CarePlan.filter(patient_id=patient_id, status=PlanStatus.ACTIVE)
    named = [plans.PROGRAMMES[plan.programme] for plan in await running.order_by("opened_at", "id")]
    said = [f"在管:{'、'.join(named)}"] if named else []
    said += [f"测到:{one}" for one in await readings(patient_id)]
    for row in await follow_ups.latest(patient_id, 1):
        _, word = found.class_of(row.classification)
        said.append(f"最近随访:{row.met_on} {word},{row.by_name}")
    return said


async def reason(words: str, patient_id: UUID) -> str:
    """The form's first words; whoever refers goes on from here."""
    latest = await readings(patient_id)
    return f"{words}。最近一次:{latest[0]}。" if latest else f"{words}。"
