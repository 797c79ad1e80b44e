"""Who is due: calls and what follows from them, checks by the calendar, hand-over, leaving."""

from datetime import date, timedelta

import pytest

from core import clock as time
from core import db
from core.audit import SYSTEM
from core.errors import Conflict, Invalid, NotFound
from family_doctor.care_plan import calls, queries, reactions, service, tasks
from family_doctor.care_plan.models import Call, CarePlan, Programme, Task
from family_doctor.care_plan.queries import Filter, Shown
from family_doctor.care_plan.schemas import CallIn, CheckIn, EnrolIn
from family_doctor.care_plan.states import PlanStatus, TaskStatus
from family_doctor.contracts import terms
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.contracts.models import Contract, EndedBy
from people.deaths import queries as deaths
from people.events import DeathDisproved, PatientDied
from people.models import Patient
from tests.plumbing.families import ELSEWHERE, found_team, signed


def into(programme: str, began_from: date, **more) -> EnrolIn:
    return EnrolIn.model_validate({"programme": programme, "began_from": began_from} | more)


def call(answer: str, **more) -> CallIn:
    return CallIn.model_validate({"answer": answer} | more)


@pytest.fixture
async def due(signed_resident, staff):
    """A follow-up that is to be done."""
    nurse = await staff("nurse1")
    began = time.today() - timedelta(days=500)
    await service.enrol(nurse, signed_resident.id, into("hypertension", began))
    return await Task.get(patient_id=signed_resident.id)


async def shown(team, part: Shown) -> int:
    return (await queries.listed(Filter([team.id], part))).total


async def test_calls_in_vain_come_back_tomorrow_and_then_somebody_goes_there(
    due, team, staff, clock
):
    nurse = await staff("nurse1")
    for _ in range(2):
        await calls.note_call(nurse, due.id, 1, call("no_answer"))
    assert (await Task.get(id=due.id)).calls == 1, "a second tap counts once"
    assert (await shown(team, Shown.NOW), await shown(team, Shown.LATER)) == (0, 1)
    for number in (2, 3):
        clock.move(days=1)
        assert await shown(team, Shown.NOW) == 1
        await calls.note_call(nurse, due.id, number, call("no_answer"))
    assert await shown(team, Shown.HOME) == 1
    clock.move(days=20)
    line = (await queries.listed(Filter([team.id], Shown.OVERDUE))).lines[0]
    assert (line.late, line.programmes) == (8, [Programme.HYPERTENSION])


async def test_later_is_a_day_soon_and_a_refusal_is_the_next_round(due, team, staff):
    nurse, today = await staff("nurse1"), time.today()
    for wrong in (None, today - timedelta(days=1), today + timedelta(days=31)):
        with pytest.raises(Invalid):
            await calls.note_call(nurse, due.id, 1, call("later", again_on=wrong))
    await calls.note_call(nurse, due.id, 1, call("later", again_on=today + timedelta(days=3)))
    assert await shown(team, Shown.NOW) == 0
    await calls.note_call(nurse, due.id, 2, call("refused"))
    following = await Task.get(patient_id=due.patient_id, status=TaskStatus.REQUESTED)
    assert following.due == today + timedelta(days=90)
    with pytest.raises(Conflict):
        await calls.note_call(nurse, due.id, 3, call("reached"))


async def test_who_moved_is_left_in_peace(due, staff):
    nurse = await staff("nurse1")
    await calls.note_call(nurse, due.id, 1, call("moved"))
    assert not await Task.filter(status=TaskStatus.REQUESTED).exists()
    plan = await CarePlan.get(patient_id=due.patient_id)
    assert (plan.status, plan.end_reason, plan.open) == (PlanStatus.ENDED, "已迁走", None)
    assert await Call.all().count() == 1


async def test_who_is_said_to_have_died_rests_until_it_is_proven_or_not_so(due, staff):
    nurse, entry = await staff("nurse1"), call("died", note="儿子接的")
    for _ in range(2):
        await calls.note_call(nurse, due.id, 1, entry)
    assert not await Task.filter(status=TaskStatus.REQUESTED).exists()
    assert (await CarePlan.get(patient_id=due.patient_id)).status is PlanStatus.ON_HOLD
    assert (await deaths.standing(due.patient_id)).heard == "随访电话里说已去世。儿子接的"
    whose = str(due.patient_id)
    await reactions.go_on(DeathDisproved(patient_id=whose, was="proposed"))
    assert (await CarePlan.get(patient_id=due.patient_id)).status is PlanStatus.ACTIVE
    assert await Task.filter(status=TaskStatus.REQUESTED).count() == 1
    for _ in range(2):
        await reactions.lay_to_rest(PatientDied(patient_id=whose, died_on="2026-11-01"))
    plan = await CarePlan.get(patient_id=due.patient_id)
    assert (plan.status, plan.end_reason) == (PlanStatus.ENDED, "居民去世")
    assert not await Task.filter(status=TaskStatus.REQUESTED).exists()


