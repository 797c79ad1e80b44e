"""What plans do because a contract began or ended, or because of a death; wired in
`app.reactions`."""

from uuid import UUID

from care.record.events import HomeReadingTaken
from core import db
from family_doctor.care_plan import asked, readings, service, tasks
from family_doctor.care_plan.calls import HEARD
from family_doctor.care_plan.models import CarePlan, Task
from family_doctor.care_plan.states import PlanStatus, TaskStatus
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.followup.events import FollowUpRecorded
from family_doctor.followup.models import FollowUp
from family_doctor.followup.queries import is_newest
from family_doctor.queries import team_of
from family_doctor.words import END_REASONS
from people.events import DeathDisproved, PatientDied
from people.links import same_person

LEFT = "已不在本团队签约"


async def adopt(event: ContractActivated) -> None:
    """The resident's team has a contract: plans and what is to be done go to it."""
    patient_id, team_id = UUID(event.patient_id), UUID(event.team_id)
    async with db.atomic():
        mine = await same_person(patient_id)
        await CarePlan.filter(patient_id__in=mine, ended_at=None).update(team_id=team_id)
        open_tasks = Task.filter(patient_id__in=mine, status=TaskStatus.REQUESTED)
        await open_tasks.exclude(team_id=team_id).update(team_id=team_id, owner_id=None)
        held = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ON_HOLD, end_reason=LEFT)
        for plan in await held.select_related("patient"):
            await service.move(plan, "resume", "")


async def release(event: ContractEnded) -> None:
    """Nobody looks after the resident any more: plans rest, nothing is to be done."""
    patient_id = UUID(event.patient_id)
    if await team_of(patient_id) is not None:
        return
    async with db.atomic():
        mine = await same_person(patient_id)
        live = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ACTIVE)
        for plan in await live.select_related("patient"):
            await service.move(plan, "hold", LEFT)
        await asked.leave(mine, LEFT)


async def lay_to_rest(event: PatientDied) -> None:
    """Every programme is over, and nothing is to be done."""
    ids, reason = await same_person(UUID(event.patient_id)), END_REASONS["died"]
    async with db.atomic():
        plans = CarePlan.filter(patient_id__in=ids, ended_at=None)
        for plan in await plans.select_related("patient"):
            await service.move(plan, "end", reason)
        await tasks.cancel_all(ids, reason)


async def go_on(event: DeathDisproved) -> None:
    """It was only said so: what rests for that goes on. What a recorded death ended stays ended.
    Who has left the team meanwhile is waited for by the next one."""
    ids = await same_person(UUID(event.patient_id))
    held = CarePlan.filter(patient_id__in=ids, status=PlanStatus.ON_HOLD, end_reason=HEARD)
    async with db.atomic():
        if await team_of(ids[0]) is None:
            await held.update(end_reason=LEFT)
            return
        for plan in await held.select_related("patient"):
            await service.move(plan, "resume", "")


async def want_readings(event: FollowUpRecorded) -> None:
    """Not satisfied: values from home are asked for. Satisfied: no more."""
    row = await FollowUp.get(id=event.follow_up_id)
    if not await is_newest(row.patient_id, row.met_on):
        return
    async with db.atomic():
        for measure, programme in readings.PROGRAMME.items():
            if programme not in event.diseases:
                continue
            if row.judged[programme]["controlled"]:
                await readings.settle(row.patient_id, measure)
            else:
                await readings.ask(row.patient_id, measure)


async def reading_came(event: HomeReadingTaken) -> None:
    """What was asked for, perhaps."""
    await readings.came(UUID(event.patient_id), UUID(event.panel_id))
