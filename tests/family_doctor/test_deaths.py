"""Over HTTP: a call says somebody has died, the village doctor records it, and what follows."""

from datetime import timedelta
from uuid import UUID

import pytest

from booking.models import Appointment
from booking.states import Status as Booked
from care.fhir.resources import patient as fhir
from care.record.models import Observation
from core import clock as time
from family_doctor.alerts import reactions as alerting
from family_doctor.alerts import service
from family_doctor.alerts.events import AlertUnanswered
from family_doctor.alerts.models import Alert, AlertStep, Level
from family_doctor.alerts.states import Status as Heard
from family_doctor.care_plan.models import CarePlan, Task
from family_doctor.care_plan.states import PlanStatus
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.teams.models import CareTeam
from notifications.models import CallTask, Communication
from notifications.service import Message, tell
from notifications.states import Stage
from people.events import DeathDisproved
from people.models import Patient
from tests.booking.conftest import new_schedule, new_slot
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.plumbing.families import found_team, signed

__all__ = ["phone"]
PROOF = {"died_on": "2026-10-30", "ground": "certificate", "evidence": "编号 4403,儿子带来"}


@pytest.fixture
async def li(clock, house, phone):
    """李秀英 with a phone, signed, followed up for hypertension, and booked for Thursday."""
    team = await found_team()
    li = await phone("li", add="李秀英")
    patient = await Patient.get(id=li.patient_id)
    await signed(patient, team)
    clinic = await new_schedule(fee_fen=1200)
    slot = await new_slot(clinic, time.now() + timedelta(days=3), places=1)
    body = {"slot_id": str(slot.id), "patient_id": li.patient_id}
    booked = await li.post("/appointments", body)
    path = f"/appointments/{booked.body['id']}"
    await li.pay((await li.post(f"{path}/payment")).body)
    await until(lambda: li.get(path), lambda answer: answer.body["status"] == "booked")
    return li


RED = {"systolic": "186", "diastolic": "112"}


async def test_an_alert_rings_no_more_and_does_not_come_back(li, house, clock):
    village = await house.signed_in("village1")
    record, readings = f"/patients/{li.patient_id}", f"/patients/{li.patient_id}/readings"
    red = await li.post(readings, RED | {"measured_at": time.now().isoformat()}, key="red")
    assert red.body["call"]
    alert = await until(Alert.filter(status=Heard.NOTIFIED).first, bool)
    assert (await village.post(f"{record}/death", PROOF)).status == 303
    await until(Alert.filter(status=Heard.ENDED).first, bool)
    clock.move(minutes=25)
    for level in (Level.DOCTOR, Level.DUTY):
        await alerting.unanswered(AlertUnanswered(alert_id=str(alert.id), level=level))
    assert (await Alert.get(id=alert.id)).level is Level.TEAM, "nobody is asked after that"
    one = f"/alerts/{alert.id}"
    assert "居民去世,不再提醒" in await (await village.get(one)).text()
    assert "居民去世,不再提醒" in await (await village.get("/alerts?shown=over")).text()
    assert (await village.post(f"{one}/acknowledgement", {"value": "186/112"})).status == 409

    kept = (await li.get(readings)).body
    assert (kept["advice"], kept["call"], len(kept["items"])) == ("", False, 1)
    assert kept["items"][0]["alert_name"] == ""
    more = await li.post(readings, RED | {"measured_at": time.now().isoformat()}, key="more")
    assert (more.status, more.code) == (409, "deceased")

    undone = await village.post(f"{record}/death/undoing", {"reason": "本人来了"})
    assert undone.status == 303
    await until(AlertStep.filter(action="disprove").count, bool)
    await alerting.say_it_stays(DeathDisproved(patient_id=li.patient_id, was="recorded"))
    assert await AlertStep.filter(action="disprove").count() == 1
    assert (await village.get(one)).status == 404, "nobody's resident any more"
    team = await CareTeam.get()
    await signed(await Patient.get(id=li.patient_id), team)
    assert "这条危急值不会自动恢复" in await (await village.get(one)).text()
    assert (await Alert.get(id=alert.id)).status is Heard.ENDED
    assert "现在再量一次" in (await li.get(readings)).body["advice"]


