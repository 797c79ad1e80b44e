"""Reads of follow-ups. None of these is a door."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from care.record.models import Condition, EntryStatus
from core.clock import SHANGHAI
from family_doctor.care_plan.calendar import BY_TABLE
from family_doctor.care_plan.models import CarePlan, Programme
from family_doctor.care_plan.policy import params
from family_doctor.care_plan.states import PlanStatus
from family_doctor.followup.judging import Known, before_of
from family_doctor.followup.models import FACE_TO_FACE, FollowUp, Mode
from family_doctor.followup.rules.table import Before, Row, decision
from family_doctor.followup.rules.together import Disease
from people.ages import years
from people.links import same_person
from people.models import Patient

KIDNEY_DISEASE: Final = "N18"
LOOK_BACK: Final = 12


async def plans_by_table(patient_id: UUID) -> dict[Programme, CarePlan]:
    """The patient's running plans of hypertension and diabetes."""
    mine = await same_person(patient_id)
    rows = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ACTIVE)
    return {row.programme: row for row in await rows.filter(programme__in=list(BY_TABLE))}


async def known(patient: Patient, plans: Mapping[Programme, CarePlan], on: date) -> Known:
    """What the rules have to know beside the form."""
    mine = await same_person(patient.id)
    kidneys = Condition.filter(
        patient_id__in=mine, status=EntryStatus.ACTIVE, icd10__startswith=KIDNEY_DISEASE
    )
    return Known(
        age=years(patient.birth_date, on),
        plans=plans,
        kidney_disease=await kidneys.exists(),
        before=await _before(patient.id, on),
    )


async def _before(patient_id: UUID, on: date) -> dict[Disease, Before | None]:
    rows = await latest(patient_id, LOOK_BACK, until=on)
    found: dict[Disease, Before | None] = {}
    for disease in Disease:
        stored = (row.judged[disease] for row in rows if disease in row.judged)
        found[disease] = before_of(next(stored, None))
    return found


async def latest(patient_id: UUID, most: int, *, until: date | None = None) -> list[FollowUp]:
    """The last follow-ups of a patient that were not entered in error, the latest first."""
    rows = FollowUp.filter(patient_id__in=await same_person(patient_id), wrong_at=None)
    if until is not None:
        rows = rows.filter(met_on__lte=until)
    return await rows.order_by("-met_on", "-recorded_at").limit(most)


async def is_newest(patient_id: UUID, met_on: date) -> bool:
    """Whether nobody has seen the patient after that day, as far as forms have come in."""
    rows = FollowUp.filter(patient_id__in=await same_person(patient_id), wrong_at=None)
    return not await rows.filter(met_on__gt=met_on).exists()


async def due_on(plan: CarePlan, disease: Disease) -> date:
    """The last day for the next contact about this disease, by the last form that asked about it;
    without one, soon after the plan was opened."""
    for row in await latest(plan.patient_id, LOOK_BACK):
        if disease in row.judged:
            found = row.judged[disease]["row"]
            wanted = Row.EMERGENCY if found is None else Row(found)
            return decision(wanted, params().table).next_by(row.met_on)
    return plan.opened_at.astimezone(SHANGHAI).date() + timedelta(days=params().first)


async def in_year(patient_id: UUID, year: int) -> tuple[int, int, int]:
    """How many were face to face, by video and by phone (公卫规范: four face to face a year)."""
    span = (date(year, 1, 1), date(year, 12, 31))
    sound = FollowUp.filter(patient_id__in=await same_person(patient_id), wrong_at=None)
    rows = await sound.filter(met_on__range=span).only("id", "mode")
    met = sum(row.mode in FACE_TO_FACE for row in rows)
    video, phone = (sum(row.mode is mode for row in rows) for mode in (Mode.VIDEO, Mode.PHONE))
    return met, video, phone
