"""A complaint over HTTP: a resident with a phone, the office, the administrator, the bureau."""

import asyncio

from app import complaint_holds
from app.demo import people as demo
from booking.models import Closure
from care.complaint.events import ComplaintMoved
from care.complaint.models import Complaint, ComplaintStep
from chat.models import Conversation
from core import clock as time
from core.audit import AuditEvent
from tests.booking.conftest import at, new_schedule, new_slot
from tests.care.encounter.conftest import desk
from tests.care.encounter.test_walk import waiting
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until
from tests.plumbing.actors import actor

__all__ = ["actor", "desk", "phone"]

WORDS = "等了两个小时,没有人说为什么。"


async def filed(one, *, key="first", **more):
    """A complaint about the county hospital."""
    body = {
        "patient_id": one.patient_id,
        "about": "other",
        "organization_id": str(demo.organization_id("YH-H1")),
        "category": "waiting",
        "text": WORDS,
    }
    return await one.post("/complaints", body | more, key=key)


async def test_from_the_phone_to_the_office_and_back_until_content(phone, house, clock):
    li = await phone("li", add="李秀英")
    assert "15 个工作日内答复" in (await li.get("/complaints")).body["promise"]
    made = await filed(li)
    assert (made.status, made.body["status"]) == (201, "received")
    assert (await filed(li)).body["id"] == made.body["id"], "a repeat files it once"
    assert await Complaint.all().count() == 1
    path = f"/complaints/{made.body['id']}"
    office = await house.signed_in("scheduler1")
    page = await (await office.get("/complaints")).text()
    assert "李秀英" in page
    assert "等受理" in page
    assert (await office.post(f"{path}/acceptance")).status == 303
    assert (await office.post(f"{path}/acceptance")).status == 303
    await heard(li, "投诉已受理")
    empty = await office.post(f"{path}/answer", {"answer": ""})
    assert empty.status == 422
    answered = await office.post(f"{path}/answer", {"answer": "当天医生抢救病人,对不起。"})
    assert answered.status == 303
    await heard(li, "投诉有答复了")
    shown = (await li.get(path)).body
    assert (shown["status"], shown["can"]) == ("answered", ["close", "reopen"])
    again = await li.post(f"{path}/reopening", {"reason": "还是没有说为什么不通知"})
    assert again.body["status"] == "reopened"
    assert again.body["due"], "the clock runs again"
    await office.post(f"{path}/answer", {"answer": "以后会发消息。"})
    done = await li.post(f"{path}/closure")
    assert (done.body["status"], done.body["can"]) == ("closed", ["reopen"])
    assert [step["name"] for step in done.body["steps"]] == [
        "提交", "受理", "答复", "不满意,要求再办", "答复", "办结",
    ]  # fmt: skip
    subject = AuditEvent.filter(subject=f"Complaint/{made.body['id']}")
    acts = set(await subject.values_list("action", flat=True))
    assert {"complaint.file", "complaint.accept", "complaint.answer", "complaint.close"} <= acts


async def test_overdue_comes_first_and_stays_written_down(phone, house, clock):
    li = await phone("li", add="李秀英")
    old = (await filed(li)).body
    clock.move(hours=23)
    fresh = (await filed(li, key="second", category="fee")).body
    clock.move(hours=2)
    office = await house.signed_in("scheduler1")
    page = await (await office.get("/complaints")).text()
    assert "超时" in page
    assert page.index(old["id"]) < page.index(fresh["id"])
    assert (await li.get(f"/complaints/{old['id']}")).body["overdue"]
    await office.post(f"/complaints/{old['id']}/acceptance")
    assert (await ComplaintStep.get(complaint_id=old["id"], action="accept")).late


async def test_an_answer_without_a_word_closes_by_itself_and_a_holiday_moves_the_clock(
    phone, house, clock
):
    await Closure.create(
        organization_id=demo.organization_id("YH-H1"),
        starts_at=at(5, 0),
        ends_at=at(6, 0),
        reason="县庆",
        created_at=time.now(),
        created_by=demo.practitioner_id("scheduler1"),
    )
    li = await phone("li", add="李秀英")
    made = (await filed(li)).body
    row = await Complaint.get(id=made["id"])
    assert row.close_by == at(25, 0), "fifteen working days, and the holiday is none"
    office = await house.signed_in("scheduler1")
    await office.post(f"/complaints/{row.id}/answer", {"answer": "已经改了。"})
    clock.move(days=7, seconds=1)
    over = await until(
        lambda: li.get(f"/complaints/{row.id}"), lambda one: one.body["status"] == "closed"
    )
    assert over.body["can"] == ["reopen"]
    clock.move(days=22)
    await li.get("/complaints")  # the session lives on
    clock.move(days=9)
    late = await li.post(f"/complaints/{row.id}/reopening", {"reason": "又来了"})
    assert (late.status, late.code) == (409, "too_late")


