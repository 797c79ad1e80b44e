"""Over HTTP: a call says somebody has died, the village doctor records it, and what follows."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from booking.models import Appointment
from booking.states import Status as Booked
from care.fhir.resources import patient as fhir
from core import clock as time
from family_doctor.care_plan.models import CarePlan, Task
from family_doctor.care_plan.states import PlanStatus
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from notifications.models import CallTask, Communication
from notifications.service import Message, tell
from notifications.states import Stage
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
    said = {"id": uuid4(), "answer": "died", "note": "儿子接的"}
    answer = await village.post(f"/follow-ups/tasks/{task.id}/calls", said)
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
