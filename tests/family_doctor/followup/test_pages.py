"""The team's day over HTTP: the list, a call, the form, what the rules ask for, the next date."""

import re
from datetime import timedelta

from core import clock as time
from core.audit import AuditEvent
from family_doctor.care_plan.models import Call, CarePlan, Task
from family_doctor.followup.models import FollowUp
from tests.people.conftest import resident
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["resident"]


async def test_a_nurse_enrols_calls_fills_the_form_and_the_next_date_stands(house, resident, clock):
    team, patient = await found_team(), await resident(number="")
    await found_team("柳湾乡团队", ELSEWHERE)
    await signed(patient, team)
    nurse = await house.signed_in("nurse1")
    one = f"/follow-ups/patients/{patient.id}"
    assert "还没有纳入管理" in await (await nurse.get(one)).text()
    began = (time.today() - timedelta(days=90)).isoformat()
    wrong = await nurse.post(f"{one}/plans", {"programme": "child", "began_from": began})
    assert wrong.status == 422
    assert "0~6 岁" in await wrong.text()
    enrolled = await nurse.post(
        f"{one}/plans", {"programme": "hypertension", "began_from": began, "target_systolic": ""}
    )
    assert enrolled.status == 303
    assert await CarePlan.all().count() == 1

    clock.move(days=16)
    nurse = await house.signed_in("nurse1")
    listed = await (await nurse.get("/follow-ups")).text()
    assert patient.name in listed
    assert "超期 2 天" in listed
    assert (
        "超期" in await (await nurse.get("/follow-ups?shown=overdue&programme=hypertension")).text()
    )
    assert patient.name not in await (await nurse.get("/follow-ups?programme=diabetes")).text()
    assert "大槐树村" in await (await nurse.get("/follow-ups/villages")).text()

    task = await Task.get(patient_id=patient.id)
    at = f"/follow-ups/tasks/{task.id}/calls"
    assert (await nurse.get(f"{at}/new")).headers["Location"] == f"{at}/1"
    for _ in range(2):
        assert (await nurse.post(f"{at}/1", {"answer": "no_answer"})).status == 303
    assert await Call.all().count() == 1
    late = await nurse.post(f"{at}/2", {"answer": "later", "note": "儿子接的"})
    assert late.status == 422
    refused = await late.text()
    assert "天之内的日子" in refused
    assert 'value="儿子接的"' in refused, "what was typed stays"
    assert re.search(r'value="later"[^>]* checked', refused)
    assert "请县里会诊" not in await (await nurse.get(one)).text(), "that is for doctors"

    form = await (await nurse.get(f"{one}/records/new")).text()
    id = re.search(r'name="id" value="([0-9a-f-]{36})"', form)[1]
    filled = {
        "id": id, "diseases": "hypertension", "met_on": time.today().isoformat(), "mode": "2",
        "adherence": "2", "systolic": "１５６", "diastolic": "92", "salt": "heavy",
        "medicines": "氨氯地平 5mg 每日一次",
    }  # fmt: skip
    empty = await nurse.post(f"{one}/records", {**filled, "adherence": "", "adverse_reaction": "1"})
    assert empty.status == 422
    half = await nurse.post(f"{one}/records", {**filled, "adherence": "", "systolic": ""})
    missing = await half.text()
    assert half.status == 422
    assert 'href="#f-systolic">请填血压' in missing, "all that is missing is said at once"
    assert 'href="#f-adherence"' in missing
    assert await FollowUp.all().count() == 0
    saved = await nurse.post(f"{one}/records", filled)
    again = await nurse.post(f"{one}/records", filled)
    assert saved.headers["Location"] == again.headers["Location"] == f"/follow-ups/records/{id}"
    found = await (await nurse.get(saved.headers["Location"])).text()
    assert "控制不满意" in found
    assert "两周内再随访" in found
    assert "156/92 mmHg" in found
    assert "氨氯地平" in found
    assert "血压 156/92 mmHg" in await (await nurse.get(one)).text()
    assert "156/92" in await (await nurse.get(f"/patients/{patient.id}")).text(), "in the record"
    due = await Task.get(patient_id=patient.id, status="requested")
    assert due.due == time.today() + timedelta(days=14)

    stranger = await house.signed_in("village2")
    for path in (one, f"{one}/records/new", f"/follow-ups/records/{id}", f"{one}/plans/new"):
        assert (await stranger.get(path)).status == 404
    assert (await stranger.post(f"/follow-ups/tasks/{due.id}/owner", {})).status == 404
    assert patient.name not in await (await stranger.get("/follow-ups")).text()
    acts = set(await AuditEvent.filter(patient_id=patient.id).values_list("action", flat=True))
    assert {"care_plan.enrol", "task.call", "follow_up.record", "task.complete"} <= acts


async def test_a_plan_rests_with_a_reason_and_goes_on(house, resident, clock):
    patient = await resident(number="")
    await signed(patient, await found_team())
    lead = await house.signed_in("team1")
    one, began = f"/follow-ups/patients/{patient.id}", time.today().isoformat()
    await lead.post(f"{one}/plans", {"programme": "diabetes", "began_from": began})
    plan = await CarePlan.get(patient_id=patient.id)
    assert (await lead.post(f"/follow-ups/plans/{plan.id}/hold", {"reason": ""})).status == 422
    held = await lead.post(f"/follow-ups/plans/{plan.id}/hold", {"reason": "去儿子家过冬"})
    assert held.status == 303
    page = await (await lead.get(one)).text()
    assert "去儿子家过冬" in page
    assert "现在没有要办的" in page
    assert (await lead.post(f"/follow-ups/plans/{plan.id}/resume", {})).status == 303
    assert await Task.filter(patient_id=patient.id, status="requested").count() == 1