async def test_about_a_visit_and_an_appointment_and_only_ones_own(phone, desk, clock):
    li, visit = await waiting(phone, "li", "李秀英")
    about = {"about": "encounter", "about_id": visit.rpartition("/")[2], "organization_id": None}
    made = await filed(li, **about)
    assert (made.status, made.body["organization_name"]) == (201, "云河县人民医院")
    assert made.body["about"].startswith("在线复诊 刘明华")
    slot = await new_slot(await new_schedule(name="刘明华"), at(3, 9))
    wanted = {"slot_id": str(slot.id), "patient_id": li.patient_id}
    booked = (await li.post("/appointments", wanted)).body["id"]
    other = await filed(li, key="b", about="appointment", about_id=booked, organization_id=None)
    assert other.body["about"].startswith("预约 刘明华")
    zhang = await phone("zhang", add="张三")
    stolen = await filed(zhang, **about)
    assert (stolen.status, stolen.code) == (404, "encounter_not_found")
    path = f"/complaints/{made.body['id']}"
    assert (await zhang.get(path)).code == "complaint_not_found"
    for verb in ("closure", "withdrawal"):
        assert (await zhang.post(f"{path}/{verb}")).status == 404
    gone = await li.post(f"{path}/withdrawal")
    assert gone.body["status"] == "withdrawn"
    assert (await li.post(f"{path}/withdrawal")).status == 200
    assert (await li.post(f"{path}/closure")).status == 409


async def test_who_reads_and_who_answers(phone, house, clock):
    li = await phone("li", add="李秀英")
    made = (await filed(li, organization_id=str(demo.organization_id("YH-T1")))).body
    path = f"/complaints/{made['id']}"
    office = await house.signed_in("scheduler1")  # of the county hospital
    assert (await office.get(path)).status == 404
    assert made["id"] not in await (await office.get("/complaints")).text()
    bureau = await house.signed_in("supervisor1")
    page = await (await bureau.get(path)).text()
    assert "李**" in page
    assert "李秀英" not in page
    assert WORDS in page
    assert (await bureau.post(f"{path}/answer", {"answer": "我来答复"})).status == 403
    assert "收到 1 件" in await (await bureau.get("/complaints")).text()
    admin = await house.signed_in("admin1")
    assert (await admin.post(f"{path}/answer", {"answer": "马上改。"})).status == 303
    steps = ComplaintStep.filter(complaint_id=made["id"]).order_by("id")
    assert await steps.values_list("action", flat=True) == ["file", "accept", "answer"]
    doctor = await house.signed_in("county1")
    assert (await doctor.get("/complaints")).status == 403
    assert (await doctor.get(path)).status == 403


async def test_two_answers_at_once_are_one(phone, house, clock):
    li = await phone("li", add="李秀英")
    path = f"/complaints/{(await filed(li)).body['id']}"
    office, admin = await house.signed_in("scheduler1"), await house.signed_in("admin1")
    answers = await asyncio.gather(
        office.post(f"{path}/answer", {"answer": "第一种说法"}),
        admin.post(f"{path}/answer", {"answer": "第二种说法"}),
    )
    assert sorted(one.status for one in answers) == [303, 409]
    assert await ComplaintStep.filter(action="answer").count() == 1


async def test_what_is_missing_is_said(phone, house, clock):
    li = await phone("li", add="李秀英")
    none = await filed(li, key="1", organization_id=None)
    assert none.fields == {"organization_id"}
    assert (await filed(li, key="2", text="x")).fields == {"text"}
    nowhere = "00000000-0000-0000-0000-000000000001"
    assert (await filed(li, key="3", organization_id=nowhere)).fields == {"organization_id"}
    assert (await filed(li, key="4", about="encounter")).fields == {"about_id"}


async def held(path):
    """Why the visit's conversation is held; empty when it is free."""
    row = await Conversation.get(subject=path.replace("/encounters", "Encounter"))
    assert bool(row.held_at) is bool(row.hold_reason)
    return row.hold_reason


async def followed(id):
    """The reaction to a step has run, once more than the dispatcher runs it."""
    row = await Complaint.get(id=id)
    ids = {"complaint_id": id, "patient_id": str(row.patient_id)}
    here = str(row.organization_id)
    moved = ComplaintMoved(
        **ids, organization_id=here, action="step", status=row.status.value, step=1
    )
    await complaint_holds.follow(moved)


async def test_what_was_said_is_held_while_a_complaint_is_open(phone, house, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    await until(lambda: li.get(f"{path}/messages"), lambda got: got.status == 200)
    about = {"about": "encounter", "about_id": path.rpartition("/")[2]}
    first, second = [(await filed(li, key=key, **about)).body["id"] for key in ("first", "second")]

    async def stands(reason):
        async with asyncio.timeout(30):
            while await held(path) != reason:
                await asyncio.sleep(0.05)

    await stands("有投诉在办理")
    assert (await li.post(f"/complaints/{first}/withdrawal")).status == 200
    await followed(first)
    assert await held(path) == "有投诉在办理", "another one is still open"
    office = await house.signed_in("scheduler1")
    await office.post(f"/complaints/{second}/answer", {"answer": "对不起,让您久等了。"})
    await followed(second)
    assert await held(path) == "有投诉在办理", "answered is not over"
    assert (await li.post(f"/complaints/{second}/closure")).status == 200
    await stands("")
    assert (await li.post(f"/complaints/{second}/reopening", {"reason": "又这样"})).status == 200
    await stands("有投诉在办理")
    trail = AuditEvent.filter(action__startswith="chat.")
    acts = await trail.values_list("action", flat=True)
    assert sorted(acts) == ["chat.hold", "chat.hold", "chat.release"]
