"""Values that the team wants measured at home: asked for after a follow-up that was not satisfied,
every so many days, until one comes or the next follow-up is satisfied. Off unless the house wants
it (`Params.home_reading`).
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from care.record.models import Observation, VitalSign
from core import clock, db
from core.outbox import record
from family_doctor.care_plan.events import ReadingSettled, ReadingWanted
from family_doctor.care_plan.models import CarePlan, Programme, ReadingRequest, Wanted
from family_doctor.care_plan.policy import params
from family_doctor.care_plan.states import PlanStatus
from people.links import survivor

PROGRAMME: Final = {
    Wanted.BLOOD_PRESSURE: Programme.HYPERTENSION,
    Wanted.GLUCOSE: Programme.DIABETES,
}
SIGN: Final = {
    VitalSign.BLOOD_PRESSURE: Wanted.BLOOD_PRESSURE,
    VitalSign.GLUCOSE: Wanted.GLUCOSE,
}


async def ask(patient_id: UUID, measure: Wanted, *, number: int = 1) -> None:
    """One is wanted in so many days; one that is asked for already gives way."""
    await settle(patient_id, measure)
    if not params().home_reading:
        return
    row = await ReadingRequest.create(
        patient_id=patient_id,
        measure=measure,
        open=_name(patient_id, measure),
        number=number,
        due_on=clock.today() + timedelta(days=params().home_reading),
        made_at=clock.now(),
    )
    await record(ReadingWanted(request_id=str(row.id)), subject=f"Patient/{patient_id}")


async def settle(patient_id: UUID, measure: Wanted) -> bool:
    """Nothing is wanted any more, or it came; whether something was."""
    rows = ReadingRequest.filter(patient_id=patient_id, measure=measure, ended_at=None)
    found = await rows
    for row in found:
        mine = ReadingRequest.filter(id=row.id, ended_at=None)
        if await mine.update(open=None, ended_at=clock.now()):
            settled = ReadingSettled(request_id=str(row.id))
            await record(settled, subject=f"Patient/{patient_id}")
    return bool(found)


async def came(patient_id: UUID, panel_id: UUID) -> None:
    """Something was measured at home: the next one is wanted after the same time."""
    patient_id = await survivor(patient_id)
    measured = await Observation.filter(panel_id=panel_id)
    async with db.atomic():
        for code in {row.code for row in measured}:
            measure = SIGN.get(code)
            if measure is not None and await settle(patient_id, measure):
                await ask(patient_id, measure)


async def again(request_id: UUID) -> None:
    """It was said, and may not help: once more after the same time, only so often."""
    async with db.atomic():
        mine = ReadingRequest.filter(id=request_id, ended_at=None, open__isnull=False)
        row = await mine.first()
        if row is None or row.number >= params().home_readings or not await mine.update(open=None):
            return
        if not params().home_reading or not await still_wanted([request_id]):
            return
        following = await ReadingRequest.create(
            patient_id=row.patient_id,
            measure=row.measure,
            open=_name(row.patient_id, row.measure),
            number=row.number + 1,
            due_on=row.due_on + timedelta(days=params().home_reading),
            made_at=clock.now(),
        )
        wanted = ReadingWanted(request_id=str(following.id))
        await record(wanted, subject=f"Patient/{row.patient_id}")


async def still_wanted(ids: Collection[UUID]) -> set[UUID]:
    """Those nobody has answered, for patients whose programme goes on."""
    asked = ReadingRequest.filter(id__in=list(ids), ended_at=None)
    rows = await asked.filter(patient__deceased_on=None)
    whose = dict(
        zip(
            [row.id for row in rows],
            await asyncio.gather(*(survivor(row.patient_id) for row in rows)),
            strict=True,
        )
    )
    plans = CarePlan.filter(patient_id__in=set(whose.values()), status=PlanStatus.ACTIVE)
    runs = {(plan.patient_id, plan.programme) for plan in await plans}
    return {row.id for row in rows if (whose[row.id], PROGRAMME[row.measure]) in runs}


def _name(patient_id: UUID, measure: Wanted) -> str:
    return f"{patient_id}:{measure}"
