"""A referral over HTTP: from the visit to another department, and what it opens for whom."""

import asyncio

import pytest

from app.demo import people as demo
from booking.models import Slot
from care.referral.models import ServiceRequest
from core.audit import AuditEvent
from people.models import Patient, Practitioner, RecordGrant
from tests.booking.conftest import at, new_schedule, new_slot
from tests.care.encounter.conftest import desk, noted
from tests.care.encounter.test_walk import waiting
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until

__all__ = ["desk", "phone"]

WHY = "血糖一直控制不好,请内分泌科调整方案"


def target(department="endocrinology", house="YH-H1"):
    """As the form sends it."""
    return f"{demo.organization_id(house)}.{department}"


@pytest.fixture
async def visit(phone, desk, clock):
    """A finished visit with its note: (phone, the doctor's path of the visit)."""
    li, path = await waiting(phone, "li", "李秀英")
    elsewhere = demo.organization_id("YH-T2")
    await Patient.filter(id=li.patient_id).update(managing_organization_id=elsewhere)
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    await desk.post(f"{here}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    assert (await noted(desk, here)).status == 303
    return li, here


async def referred(desk, here, **more):
    """The doctor writes it."""
    return await desk.post(f"{here}/referral", {"target": target(), "reason": WHY} | more)


async def own(li):
    """The resident's latest."""
    return (await li.get("/referrals")).body["items"][0]


async def agreed(li):
    """The resident reads and says yes; the path of the referral at a desk."""
    one = await own(li)
    texts = (await li.get("/consents")).body["items"]
    text = next(text for text in texts if text["needed_for"] == "referral")
    body = {"consents": [{"kind": "referral", "version": text["version"]}]}
    answer = await li.post(f"/referrals/{one['id']}/consent", body)
    assert (answer.status, answer.body["status"]) == (200, "submitted"), answer.body
    return f"/referrals/{one['id']}"


async def test_from_the_visit_to_another_department_and_back_with_an_answer(visit, desk, house):
    li, here = visit
    there = await house.signed_in("county2")
    record = f"/patients/{li.patient_id}"
    assert (await there.get(record)).status == 404
    page = await (await desk.get(f"{here}/referral")).text()
    assert "云河县人民医院 内分泌科" in page
    assert "云河县人民医院 心内科" not in page, "not to one's own department"
    assert (await referred(desk, here)).headers["Location"] == here
    await heard(li, "医生建议您转诊")
    one = await own(li)
    assert (one["status"], one["can"]) == ("proposed", ["agree", "cancel"])
    assert (one["organization_name"], one["department_name"]) == ("云河县人民医院", "内分泌科")
    assert (await there.get(f"/referrals/{one['id']}")).status == 404, "nobody has agreed yet"
    assert (await there.get(record)).status == 404
    wrong = await li.post(
        f"/referrals/{one['id']}/consent", {"consents": [{"kind": "referral", "version": "0"}]}
    )
    assert (wrong.status, wrong.fields) == (422, {"consents"})

    path = await agreed(li)
    assert await agreed(li) == path, "said twice it is sent once"
    listed = await (await there.get("/referrals")).text()
    assert "李秀英" in listed
    assert path in await (await there.get("/today")).text()
    page = await (await there.get(path)).text()
    assert "继续氨氯地平" in page, "the signed note is the summary"
    assert (await there.get(record)).status == 200
    timeline = await (await there.get(f"{record}/record-panel")).text()
    assert "转诊到 云河县人民医院 内分泌科" in timeline
    empty = await there.post(f"{path}/acceptance", {"answer": ""})
    assert empty.status == 422
    taken = await there.post(f"{path}/acceptance", {"answer": "周三上午到 3 诊室,空腹"})
    assert taken.status == 303
    await heard(li, "转诊的医院收下了")
    one = await own(li)
    assert (one["status"], one["answer"]) == ("accepted", "周三上午到 3 诊室,空腹")
    told = await there.post(f"{path}/closure", {"outcome": "加用二甲双胍,三个月复查"})
    assert told.status == 303
    await heard(li, "转诊看完了")
    assert (await own(li))["outcome"] == "加用二甲双胍,三个月复查"
    assert "加用二甲双胍" in await (await desk.get(path)).text()
    assert "李秀英" in await (await there.get(path)).text(), "whom one has seen one knows"
    assert "继续氨氯地平" not in await (await there.get(path)).text()
    acts = await AuditEvent.filter(subject=f"ServiceRequest/{one['id']}", outcome="success")
    assert {"referral.refer", "referral.agree", "referral.accept", "referral.close"} <= {
        act.action for act in acts
    }


async def test_pipl_44_the_resident_reads_on_what_ground_it_was_opened(visit, desk, house):
    li, here = visit
    await referred(desk, here)
    await agreed(li)
    there = await house.signed_in("county2")
    await there.get(f"/patients/{li.patient_id}")
    items = (await li.get(f"/patients/{li.patient_id}/record-accesses")).body["items"]
    opened = next(one for one in items if one["name"] == "孙雅琴")
    assert opened["grounds"][0] == {"code": "referral", "name": "给您转诊"}


async def test_the_ground_is_the_departments_and_follows_who_works_in_it(visit, desk, house, phone):
    li, here = visit
    await referred(desk, here)
    path, record = await agreed(li), f"/patients/{li.patient_id}"
    other = await house.signed_in("county3")  # emergency department, the same hospital
    away = await house.signed_in("village2")
    for stranger in (other, away):
        assert (await stranger.get(path)).status == 404
        assert (await stranger.get(record)).status == 404
        assert (await stranger.post(f"{path}/acceptance", {"answer": "我来"})).status == 404
    nobody = await other.get("/referrals/00000000-0000-4000-8000-000000000000")
    assert nobody.status == 404
    assert (await desk.post(f"{path}/acceptance", {"answer": "我来"})).status == 403
    moved = Practitioner.filter(id=demo.practitioner_id("county3"))
    await moved.update(specialty="endocrinology")
    assert (await other.get(record)).status == 200
    assert (await other.get(path)).status == 200
    await moved.update(specialty="emergency")
    assert (await other.get(record)).status == 404
    zhang = await phone("zhang", add="张三")
    assert (await zhang.get(path)).status == 404
    assert (await zhang.post(f"{path}/cancellation")).status == 404


@pytest.mark.parametrize("end", ["decline", "resident", "doctor"])
async def test_every_end_closes_the_record_at_once(visit, desk, house, end):
    li, here = visit
    await referred(desk, here)
    path, record = await agreed(li), f"/patients/{li.patient_id}"
    there = await house.signed_in("county2")
    assert (await there.get(record)).status == 200
    if end == "decline":
        answer = await there.post(f"{path}/refusal", {"why": "本科没有床位,请到市医院"})
    elif end == "doctor":
        answer = await desk.post(f"{path}/cancellation")
    else:
        assert (await li.post(f"{path}/cancellation")).body["status"] == "cancelled"
        answer = await desk.get(path)
    assert answer.status in (200, 303)
    assert (await there.get(record)).status == 404
    day = await (await desk.get("/today")).text()
    assert ("再安排" in day) is (end == "decline"), "the patient waits for another way"
    page = await (await there.get(path)).text()
    assert "李**" in page
    assert "李秀英" not in page
    assert "继续氨氯地平" not in page
    again = await referred(desk, here)
    assert again.status == 303, "another department can be asked now"
    assert "再安排" not in await (await desk.get("/today")).text()


async def test_one_at_a_time_and_five_clicks_are_one(visit, desk):
    _, here = visit
    answers = await asyncio.gather(*(referred(desk, here) for _ in range(5)))
    assert sorted(one.status for one in answers) == [303, 409, 409, 409, 409]
    assert await ServiceRequest.all().count() == 1
    kept = next(one for one in answers if one.status == 409)
    assert WHY in await kept.text(), "what was typed is not lost"


async def test_what_is_missing_is_said_and_nobody_elses_visit_is_referred(visit, desk, house):
    _, here = visit
    nowhere = await referred(desk, here, target=f"{demo.organization_id('YH-H1')}.nothing")
    assert nowhere.status == 422
    assert WHY in await nowhere.text()
    assert (await referred(desk, here, reason="")).status == 422
    other = await house.signed_in("county4")
    assert (await referred(other, here)).status == 404
    assert not await ServiceRequest.exists()


async def test_a_visit_found_unfit_goes_on_to_the_referral(phone, desk, house, clock):
    li, path = await waiting(phone, "li", "李秀英")
    here = path.replace("/encounters", "/visits")
    ended = await desk.post(
        f"{here}/termination", {"reason": "needs_physical_exam", "offer": "referral"}
    )
    assert ended.headers["Location"] == f"{here}/referral"
    assert (await li.get(path)).body["referral"] is None
    assert (await li.get(f"{path}/referral")).body["signed"] == []
    await referred(desk, here, urgency="urgent")
    shown = (await li.get(path)).body["referral"]
    assert (shown["status"], shown["target"]) == ("proposed", "云河县人民医院 内分泌科")
    way = await agreed(li)
    there = await house.signed_in("county2")
    page = await (await there.get(way)).text()
    assert "需要当面检查" in page
    assert "尽快" in page
    clock.move(hours=2, seconds=1)
    there = await house.signed_in("county2")
    assert "超时" in await (await there.get("/referrals")).text()


async def test_an_emergency_is_no_referral(phone, desk, clock):
    _, path = await waiting(phone, "li", "李秀英")
    here = path.replace("/encounters", "/visits")
    entry = {"reason": "emergency_signs", "offer": "referral"}
    ended = await desk.post(f"{here}/termination", entry)
    assert ended.headers["Location"] == here
    assert "120" in await (await desk.get(f"{here}/referral")).text()
    assert (await referred(desk, here)).status == 409


async def test_who_was_accepted_is_offered_a_place_of_that_department(visit, desk, house):
    li, here = visit
    schedule = await new_schedule("county2", name="孙雅琴", department="endocrinology")
    slot = await new_slot(schedule, at(3, 9))
    await referred(desk, here)
    path = await agreed(li)
    there = await house.signed_in("county2")
    await there.post(f"{path}/acceptance", {"answer": "按号来", "keep_place": "1"})
    found = await until(lambda: li.get(path), lambda one: one.body["offered"] is not None)
    offered = found.body["offered"]
    assert (offered["open"], offered["start"]) == (True, at(3, 9).isoformat())
    assert (await Slot.get(id=slot.id)).remaining == 0
    taken = await li.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert taken.body["status"] == "booked"


@pytest.mark.parametrize(
    ("step", "days", "said"), [("none", 3, "转诊过期了"), ("agree", 7, "转诊过期了")]
)
async def test_it_closes_itself(visit, desk, house, clock, step, days, said):
    li, here = visit
    await referred(desk, here)
    if step == "agree":
        await agreed(li)
        for _ in range(days - 1):
            clock.move(days=1)
            await li.get("/referrals")  # the session lives on
        assert (await own(li))["status"] == "submitted"
        clock.move(days=1, seconds=1)
    else:
        clock.move(days=days, seconds=1)
    await until(
        lambda: li.get("/referrals"), lambda one: one.body["items"][0]["status"] == "expired"
    )
    await heard(li, said)
    assert not await RecordGrant.filter(basis="referral", revoked_at=None).exists()


async def test_an_accepted_one_ends_after_a_month(visit, desk, house, clock):
    li, here = visit
    await referred(desk, here)
    path = await agreed(li)
    there = await house.signed_in("county2")
    await there.post(f"{path}/acceptance", {"answer": "周三来"})
    row = await ServiceRequest.get()
    assert (row.expires_at - row.answered_at).days == 30
    for _ in range(6):
        clock.move(days=5)
        await li.get("/referrals")
    clock.move(seconds=1)
    await until(lambda: li.get(path), lambda one: one.body["status"] == "expired")


async def test_two_of_the_department_answer_at_once_and_one_of_them_counts(visit, desk, house):
    li, here = visit
    await referred(desk, here)
    path = await agreed(li)
    there = await house.signed_in("county2")
    colleague = await house.signed_in("county3")
    other = Practitioner.filter(id=demo.practitioner_id("county3"))
    await other.update(specialty="endocrinology")
    answers = await asyncio.gather(
        there.post(f"{path}/acceptance", {"answer": "周三来"}),
        colleague.post(f"{path}/refusal", {"why": "本科没有床位"}),
    )
    assert sorted(one.status for one in answers) == [303, 409]
    row = await ServiceRequest.get()
    live = RecordGrant.filter(basis="referral", revoked_at=None)
    assert await live.exists() is (row.status == "accepted")


async def test_a_yes_and_a_no_at_once_leave_nothing_open_behind_a_no(visit, desk):
    li, here = visit
    await referred(desk, here)
    one = await own(li)
    texts = (await li.get("/consents")).body["items"]
    text = next(text for text in texts if text["needed_for"] == "referral")
    body = {"consents": [{"kind": "referral", "version": text["version"]}]}
    await asyncio.gather(
        li.post(f"/referrals/{one['id']}/consent", body),
        li.post(f"/referrals/{one['id']}/cancellation"),
    )
    row = await ServiceRequest.get()
    assert row.status == "cancelled"
    assert not await RecordGrant.filter(basis="referral", revoked_at=None).exists()