async def test_gongwei_guifan_a_child_goes_from_check_to_check(staff, team, resident, clock):
    nurse, today = await staff("nurse1"), time.today()
    born = today - timedelta(days=70)
    child = await resident("王小雨", number="", born=born)
    await signed(child, team)
    await service.enrol(nurse, child.id, into("child", born, discharged_on=born))
    task = await Task.get(patient_id=child.id)
    assert task.code == "child_3m", "what was over before is not caught up"
    with pytest.raises(Invalid):
        await tasks.complete_check(nurse, task.id, CheckIn(done_on=today))
    clock.move(days=25)
    for _ in range(2):
        await tasks.complete_check(nurse, task.id, CheckIn(done_on=time.today()))
    codes = await Task.filter(status=TaskStatus.REQUESTED).values_list("code", flat=True)
    assert list(codes) == ["child_6m"]


async def test_programmes_are_for_whom_they_are_made(signed_resident, staff):
    nurse, today = await staff("nurse1"), time.today()
    for entry in (
        into("child", today),
        into("elderly", today),
        into("hypertension", today + timedelta(days=1)),
        into("pregnancy", today - timedelta(weeks=50)),
    ):
        with pytest.raises(Invalid):
            await service.enrol(nurse, signed_resident.id, entry)


async def test_a_task_goes_from_hand_to_hand_within_the_team_only(due, team, staff):
    nurse, village, stranger = [await staff(n) for n in ("nurse1", "village1", "village2")]
    await found_team("柳湾乡团队", ELSEWHERE)
    await tasks.hand_over(nurse, due.id, village.practitioner_id)
    mine = Filter([team.id], owner_id=village.practitioner_id)
    assert (await queries.listed(mine)).total == 1
    assert (await queries.listed(Filter([team.id], inbox=True))).total == 0
    with pytest.raises(Invalid):
        await tasks.hand_over(nurse, due.id, stranger.practitioner_id)
    with pytest.raises(NotFound):
        await tasks.hand_over(stranger, due.id, None)
    with pytest.raises(NotFound):
        await calls.note_call(stranger, due.id, 1, call("reached"))


async def test_plans_go_with_the_resident_to_the_next_team_and_rest_without_one(
    due, team, staff, clock
):
    other = await found_team("柳湾乡团队", ELSEWHERE)
    patient = await due.patient
    contract = await signed(patient, other)
    await reactions.adopt(
        ContractActivated(
            contract_id=str(contract.id), patient_id=str(patient.id), team_id=str(other.id),
            doctor_id="", follows_id="", starts_on="", ends_on="",
        )
    )  # fmt: skip
    assert (await Task.get(id=due.id)).team_id == other.id
    assert await shown(team, Shown.NOW) == 0
    async with db.atomic():
        row = await Contract.get(id=contract.id)
        await terms.end(SYSTEM, row, "terminate", EndedBy.RESIDENT, "")
    gone = ContractEnded(
        contract_id=str(contract.id), patient_id=str(patient.id), team_id=str(other.id),
        status="terminated", by="resident",
    )  # fmt: skip
    for _ in range(2):
        await reactions.release(gone)
    assert (await CarePlan.get(patient_id=patient.id)).status is PlanStatus.ON_HOLD
    assert await shown(other, Shown.NOW) == 0


async def test_the_village_table_and_filters(due, team, staff, resident, clock):
    nurse, far = await staff("nurse1"), await resident("赵铁柱", number="")
    await Patient.filter(id=far.id).update(village="石桥村")
    await signed(far, team)
    began = time.today() - timedelta(days=500)
    await service.enrol(nurse, far.id, into("diabetes", began))
    clock.move(days=20)
    rows = {row.name: row for row in await queries.villages([team.id])}
    assert (rows["石桥村"].in_care, rows["石桥村"].overdue) == (1, 1)
    assert sum(row.overdue for row in rows.values()) == 2
    one = await queries.listed(Filter([team.id], programme=Programme.DIABETES))
    assert [line.task.patient.name for line in one.lines] == ["赵铁柱"]
    assert (await queries.listed(Filter([team.id], village="石桥村"))).total == 1
    assert (await queries.counts([team.id]))[Shown.OVERDUE] == 2
    assert sum(row.due for row in rows.values()) == 2
    await Task.filter(patient_id=far.id).update(not_before=time.today() + timedelta(days=3))
    rows = {row.name: row for row in await queries.villages([team.id])}
    assert rows["石桥村"].due == 0, "a call agreed for a later day is not for today"
    assert await shown(team, Shown.NOW) == sum(row.due for row in rows.values())
