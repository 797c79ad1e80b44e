"""电话通知 over HTTP: whom to call, what was tried before, the outcome, and nobody else's."""

import pytest

from core.audit import AuditEvent
from notifications.models import CallTask, Communication, RecipientKind
from notifications.service import Message, tell
from notifications.states import Call, Stage
from tests.booking.conftest import at
from tests.mini_program_api.phones import until
from tests.people.conftest import resident

__all__ = ["resident"]
WORDS = {"patient": "李**", "place": "县医院", "at": at(4, 9), "state": "停诊", "note": "请看"}
STOPPED = Message("appointment_changed", "医院停诊", "李秀英:4 日上午停诊,请选别的时间。", WORDS)


@pytest.fixture
async def task(clock, house, resident):
    """Somebody without account or reachable number is to be told."""
    patient = await resident("李秀英")
    patient.phone = None
    await patient.save(update_fields=["phone"])
    assert await tell(patient.id, "Appointment/1/stopped", STOPPED) == 1
    await until(CallTask.all().count, bool)
    return await CallTask.get().select_related("patient")


async def test_the_call_is_made_and_written_down(house, task):
    here = await house.signed_in("village1")
    listed = await (await here.get("/calls")).text()
    assert "李秀英" in listed
    assert "医院停诊" in listed
    page = await (await here.get(f"/calls/{task.id}")).text()
    assert "4 日上午停诊" in page
    assert "短信:发不过去" in page
    assert "档案里没有电话" in page
    missed = await here.post(f"/calls/{task.id}/outcome", {"action": "miss", "once": "a"})
    assert missed.status == 303
    assert "李秀英" not in await (await here.get("/calls")).text(), "not before some hours"
    told = {"action": "reach", "note": "女儿接的", "once": "b"}
    for _ in range(2):
        assert (await here.post(f"/calls/{task.id}/outcome", told)).status in (303, 409)
    row = await CallTask.get(id=task.id)
    assert (row.status, row.tries, row.note) == (Call.REACHED, 2, "女儿接的")
    communication = await Communication.get()
    assert communication.recipient_kind is RecipientKind.PATIENT
    assert communication.status is Stage.REACHED
    acts = await AuditEvent.filter(patient_id=task.patient_id).values_list("action", flat=True)
    assert {"call.open", "call.miss", "call.reach"} <= set(acts)


async def test_the_page_opened_again_counts_no_second_try(house, task, clock):
    here, at = await house.signed_in("village1"), f"/calls/{task.id}"
    for key in ("a", "b"):
        assert (await here.post(f"{at}/outcome", {"action": "miss", "once": key})).status == 303
    assert (await CallTask.get(id=task.id)).tries == 1
    page = await (await here.get(at)).text()
    assert "这次已经记下" in page
    assert 'value="miss"' not in page
    assert 'value="reach"' in page, "they may call back"
    for tries in (2, 3):
        clock.move(hours=24)
        here = await house.signed_in("village1")
        for key in ("c", "d"):
            said = {"action": "miss", "once": f"{key}{tries}"}
            assert (await here.post(f"{at}/outcome", said)).status == 303
        assert (await CallTask.get(id=task.id)).tries == tries
    over = await (await here.get(at)).text()
    assert "到此为止" in over
    assert 'name="action"' not in over
    assert (await here.post(f"{at}/outcome", {"action": "reach"})).status == 409


async def test_a_wrong_outcome_is_refused(house, task):
    here = await house.signed_in("village1")
    assert (await here.post(f"/calls/{task.id}/outcome", {"action": "sell"})).status == 422
    assert (await CallTask.get(id=task.id)).status is Call.OPEN


async def test_others_do_not_learn_that_there_is_one(house, task):
    far = await house.signed_in("village2")
    assert "李秀英" not in await (await far.get("/calls")).text()
    assert (await far.get(f"/calls/{task.id}")).status == 404
    answer = await far.post(f"/calls/{task.id}/outcome", {"action": "reach"})
    assert answer.status == 404
    bureau = await house.signed_in("supervisor1")
    assert (await bureau.get("/calls")).status == 403
    assert (await CallTask.get(id=task.id)).status is Call.OPEN
