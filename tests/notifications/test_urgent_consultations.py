"""The specialist who is asked for an urgent consultation is told at the duty phone; the next one
when nobody answers; nobody twice, and nobody whose answer is no longer wanted."""

import pytest

from care.teleconsultation.events import ConsultationSubmitted
from care.teleconsultation.models import Consultation
from notifications.duty.telling import tell_asked
from notifications.models import Communication
from notifications.sms import sandbox as played
from notifications.states import Stage
from tests.care.conftest import resident
from tests.care.teleconsultation.conftest import story
from tests.mini_program_api.phones import until
from tests.notifications.test_duty import gateway, house, on_duty, texts, told

__all__ = ["gateway", "house", "resident", "story"]

FIRST, SECOND = "13900000021", "13900000022"
RUNG = [("staff_consultation", Stage.SENT)]


@pytest.fixture
async def both(story):
    """The two cardiologists on call, the first to be asked first."""
    await on_duty(story.house, "county1", FIRST)
    await on_duty(story.house, "county4", SECOND)


async def test_the_one_who_is_asked_is_rung_then_the_next(story, both, gateway, clock):
    consultation_id = await story.ask()
    await until(lambda: told("county1"), lambda rows: rows == RUNG)
    (text,) = texts(gateway, FIRST)
    assert "急会诊" in text
    for private in ("王秀兰", "胸闷", "心内", "大槐树"):
        assert private not in text
    assert texts(gateway, SECOND) == []
    await tell_asked(ConsultationSubmitted(consultation_id=str(consultation_id)))
    assert await told("county1") == RUNG, "once, however often the fact comes"

    clock.move(minutes=10)
    await story.drain()
    await until(lambda: told("county4"), lambda rows: rows == RUNG)
    assert len(texts(gateway, FIRST)) == 1, "who stayed silent is not asked again"
    assert len(texts(gateway, SECOND)) == 1


async def test_accepted_meanwhile_nobody_is_rung(story, both, gateway, clock):
    gateway.app[played.SANDBOX].options.busy = 10_000  # nothing leaves the house
    consultation_id = await story.ask()
    mine = Communication.filter(topic="staff_consultation")
    await until(mine.filter(tries=1).count, bool)
    await story.do("county1", f"/consultations/{consultation_id}/acceptance")
    gateway.app[played.SANDBOX].options.busy = 0
    clock.move(minutes=20)
    await until(mine.filter(status=Stage.WITHDRAWN).count, lambda count: count == 1)
    assert texts(gateway, FIRST) == texts(gateway, SECOND) == []


async def test_an_ordinary_one_waits_for_the_screen(story, both, clock):
    consultation_id = await story.ask()
    await Communication.all().delete()
    rows = Consultation.filter(id=consultation_id)
    await rows.update(mode="scheduled", urgency="ordinary")
    await tell_asked(ConsultationSubmitted(consultation_id=str(consultation_id)))
    assert await told("county1") == []


async def test_off_duty_only_one_in_danger_of_life_rings(story, both, clock):
    doctor = await story.person("county1")
    assert (await doctor.post("/duty-phone/only-alerts")).status == 303
    consultation_id = await story.ask()
    await story.drain()
    assert await told("county1") == []
    await Consultation.filter(id=consultation_id).update(urgency="emergency")
    await tell_asked(ConsultationSubmitted(consultation_id=str(consultation_id)))
    await until(lambda: told("county1"), lambda rows: rows == RUNG)
