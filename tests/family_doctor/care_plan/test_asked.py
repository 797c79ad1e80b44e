"""A note and a referral ask the patient's family-doctor team; the team does it and ticks it off."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from core import clock as time
from core import db
from core.audit import SYSTEM
from core.outbox import OutboxEntry
from family_doctor.care_plan import asked, reactions, tasks
from family_doctor.care_plan.models import Task, TaskKind
from family_doctor.care_plan.schemas import CheckIn
from family_doctor.care_plan.states import TaskStatus
from family_doctor.contracts import terms
from family_doctor.contracts.events import ContractEnded
from family_doctor.contracts.models import Contract, EndedBy
from people.models import Patient
from tests.care.encounter.conftest import desk, noted
from tests.care.encounter.test_note import visit
from tests.care.referral.test_walk import agreed, referred
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.plumbing.families import found_team, signed

__all__ = ["desk", "phone", "visit"]


@pytest.fixture
async def looked_after(visit):
    """The resident of the visit is signed with 青石镇's team."""
    patient = await Patient.get(name="李秀英")
    await signed(patient, await found_team())
    return patient


async def test_whoever_was_referred_is_asked_after_within_two_weeks(
    visit, desk, looked_after, house
):
    """公卫规范, 高血压患者健康管理: 转诊后 2 周内主动随访转诊情况."""
    li, _, here = visit
    await noted(desk, here)
    await referred(desk, here)
    path = await agreed(li)
    assert await waiting() is None, "nobody has accepted"
    there = await house.signed_in("county2")
    await there.post(f"{path}/acceptance", {"answer": "周三上午来"})
    task = await until(waiting, bool)
    assert task.due == time.today() + timedelta(days=14)
    assert "转到云河县人民医院 内分泌科了" in task.reason
    await there.post(f"{path}/closure", {"outcome": "加用二甲双胍,三个月复查"})

    async def told():
        found = await waiting()
        return found and "接着照看:加用二甲双胍" in found.reason

    await until(told, bool)
    assert await Task.filter(kind=TaskKind.ASKED).count() == 1


async def waiting():
    return await Task.get_or_none(kind=TaskKind.ASKED, status=TaskStatus.REQUESTED)


async def test_a_note_asks_the_team_and_the_team_ticks_it_off(visit, desk, looked_after, house):
    _, _, here = visit
    day = time.today() + timedelta(days=14)
    done = await noted(desk, here, follow_up="两周后村医量血压", follow_by=day.isoformat())
    assert done.status == 303, await done.text()
    task = await until(waiting, bool)
    assert (task.patient_id, task.due, task.owner_id) == (looked_after.id, day, None)
    assert "刘明华(云河县人民医院)复诊后交代:两周后村医量血压" in task.reason

    nurse = await house.signed_in("nurse1")
    here = f"/follow-ups/patients/{looked_after.id}"
    page = await (await nurse.get(here)).text()
    assert "医生请团队做" in page
    assert "两周后村医量血压" in page
    fields = {"done_on": time.today().isoformat(), "note": "血压 132/80"}
    ticked = await nurse.post(f"/follow-ups/tasks/{task.id}/completion", fields)
    assert ticked.status == 303, await ticked.text()
    await task.refresh_from_db()
    assert (task.status, task.end_reason) == (TaskStatus.COMPLETED, "血压 132/80")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"follow_by": "2000-01-01", "follow_up": "量血压"}, "随访的日子要在明天到一年之内"),
        ({"follow_by": "2099-01-01", "follow_up": "量血压"}, "随访的日子要在明天到一年之内"),
        ({"follow_by": "TOMORROW"}, "请写一句要团队做什么"),
    ],
)
async def test_a_day_without_words_or_out_of_reach_is_not_signed(visit, desk, typed, field):
    tomorrow = (time.today() + timedelta(days=1)).isoformat()
    sent = {name: tomorrow if value == "TOMORROW" else value for name, value in typed.items()}
    refused = await noted(desk, visit[2], **sent)
    assert refused.status == 422
    assert field in re.sub(r"\s+", "", await refused.text())
    assert await Task.all().count() == 0


async def test_without_a_team_nobody_is_asked(visit, desk):
    day = (time.today() + timedelta(days=14)).isoformat()
    done = await noted(desk, visit[2], follow_up="量血压", follow_by=day)
    assert done.status == 303
    assert await waiting() is None


async def test_told_again_it_is_one_task_and_changed_words_change_it(signed_resident, staff):
    patient, source, day = signed_resident, uuid4(), time.today() + timedelta(days=5)
    await asked.ask(patient.id, source, by=day, words="换药")
    await asked.ask(patient.id, source, by=day + timedelta(days=2), words="换药、拆线")
    task = await Task.get()
    assert (task.due, task.reason) == (day + timedelta(days=2), "换药、拆线")
    nurse = await staff("nurse1")
    await tasks.complete_check(nurse, task.id, CheckIn(done_on=time.today(), note="拆了"))
    await asked.ask(patient.id, source, by=day, words="换药")
    await asked.withdraw(patient.id, source)
    assert (await Task.get()).status is TaskStatus.COMPLETED, "what was done is not asked again"


async def test_a_correction_takes_it_back(signed_resident, clock):
    source = uuid4()
    await asked.ask(signed_resident.id, source, by=time.today(), words="换药")
    await asked.withdraw(signed_resident.id, source)
    assert (await Task.get()).status is TaskStatus.CANCELLED


async def test_long_words_are_cut_and_say_so(signed_resident, clock):
    await asked.ask(signed_resident.id, uuid4(), by=time.today(), words="量血压。\n" * 60)
    reason = (await Task.get()).reason
    assert len(reason) == asked.LONGEST
    assert reason.endswith("全文在病历里)")


async def test_whoever_leaves_the_team_is_not_asked_after(signed_resident, clock):
    await asked.ask(signed_resident.id, uuid4(), by=time.today(), words="换药")
    contract = await Contract.get(patient_id=signed_resident.id)
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "搬走了")
    (told,) = await OutboxEntry.filter(name=ContractEnded.name)
    await reactions.release(ContractEnded(**told.payload))
    assert (await Task.get()).status is TaskStatus.CANCELLED
