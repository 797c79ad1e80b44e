"""From a task or an alert: talk, a video visit now or at a time, a referral; what came of it."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from app import team_leads
from app.demo import people as demo
from booking.models import Appointment, ServiceType
from booking.states import Status as Booked
from care.encounter.models import Encounter, OnlineShift
from core import clock as time
from family_doctor.care_plan.models import Programme, Task
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from family_doctor.leads.models import Lead, LeadKind
from people.models import Patient, Practitioner
from tests.booking.conftest import new_schedule, new_slot
from tests.care.encounter.conftest import diagnosed, request_for
from tests.family_doctor.alerts.test_walk import measured, rung
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["phone"]

ASKED = "家庭医生团队请您视频复诊"


@pytest.fixture
async def due(house, phone, clock):
    """A signed resident with hypertension, and the task of the first follow-up."""
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=time.today() - timedelta(days=90))
    await enrol(await actor("nurse1"), Patient(id=li.patient_id).id, entry)
    return li, await Task.get(patient_id=li.patient_id)


async def page_of(visitor, task):
    return await (await visitor.get(f"/follow-ups/patients/{task.patient_id}")).text()


async def on_shift(login="county1"):
    doctor = demo.practitioner_id(login)
    person = await Practitioner.get(id=doctor)
    moment = time.now()
    return await OnlineShift.create(
        practitioner_id=doctor,
        organization_id=person.organization_id,
        live=doctor,
        method="password",
        checked_at=moment,
        opened_at=moment,
    )


async def test_one_tap_from_a_task_into_the_conversation(house, due):
    li, task = due
    village = await house.signed_in("village1")
    for _ in range(2):
        gone = await village.post("/leads/talk", {"origin": f"Task/{task.id}"})
        assert gone.status == 303
    assert gone.headers["Location"].startswith("/talks/")
    assert (await Lead.get()).kind is LeadKind.TALK
    assert "还没有人说话" in await page_of(village, task)
    contract = (await li.get("/contracts")).body["items"][0]["id"]
    at = f"/contracts/{contract}/talk/messages"
    await until(lambda: li.get(at), lambda got: got.status == 200)
    await li.post(at, {"client_id": uuid4().hex, "text": "药吃完了"})
    assert "居民等回复" in await page_of(village, task)


async def test_a_visit_now_with_a_doctor_of_the_team_who_is_there(house, due):
    li, task = due
    await on_shift()
    nurse = await house.signed_in("nurse1")
    form = await (await nurse.get(f"/leads/visit?origin=Task/{task.id}")).text()
    assert "正在线接诊" in form
    doctor = demo.practitioner_id("county1")
    wanted = {"origin": f"Task/{task.id}", "visit": f"now.{doctor}"}
    assert (await nurse.post("/leads/visit", wanted)).status == 303
    await heard(li, ASKED)
    told = (await li.get("/communications")).body["items"]
    assert f"pages/askvisit/index?id={doctor}&patient={li.patient_id}" in [
        one["page"] for one in told
    ]
    assert "居民还没来" in await page_of(nurse, task)
    await diagnosed(li.patient_id)
    asked = await request_for(li, li.patient_id, practitioner_id=str(doctor))
    visit = (await li.post("/encounters", asked)).body
    assert (await li.post(f"/encounters/{visit['id']}/arrival")).status == 200
    shown = await page_of(nurse, task)
    assert "居民还没来" not in shown
    assert f"/visits/{visit['id']}" not in shown, "a visit opens for its doctor"
    assert f"/visits/{visit['id']}" in await page_of(await house.signed_in("county1"), task)


async def test_a_visit_at_a_time_that_is_kept_until_the_resident_says_yes(house, due):
    li, task = due
    schedule = await new_schedule(fee_fen=0, service_type=ServiceType.ONLINE, place="线上")
    await new_slot(schedule, time.now() + timedelta(hours=3), places=3)
    doctor = demo.practitioner_id("county1")
    village = await house.signed_in("village1")
    form = await (await village.get(f"/leads/visit?origin=Task/{task.id}")).text()
    assert f"time.{doctor}" in form
    assert f"now.{doctor}" not in form
    wanted = {"origin": f"Task/{task.id}", "visit": f"time.{doctor}"}
    for _ in range(2):
        assert (await village.post("/leads/visit", wanted)).status == 303
    assert await Lead.all().count() == 1, "the page opened again asks nobody twice"
    await heard(li, ASKED)
    kept = await Appointment.get()
    assert kept.status is Booked.HELD
    assert "等居民要号" in await page_of(village, task)
    assert (await li.post(f"/appointments/{kept.id}/acceptance")).body["status"] == "booked"
    assert "约好了" in await page_of(village, task)
    await diagnosed(li.patient_id)
    asked = await request_for(li, li.patient_id, appointment_id=str(kept.id))
    assert (await li.post("/encounters", asked)).status == 201
    assert await Encounter.filter(subject=f"Appointment/{kept.id}").exists()
    lead = await Lead.get()
    (outcome,) = (await team_leads.outcomes([lead])).values()
    assert outcome.word != "约好了", "the visit itself is shown from now on"


async def test_the_same_offer_from_two_tabs_is_one_and_later_another(house, due, clock):
    _, task = due
    await on_shift()
    wanted = {"origin": f"Task/{task.id}", "visit": f"now.{demo.practitioner_id('county1')}"}
    nurse = await house.signed_in("nurse1")
    tabs = (nurse.post("/leads/visit", {**wanted, "once": key}) for key in "abc")
    assert {answer.status for answer in await asyncio.gather(*tabs)} == {303}
    assert await Lead.all().count() == 1
    clock.move(minutes=11)
    assert (await nurse.post("/leads/visit", wanted)).status == 303
    assert await Lead.all().count() == 2


async def test_nobody_to_see_them_is_said(house, due):
    _, task = due
    nurse = await house.signed_in("nurse1")
    form = await (await nurse.get(f"/leads/visit?origin=Task/{task.id}")).text()
    assert "现在没有医生能看" in form
    village_doctor = demo.practitioner_id("village1")
    wanted = {"origin": f"Task/{task.id}", "visit": f"now.{village_doctor}"}
    refused = await nurse.post("/leads/visit", wanted)
    assert refused.status == 422, "诊疗办法 art. 25: no village doctor alone"
    assert await Lead.all().count() == 0


async def test_strangers_and_nonsense(house, due):
    _, task = due
    await found_team("柳湾乡团队", ELSEWHERE)
    stranger = await house.signed_in("village2")
    origin = f"Task/{task.id}"
    assert (await stranger.get(f"/leads/visit?origin={origin}")).status == 404
    assert (await stranger.post("/leads/talk", {"origin": origin})).status == 404
    nurse = await house.signed_in("nurse1")
    for nonsense in ("", "Task/x", f"Patient/{task.id}"):
        assert (await nurse.get(f"/leads/visit?origin={nonsense}")).status in (400, 422)
    for missing in (f"Task/{uuid4()}", f"Alert/{uuid4()}"):
        assert (await nurse.get(f"/leads/visit?origin={missing}")).status == 404
        assert (await nurse.post("/leads/talk", {"origin": missing})).status == 404


async def test_an_alert_leads_on_too(house, due):
    li, _ = due
    await measured(li, systolic="186", diastolic="112")
    alert = await rung()
    village = await house.signed_in("village1")
    assert (await village.post("/leads/talk", {"origin": f"Alert/{alert.id}"})).status == 303
    shown = await (await village.get(f"/alerts/{alert.id}")).text()
    assert "约视频复诊" in shown
    assert "还没有人说话" in shown


async def test_a_referral_note_with_the_last_readings_goes_with_the_residents_yes(house, due):
    li, task = due
    await measured(li, systolic="168", diastolic="102")
    origin = f"Task/{task.id}"
    village = await house.signed_in("village1")
    form = await (await village.get(f"/leads/referral?origin={origin}")).text()
    assert "最近一次:血压 168/102 mmHg" in form
    assert "在管:高血压" in form
    doctor = await Practitioner.get(id=demo.practitioner_id("county1"))
    target = f"{doctor.organization_id}.{doctor.specialty}"
    assert target in form
    wanted = {"origin": origin, "target": target, "urgency": "routine"}
    assert (await village.post("/leads/referral", wanted)).status == 422
    wanted["reason"] = "两次血压高,请看要不要换药"
    wrong = await village.post(
        "/leads/referral", wanted | {"target": f"{uuid4()}.{doctor.specialty}"}
    )
    assert wrong.status == 422
    sent = await village.post("/leads/referral", wanted)
    assert sent.status == 303
    assert sent.headers["Location"] == f"/follow-ups/patients/{li.patient_id}"
    second = await village.post("/leads/referral", wanted)
    assert second.status == 409, "one at a time"
    assert "等居民同意" in await page_of(village, task)

    row = (await li.get("/referrals")).body["items"][0]
    assert (row["encounter_id"], row["reason"]) == (None, wanted["reason"])
    county = await house.signed_in("county1")
    one = f"/referrals/{row['id']}"
    assert (await county.get(one)).status == 404, "not before the resident has agreed"
    consents = await li.consents("referral")
    agreed = await li.post(f"{one}/consent", {"consents": consents})
    assert agreed.status == 200
    shown = await (await county.get(one)).text()
    assert "测到:血压 168/102 mmHg" in shown
    answer = {"answer": "周三上午到 2 楼心内科,找刘医生"}
    assert (await county.post(f"{one}/acceptance", answer)).status == 303
    assert "周三上午到 2 楼" in await page_of(village, task)
    done = await county.post(f"{one}/closure", {"outcome": "换成氨氯地平,两周后复测"})
    assert done.status == 303
    assert "换成氨氯地平" in await page_of(village, task)
    again = await village.post("/leads/referral", wanted)
    assert again.status == 303, "the first one is over"


async def test_who_may_write_a_referral(house, due):
    _, task = due
    nurse = await house.signed_in("nurse1")
    assert (await nurse.get(f"/leads/referral?origin=Task/{task.id}")).status == 403
    assert "写转诊单" not in await page_of(nurse, task)
    await found_team("柳湾乡团队", ELSEWHERE)
    stranger = await house.signed_in("village2")
    assert (await stranger.get(f"/leads/referral?origin=Task/{task.id}")).status == 404
