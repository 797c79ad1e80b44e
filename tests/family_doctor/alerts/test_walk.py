"""A reading at home turns red: the team hears, somebody reads it back, acts and closes; by the
clock it goes up, and what is no reading is refused."""

from datetime import timedelta

import pytest

from app.demo import people as demo
from care.record.models import Interpretation, Observation
from core import clock as time
from core.audit import AuditEvent
from family_doctor.alerts.models import Alert, AlertStep, Level
from family_doctor.alerts.states import Status
from family_doctor.care_plan.models import Programme, Task
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from people.models import Patient
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["phone"]


def round_of(**values):
    return {"measured_at": time.now().isoformat(), **values}


async def measured(one, *, key="first", **values):
    path = f"/patients/{one.patient_id}/readings"
    return await one.post(path, round_of(**values), key=key)


async def rung():
    await until(lambda: Alert.exclude(status=Status.RAISED).count(), bool)
    return await Alert.all().order_by("-raised_at").first()


async def test_a_red_reading_is_answered_read_back_handled_and_closed(phone, house, clock):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    team = await found_team()
    await found_team("柳湾乡团队", ELSEWHERE)
    patient = await Patient.get(id=li.patient_id)
    await signed(patient, team)
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=time.today() - timedelta(days=90))
    await enrol(await actor("nurse1"), patient.id, entry)

    fine = await measured(li, systolic="128", diastolic="79", pulse="70")
    assert (fine.status, fine.body["advice"], fine.body["call"]) == (201, "", False)
    clock.move(minutes=15)
    high = await measured(li, key="high", systolic="137", diastolic="80")
    assert "再量一次" in high.body["advice"], "at home 135/85 is the limit"
    clock.move(minutes=15)
    for _ in range(2):
        red = await measured(li, key="red", systolic="186", diastolic="112")
        assert red.body["call"]
        assert "120" in red.body["advice"]
    alert = await rung()
    assert (alert.value, alert.team_id, alert.level) == ("186/112", team.id, Level.TEAM)
    assert await Observation.filter(interpretation=Interpretation.CRITICAL).count() == 1

    stranger = await house.signed_in("village2")
    one = f"/alerts/{alert.id}"
    assert (await stranger.get(one)).status == 404
    assert "李秀英" not in await (await stranger.get("/alerts")).text()
    assert (await stranger.post(f"{one}/acknowledgement", {"value": "186/112"})).status == 404

    village = await house.signed_in("village1")
    assert "李秀英" in await (await village.get("/alerts")).text()
    heart = await house.signed_in("county1")
    assert "血压 186/112 mmHg" in await (await heart.get("/today")).text()
    wrong = await village.post(f"{one}/acknowledgement", {"value": "168/112"})
    assert wrong.status == 422
    assert "再复述一遍" in await wrong.text()
    early = await village.post(f"{one}/closure", {"outcome": "没事了"})
    assert early.status == 409
    for _ in range(2):
        taken = await village.post(f"{one}/acknowledgement", {"value": "186／112"})
        assert taken.status == 303
    nurse = await house.signed_in("nurse1")
    late = await nurse.post(f"{one}/acknowledgement", {"value": "186/112"})
    assert late.status == 409
    assert "已经接了" in await late.text()
    shown = (await li.get(f"/patients/{li.patient_id}/readings")).body
    assert "医生已经看到" in shown["items"][0]["alert_name"]

    assert (await village.post(f"{one}/handling", {"measure": "phoned"})).status == 422
    done = {"measure": "phoned", "note": "没有头痛胸闷,漏服两天药,已补服,半小时后复测"}
    assert (await village.post(f"{one}/handling", done)).status == 303
    following = await Task.get(patient_id=patient.id, status="requested")
    assert following.due <= time.today() + timedelta(days=14)
    assert "危急值" in following.reason
    closed = await village.post(f"{one}/closure", {"outcome": "复测 152/90,明天来诊室"})
    assert closed.status == 303
    assert (await Alert.get(id=alert.id)).status is Status.CLOSED
    assert "复测 152/90" in await (await nurse.get(one)).text()
    assert [step.action for step in await AlertStep.all().order_by("id")] == [
        "raise", "notify", "acknowledge", "handle", "close",
    ]  # fmt: skip
    acts = set(
        await AuditEvent.filter(subject=f"Alert/{alert.id}").values_list("action", flat=True)
    )
    assert {"alert.open", "alert.acknowledge", "alert.handle", "alert.close"} <= acts
    assert (await zhang.get(f"/patients/{li.patient_id}/readings")).status == 404
    assert (await measured(zhang, systolic="120", diastolic="80")).status == 201


async def test_nobody_answers_and_it_goes_up_by_the_clock(phone, house, clock):
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    await measured(li, glucose="17.2", meal="fasting")
    alert = await rung()
    county = await house.signed_in("county2")
    assert (await county.get(f"/alerts/{alert.id}")).status == 404, "not asked yet"
    for minutes, level in ((11, Level.DOCTOR), (10, Level.DUTY)):
        clock.move(minutes=minutes)
        await until(Alert.filter(level=level).count, bool)
    county = await house.signed_in("county2")
    assert "没有人接,请县医院接" in await (await county.get("/alerts")).text()
    took = await county.post(f"/alerts/{alert.id}/acknowledgement", {"value": "17.2"})
    assert took.status == 303
    row = await Alert.get(id=alert.id)
    assert row.acknowledged_by == demo.practitioner_id("county2")
    clock.move(minutes=30)
    assert (await Alert.get(id=alert.id)).level is Level.DUTY


async def test_without_a_team_the_county_is_asked_at_once(phone, house, clock):
    li = await phone("li", add="李秀英")
    low = await measured(li, glucose="3.1")
    assert "吃几块糖" in low.body["advice"]
    alert = await rung()
    assert (alert.team_id, alert.level) == (None, Level.DUTY)
    again = (await li.get(f"/patients/{li.patient_id}/readings")).body
    assert "还没有签约" in again["advice"]
    county = await house.signed_in("county1")
    assert (await county.get(f"/alerts/{alert.id}")).status == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"systolic": "1280", "diastolic": "80"}, "systolic"),
        ({"systolic": "80", "diastolic": "120"}, "diastolic"),
        ({"systolic": "128"}, "diastolic"),
        ({"glucose": "108"}, "glucose"),
        (
            {"systolic": "128", "diastolic": "80", "measured_at": "2099-01-01T08:00:00Z"},
            "measured_at",
        ),
        (
            {"systolic": "128", "diastolic": "80", "measured_at": "1900-01-01T08:00:00Z"},
            "measured_at",
        ),
        ({}, ""),
    ],
)
async def test_what_nobody_can_have_is_refused_with_a_reason(phone, clock, values, field):
    li = await phone("li", add="李秀英")
    answer = await measured(li, **values)
    assert answer.status == 422
    if field:
        assert field in {one["field"] for one in answer.body["errors"]}
    assert await Observation.all().count() == 0