async def test_a_value_that_comes_after_the_death_rings_nobody(li, house, clock):
    body = RED | {"measured_at": time.now().isoformat()}
    assert (await li.post(f"/patients/{li.patient_id}/readings", body, key="red")).status == 201
    await until(Alert.all().count, bool)
    panel = (await Observation.filter(patient_id=li.patient_id).first()).panel_id
    await AlertStep.all().delete()
    await Alert.all().delete()
    await Patient.filter(id=li.patient_id).update(deceased_on=time.today())
    assert await service.raise_alert(UUID(li.patient_id), panel) is None
    assert not await Alert.exists()


def words(topic: str, title: str) -> Message:
    return Message(topic=topic, title=title, text=title, words={})


async def test_what_was_going_on_ends_and_the_family_goes_on_reading(li, house):
    village = await house.signed_in("village1")
    record = f"/patients/{li.patient_id}"
    one = f"/follow-ups{record}"
    began = {"programme": "hypertension", "began_from": "2020-01-01", "supervised_by_staff": "1"}
    assert (await village.post(f"{one}/plans", began)).status == 303
    task = await Task.get(patient_id=li.patient_id)
    whose = UUID(li.patient_id)
    tomorrow = time.now() + timedelta(days=1)
    await tell(whose, "Test/1", words("health_article", "健康知识"), due_at=tomorrow)
    said = {"answer": "died", "note": "儿子接的"}
    answer = await village.post(f"/follow-ups/tasks/{task.id}/calls/1", said)
    assert answer.headers["Location"] == f"{record}/death"
    page = await (await village.get(f"{record}/death")).text()
    assert "听说去世,还没有凭证" in page
    assert "儿子接的" in page
    assert "听说这位居民已去世" in await (await village.get(record)).text()
    assert (await (await house.signed_in("village2")).post(f"{record}/death", PROOF)).status == 404
    wrong = await village.post(f"{record}/death", PROOF | {"died_on": "2027-01-01"})
    assert wrong.status == 422
    assert "今天以后" in await wrong.text()
    assert (await village.post(f"{record}/death", PROOF)).status == 303
    contract = Contract.filter(patient_id=li.patient_id)
    await until(contract.first, lambda row: row.status is Status.TERMINATED)
    appointment = Appointment.filter(patient_id=li.patient_id)
    await until(appointment.first, lambda row: row.status is Booked.CANCELLED)
    row = await until(appointment.first, lambda row: row.refunded_at is not None)
    assert (row.refund_fen, row.reason) == (1200, "居民去世")
    plan = CarePlan.filter(patient_id=li.patient_id)
    await until(plan.first, lambda row: row.status is PlanStatus.ENDED)
    article = Communication.filter(topic="health_article")
    await until(article.first, lambda row: row.status is Stage.WITHDRAWN)
    assert await tell(whose, "Test/2", words("contract_renewal", "快到期了")) == 0
    assert await tell(whose, "Test/3", words("refund", "退款")) == 1, "that is the family's money"
    assert not await CallTask.exists()

    dead = await (await village.get(record)).text()
    assert "已故(2026-10-30)" in dead
    patient = await Patient.get(id=li.patient_id).select_related("managing_organization")
    assert fhir.shown(patient, [], [], "http://x")["deceasedDateTime"] == "2026-10-30"
    again = await li.post(
        "/appointments", {"slot_id": str(row.slot_id), "patient_id": li.patient_id}
    )
    assert (again.status, again.code) == (409, "deceased")
    assert (await li.get(f"/patients/{li.patient_id}/readings")).status == 200

    undone = await village.post(f"{record}/death/undoing", {"reason": "本人来了,核对过证件"})
    assert undone.status == 303
    alive = await (await village.get(record)).text()
    assert "已故(" not in alive
    assert "登记去世" in alive
    again = await li.post(
        "/appointments", {"slot_id": str(row.slot_id), "patient_id": li.patient_id}
    )
    assert again.status == 201
