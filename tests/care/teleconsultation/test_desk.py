"""The desk: escalation by the clock, two acceptors at once, decline, redirect, material."""

import asyncio
from datetime import date, timedelta

import pytest

from app.demo import teleconsultation as county
from app.demo.people import organization_id, practitioner_id
from care.record.models import DocumentReference
from care.teleconsultation.hours import Shift
from care.teleconsultation.models import (
    Agreement,
    Consultation,
    Expert,
    Seat,
)
from care.teleconsultation.states import ExpertStatus, Status
from core import clock as time
from core.outbox import OutboxEntry, OutboxStatus
from people.models import Patient, Practitioner, RecordGrant, Sex
from tests.care.teleconsultation.conftest import COMPLETE, Story, examine, words_of


async def asked(consultation_id):
    seat = await Seat.get(consultation_id=consultation_id, position=0)
    return seat.asked_id


async def test_nobody_answers_and_the_next_one_is_asked_until_the_last(story, clock):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    assert await asked(consultation_id) == practitioner_id("county1")
    page = words_of(await story.read("village1", f"{here}/progress"))
    assert "正在请 刘明华 副主任医师 应答" in page

    clock.move(minutes=9, seconds=59)
    await story.drain()
    assert await asked(consultation_id) == practitioner_id("county1"), "one second is left"
    clock.move(seconds=1)
    await story.drain()
    assert await asked(consultation_id) == practitioner_id("county4")
    page = words_of(await story.read("village1", f"{here}/progress"))
    assert "10 分钟没有人应答,已转给下一位:钱文博" in page

    clock.move(minutes=10)
    await story.drain()
    assert await asked(consultation_id) == practitioner_id("county3"), "the county's duty manager"
    clock.move(minutes=10)
    await story.drain()
    await story.come_back()
    assert await story.status(consultation_id) == Status.EXPIRED
    page = words_of(await story.read("village1", here))
    assert "120" in page
    assert "转诊" in page
    states = {
        e.practitioner_id: e.status for e in await Expert.filter(consultation_id=consultation_id)
    }
    assert set(states.values()) == {ExpertStatus.MISSED}
    late = await story.post("county1", f"{here}/acceptance")
    assert late.status == 409
    await story.do("village1", f"{here}/referral", {"to": "县人民医院", "reason": "无人应答,转诊"})
    assert await story.status(consultation_id) == Status.CONVERTED_TO_REFERRAL


async def test_what_can_wait_waits_for_the_morning(story, clock):
    clock.move(hours=11)  # eight in the evening
    consultation_id = await story.ask(mode="async", urgency="ordinary")
    page = words_of(await story.read("village1", f"/consultations/{consultation_id}/progress"))
    assert "09:00 前没有应答会转给下一位" in page
    first = await asked(consultation_id)
    clock.move(hours=12, minutes=59)
    await story.drain()
    assert await asked(consultation_id) == first, "nobody was passed over asleep"
    clock.move(minutes=1)
    await story.drain()
    assert await asked(consultation_id) not in (first, None)


async def test_the_answer_time_is_a_setting(build_house, clock):
    house = await build_house(instant_answer_minutes=3)
    await county.conclude_agreements()
    await county.staff_the_desk()
    patient = await Patient.create(
        name="王秀兰",
        sex=Sex.FEMALE,
        birth_date=date(1957, 3, 2),
        managing_organization_id=organization_id("YH-T1-V1"),
        created_at=time.now(),
        created_by=practitioner_id("village1"),
    )
    await examine(house, patient)
    story = Story(house, patient)
    consultation_id = await story.ask()
    clock.move(minutes=3)
    await story.drain()
    assert await asked(consultation_id) == practitioner_id("county4")


async def test_whoever_missed_may_still_accept_before_the_next_one(story, clock):
    consultation_id = await story.ask()
    clock.move(minutes=10)
    await story.drain()
    await story.do("county1", f"/consultations/{consultation_id}/acceptance")
    consultation = await Consultation.get(id=consultation_id)
    assert consultation.status == Status.ACCEPTED
    other = await Expert.get(
        consultation_id=consultation_id, practitioner_id=practitioner_id("county4")
    )
    assert other.status == ExpertStatus.WITHDRAWN
    clock.move(minutes=11)
    await story.drain()
    assert await story.status(consultation_id) == Status.ACCEPTED, "its clock was stopped"


async def test_of_two_who_accept_at_once_the_slower_is_told_who_was_faster(story):
    consultation_id = await story.ask()
    path = f"/consultations/{consultation_id}/acceptance"
    people = ("county1", "county4")
    for username in people:
        await story.person(username)
    answers = await asyncio.gather(*(story.post(username, path) for username in people))
    assert sorted(answer.status for answer in answers) == [303, 409]
    winner = people[[a.status for a in answers].index(303)]
    told = words_of(await next(a for a in answers if a.status == 409).text())
    name = {"county1": "刘明华", "county4": "钱文博"}[winner]
    assert f"{name}" in told
    assert "接诊,不用再处理" in told
    working = await Expert.filter(consultation_id=consultation_id, status=ExpertStatus.ACCEPTED)
    assert [e.practitioner_id for e in working] == [practitioner_id(winner)]
    assert await RecordGrant.filter(revoked_at=None).count() == 1


