"""Booked consultations: times, the join window, a missed appointment, a moved one."""

import asyncio
from datetime import datetime, timedelta

from app.demo.people import practitioner_id
from care.teleconsultation import reactions
from care.teleconsultation.hours import Booking
from care.teleconsultation.models import (
    Consultation,
    Step,
)
from care.teleconsultation.states import Status
from core.clock import SHANGHAI
from tests.care.teleconsultation.conftest import COMPLETE, OPINION, words_of

MONDAY_TWO = datetime(2026, 11, 2, 14, 0, tzinfo=SHANGHAI)
TUESDAY_THREE = datetime(2026, 11, 3, 15, 0, tzinfo=SHANGHAI)
BOOKED = {"mode": "scheduled", "urgency": "ordinary"}


async def book(story, at=MONDAY_TWO, **more):
    consultation_id = await story.ask(**BOOKED, times=at.isoformat(), **more)
    answer = {"time": at.isoformat()}
    await story.do("county1", f"/consultations/{consultation_id}/acceptance", answer)
    return consultation_id


async def test_the_form_offers_the_specialists_free_half_hours(story):
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"
    await story.post("village1", f"{here}/draft", BOOKED | {"specialty": "cardiology"})
    page = words_of(await story.read("village1", f"{here}/request"))
    assert "今天 14:00" in page
    assert "明天 16:30" in page
    assert "今天 17:00" not in page, "a consultation takes half an hour"


async def test_a_booked_room_opens_ten_minutes_before(story, clock):
    consultation_id = await book(story)
    assert await story.status(consultation_id) == Status.SCHEDULED
    clock.moment = MONDAY_TWO - timedelta(minutes=11)
    await story.come_back()
    early = await story.ticket("village1", consultation_id)
    assert early.status == 409
    assert "前 10 分钟" in (await early.json())["detail"]
    clock.moment = MONDAY_TWO - timedelta(minutes=10)
    await story.drain()
    assert await story.status(consultation_id) == Status.WAITING
    await story.meet(consultation_id, "village1", "county1")
    assert await story.status(consultation_id) == Status.IN_SESSION
    clock.moment = MONDAY_TWO + timedelta(minutes=20)
    await reactions.room_emptied(room=str(consultation_id))
    assert await story.status(consultation_id) == Status.IN_SESSION, "an empty room ends nothing"
    await story.come_back()
    assert (await story.ticket("village1", consultation_id)).status == 200, "coming back"
    await story.do("county1", f"/consultations/{consultation_id}/closure")
    await story.do("county1", f"/consultations/{consultation_id}/opinion", OPINION)


async def test_who_does_not_meet_is_told_and_may_move_the_time(story, clock):
    consultation_id = await book(story)
    here = f"/consultations/{consultation_id}"
    clock.moment = MONDAY_TWO - timedelta(minutes=10)
    await story.drain()
    clock.moment = MONDAY_TWO + timedelta(minutes=15)
    await story.drain()
    clock.move(seconds=1)
    await story.come_back()
    assert "双方没有都到" in await story.read("village1", here)
    closed = await story.ticket("village1", consultation_id)
    assert closed.status == 409
    assert "改约时间" in (await closed.json())["detail"]
    past = await story.post("village1", f"{here}/schedule", {"time": MONDAY_TWO.isoformat()})
    assert past.status == 422
    await story.do("village1", f"{here}/schedule", {"time": TUESDAY_THREE.isoformat()})
    assert await story.status(consultation_id) == Status.SCHEDULED
    clock.moment = TUESDAY_THREE - timedelta(minutes=10)
    await story.drain()
    assert await story.status(consultation_id) == Status.WAITING
    opened = await Step.filter(consultation_id=consultation_id, action="open").count()
    assert opened == 2


async def test_an_old_timer_does_not_touch_a_moved_appointment(story, clock):
    consultation_id = await book(story)
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/schedule", {"time": TUESDAY_THREE.isoformat()})
    clock.moment = MONDAY_TWO + timedelta(minutes=30)
    await story.drain()
    assert await story.status(consultation_id) == Status.SCHEDULED
    assert (await Consultation.get(id=consultation_id)).missed_at is None


async def test_one_specialist_is_not_booked_twice_for_one_time(story, other_patient):
    first = await story.ask(**BOOKED, times=MONDAY_TWO.isoformat())
    second = await story.ask(**BOOKED, times=MONDAY_TWO.isoformat(), patient=other_patient)
    answers = await asyncio.gather(
        *(
            story.post(
                "county1", f"/consultations/{one}/acceptance", {"time": MONDAY_TWO.isoformat()}
            )
            for one in (first, second)
        )
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    told = next(answer for answer in answers if answer.status == 409)
    assert "已经约了别的会诊" in await told.text()
    assert await Booking.filter(practitioner_id=practitioner_id("county1")).count() == 1
    left = {await story.status(first), await story.status(second)}
    assert left == {Status.SCHEDULED, Status.SUBMITTED}, "the refused one is still open"


async def test_without_a_time_it_is_not_sent(story):
    consultation_id = await story.draft()
    refused = await story.post(
        "village1", f"/consultations/{consultation_id}/request", COMPLETE | BOOKED
    )
    assert refused.status == 422
    assert "请至少选一个将来的时间" in await refused.text()


async def test_a_specialist_looks_first_and_sets_the_time_later(story):
    consultation_id = await story.ask(**BOOKED, times=MONDAY_TWO.isoformat())
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance", {"time": ""})
    assert await story.status(consultation_id) == Status.ACCEPTED
    closed = await story.ticket("village1", consultation_id)
    assert closed.status == 409
    await story.do("county1", f"{here}/schedule", {"time": MONDAY_TWO.isoformat()})
    assert await story.status(consultation_id) == Status.SCHEDULED


async def test_the_specialist_keeps_a_calendar(story):
    hours = {"weekday": "6", "opens": "09:00", "closes": "10:00"}
    await story.do("county1", "/calendar/hours", hours)
    overlap = await story.post("county1", "/calendar/hours", hours | {"opens": "09:30"})
    assert overlap.status == 422
    short = await story.post(
        "county1", "/calendar/hours", {"weekday": "5", "opens": "09:00", "closes": "09:20"}
    )
    assert short.status == 422
    page = words_of(await story.read("county1", "/calendar"))
    assert "09:00 – 10:00" in page
