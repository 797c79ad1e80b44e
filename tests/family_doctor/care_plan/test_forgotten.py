"""Nobody falls out of a programme: checks on the same day, refusals."""

from datetime import timedelta

import pytest

from core import clock as time
from core import db
from core.audit import SYSTEM
from family_doctor.care_plan import calls, reactions, service, tasks
from family_doctor.care_plan.models import CarePlan, Task
from family_doctor.care_plan.schemas import CheckIn
from family_doctor.care_plan.states import PlanStatus, TaskStatus
from family_doctor.contracts import terms
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.contracts.models import Contract, EndedBy
from people.events import DeathDisproved
from tests.family_doctor.care_plan.test_tasks import call, into
from tests.plumbing.families import ELSEWHERE, found_team, signed


def done(**more) -> CheckIn:
    return CheckIn.model_validate({"done_on": time.today()} | more)


async def open_task(patient) -> Task:
    return await Task.get(patient_id=patient.id, status=TaskStatus.REQUESTED)


async def test_mental_disorder_seen_on_the_day_of_enrolment_comes_again_in_two_weeks(
    signed_resident, staff, clock
):
    nurse, today = await staff("nurse1"), time.today()
    plan = await service.enrol(nurse, signed_resident.id, into("mental", today))
    for _ in range(2):
        task = await open_task(signed_resident)
        await tasks.complete_check(nurse, task.id, done(stability="unstable"))
        task = await open_task(signed_resident)
        assert task.due == time.today() + timedelta(days=14)
        assert (await CarePlan.get(id=plan.id)).facts["seen_on"] == time.today().isoformat()
        clock.move(days=3)


@pytest.mark.parametrize("programme", ["elderly", "child", "mental", "tuberculosis", "pregnancy"])
async def test_who_refuses_one_check_is_asked_for_the_next(programme, team, resident, staff, clock):
    nurse, today = await staff("nurse1"), time.today()
    began = {
        "elderly": today - timedelta(days=70 * 366),
        "child": today - timedelta(days=60),
    }.get(programme, today)
    patient = await resident(born=min(began, today), number="")
    await signed(patient, team)
    await service.enrol(nurse, patient.id, into(programme, began))
    task = await open_task(patient)
    await calls.note_call(nurse, task.id, 1, call("refused"))
    following = await open_task(patient)
    assert following.due >= task.due
    assert following.opens > today


async def test_a_false_death_wakes_nothing_of_who_has_left_the_team_meanwhile(
    signed_resident, staff, clock
):
    nurse, today = await staff("nurse1"), time.today()
    plan = await service.enrol(nurse, signed_resident.id, into("hypertension", today))
    task = await open_task(signed_resident)
    await calls.note_call(nurse, task.id, 1, call("died"))
    contract = await Contract.get(active_for=signed_resident.id)
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "")
    said = {"contract_id": str(contract.id), "team_id": str(contract.team_id)}
    who = {"patient_id": str(signed_resident.id)}
    await reactions.release(ContractEnded(status="terminated", by="resident", **said, **who))
    await reactions.go_on(DeathDisproved(was="proposed", **who))
    assert not await Task.filter(status=TaskStatus.REQUESTED).exists()
    team = await found_team("柳湾乡团队", ELSEWHERE)
    await signed(signed_resident, team)
    days = {"doctor_id": "", "follows_id": "", "starts_on": "", "ends_on": ""}
    said = {"contract_id": "", "team_id": str(team.id)}
    await reactions.adopt(ContractActivated(**said, **who, **days))
    assert (await CarePlan.get(id=plan.id)).status is PlanStatus.ACTIVE
    assert (await open_task(signed_resident)).team_id == team.id