async def test_ten_rounds_of_two_acceptors_never_have_two_winners(story):
    for _ in range(5):
        consultation_id = await story.ask()
        path = f"/consultations/{consultation_id}/acceptance"
        answers = await asyncio.gather(
            *(story.post(username, path) for username in ("county4", "county1", "county3"))
        )
        assert sorted(answer.status for answer in answers) == [303, 409, 409]
        reason = {"reason": "测试下一轮"}
        await story.do("village1", f"/consultations/{consultation_id}/cancellation", reason)


async def test_decline_tells_the_reason(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    silent = await story.post("county1", f"{here}/refusal", {"reason": ""})
    assert silent.status == 422
    await story.do("county1", f"{here}/refusal", {"reason": "病情平稳,建议先做运动试验再申请"})
    assert await story.status(consultation_id) == Status.DECLINED
    assert "建议先做运动试验" in await story.read("village1", here)
    waiting = OutboxEntry.filter(name="care.answer_overdue", status=OutboxStatus.WAITING)
    assert not await waiting.exists()


async def test_redirect_to_another_specialty_and_to_a_doctor(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    same = {"specialty": "cardiology", "reason": "没有理由转"}
    assert (await story.post("county1", f"{here}/redirection", same)).status == 422
    nobody = {"specialty": "dermatology", "reason": "皮肤问题"}
    assert (await story.post("county1", f"{here}/redirection", nobody)).status == 303, (
        "duty manager"
    )
    assert await asked(consultation_id) == practitioner_id("county3")
    target = {"doctor": str(practitioner_id("county2")), "reason": "主要是血糖问题"}
    await story.do("county3", f"{here}/redirection", target)
    assert await asked(consultation_id) == practitioner_id("county2")
    assert "主要是血糖问题" in await story.read("village1", here)
    await story.do("county2", f"{here}/acceptance")
    assert await story.status(consultation_id) == Status.ACCEPTED
    back = {"doctor": str(practitioner_id("county4")), "reason": "还是心脏问题"}
    await story.do("county2", f"{here}/redirection", back)
    assert await story.status(consultation_id) == Status.SUBMITTED
    assert (await story.get("county2", f"/patients/{story.patient.id}")).status == 404


async def test_material_is_asked_for_and_given(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.do("county1", f"{here}/material-request", {"text": "请补今天的肌钙蛋白"})
    assert await story.status(consultation_id) == Status.MATERIAL_REQUESTED
    home = words_of(await story.read("village1", "/clinic/work"))
    assert "等您补充资料" in home
    assert "请补今天的肌钙蛋白" in await story.read("village1", here)
    await story.do("village1", f"{here}/material", {"answer": "肌钙蛋白 0.01,正常"})
    assert await story.status(consultation_id) == Status.MATERIAL_READY
    assert "肌钙蛋白 0.01,正常" in await story.read("county1", here)
    await story.do("county1", f"{here}/material-request", {"text": "再补一次心电图"})
    assert await story.status(consultation_id) == Status.MATERIAL_REQUESTED


async def test_nobody_on_call_is_told_at_once(story):
    await Shift.all().delete()
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"
    await story.do("village1", f"{here}/request", COMPLETE)
    await story.consent("village1", consultation_id)
    refused = await story.post("village1", f"{here}/submission")
    assert refused.status == 422
    assert "120" in await refused.text()
    assert await story.status(consultation_id) == Status.DRAFT
    assert not await Seat.filter(consultation_id=consultation_id).exists()


async def test_a_young_doctor_is_not_asked_and_may_not_answer(story):
    """远程规范: the invitee has at least three years of independent work."""
    recent = (time.now() - timedelta(days=900)).date()
    await Practitioner.filter(id=practitioner_id("county1")).update(practising_since=recent)
    consultation_id = await story.ask()
    assert await asked(consultation_id) == practitioner_id("county4")
    refused = await story.post("county1", f"/consultations/{consultation_id}/acceptance")
    assert refused.status == 403
    assert "满 3 年" in await refused.text()


async def test_without_an_agreement_nothing_is_sent(story):
    await Agreement.all().update(valid_until=time.today() - timedelta(days=1))
    consultation_id = await story.draft()
    refused = await story.post("village1", f"/consultations/{consultation_id}/request", COMPLETE)
    assert refused.status == 422
    assert "合作协议" in await refused.text()


async def test_an_emergency_goes_out_incomplete_with_a_reason(story):
    await DocumentReference.all().delete()
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"
    plain = await story.post("village1", f"{here}/request", COMPLETE)
    assert plain.status == 422
    assert "心电图" in words_of(await plain.text())
    emergency = COMPLETE | {"urgency": "emergency", "sent_anyway_reason": "胸痛剧烈,来不及做"}
    await story.do("village1", f"{here}/request", emergency)
    await story.consent("village1", consultation_id)
    await story.do("village1", f"{here}/submission")
    page = words_of(await story.read("county1", here))
    assert "胸痛剧烈,来不及做" in page
    assert "心电图" in page


@pytest.mark.parametrize("username", ["nurse1", "pharmacist1", "scheduler1"])
async def test_only_doctors_invite(story, username):
    """远程规范 人员基本条件: 邀请方 sends a 执业医师 or her representative."""
    answer = await story.post(username, "/consultations", {"patient_id": str(story.patient.id)})
    assert answer.status == 403
