"""Online visits over HTTP: residents with phones, doctors with forms."""

import asyncio
import json
import re

from app.demo import people as demo
from booking.models import ServiceType
from care.encounter.models import Encounter, OnlineShift
from care.encounter.states import Status
from core.audit import AuditEvent
from people.models import Patient, RecordGrant
from tests.booking.conftest import at, new_schedule, new_slot, sound
from tests.care.encounter.conftest import diagnosed, noted, paper, request_for
from tests.mini_program_api.phones import heard, id_number, settled, until


async def waiting(phone, name, who, **more):
    """A resident in county1's waiting room; the visit's path for the API."""
    one = await phone(name, add=who)
    await diagnosed(one.patient_id)
    asked = await one.post("/encounters", await request_for(one, one.patient_id, **more))
    assert asked.status == 201, asked.body
    path = f"/encounters/{asked.body['id']}"
    arrived = await one.post(f"{path}/arrival")
    assert arrived.body["status"] == "waiting", arrived.body
    return one, path


async def test_two_phones_that_ask_at_once_ask_for_one_visit(phone, desk):
    li = await phone("li", add="李秀英")
    wanted = await request_for(li, li.patient_id)
    asked = await asyncio.gather(*(li.post("/encounters", wanted, key=str(n)) for n in range(6)))
    assert sorted(one.status for one in asked) == [201] + [409] * 5
    assert {one.code for one in asked if one.status == 409} == {"already_asked"}
    assert await Encounter.all().count() == 1


async def test_a_walk_in_waits_is_called_seen_and_sent_home_with_advice(phone, desk, house, clock):
    li = await phone("li", add="李秀英")
    doctors = (await li.get("/online-doctors")).body["items"]
    assert [one["practitioner_name"] for one in doctors] == ["刘明华"]
    conditions = (await li.get("/visit-conditions")).body["items"]
    assert [one["key"] for one in conditions] == ["hypertension", "diabetes", "generic"]

    wanted = await request_for(li, li.patient_id)
    asked = await li.post("/encounters", wanted, key="one")
    assert (asked.status, asked.body["status"]) == (201, "planned")
    assert asked.body["needs_evidence"]
    assert (await li.post("/encounters", wanted, key="one")).body["id"] == asked.body["id"]
    assert (await li.post("/encounters", wanted)).code == "already_asked"
    path = f"/encounters/{asked.body['id']}"

    refused = await li.post(f"{path}/arrival")
    assert (refused.status, refused.code) == (409, "no_evidence")
    brought = await li.post(f"{path}/evidence", paper())
    assert (brought.status, brought.body["needs_evidence"]) == (201, False)
    again = await li.post(f"{path}/evidence", paper())
    assert len(again.body["evidence"]) == 1, "the same picture is the same paper"
    waits = (await li.post(f"{path}/arrival")).body
    assert (waits["status"], waits["place"]["ahead"]) == ("waiting", 0)
    same = await li.get(path, headers={"If-None-Match": (await li.get(path)).headers["ETag"]})
    assert same.status == 304
    assert (await li.post(f"{path}/entry")).code == "not_called"

    page = await (await desk.get("/visits")).text()
    assert "李秀英" in page
    called = await desk.post("/visits/next")
    visit = called.headers["Location"]
    assert visit == f"/visits/{asked.body['id']}"
    shown = await (await desk.get(visit)).text()
    assert "高血压 2 级" in shown
    assert "138/86" in shown
    picture = re.search(rf"{visit}/evidence/[0-9a-f-]+", shown)[0]
    assert (await desk.get(picture)).content_type == "image/jpeg"

    assert (await li.get(path)).body["status"] == "called"
    assert (await li.post(f"{path}/entry")).body["status"] == "in_progress"
    assert (await li.post(f"{path}/entry")).body["status"] == "in_progress", "back in, any time"
    early = await noted(desk, visit)
    assert early.status == 422, "no verdict, no end"
    assert "请先判断是否符合复诊" in await early.text()
    await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "市中心医院已确诊"})
    assert (await desk.post(f"{visit}/closure")).status == 409, "no signed note, no end"
    done = await noted(desk, visit, same_why="2 级高血压就是原发性高血压")
    assert done.status == 303, await done.text()
    ended = (await li.get(path)).body
    assert ended["status"] == "finished"
    assert ended["ending"]["advice"].startswith("继续吃氨氯地平")
    assert (await desk.post(f"{visit}/termination", {"reason": "first_visit"})).status == 409

    shift = await OnlineShift.get(live=demo.practitioner_id("county1"))
    assert (shift.method, bool(shift.checked_at)) == ("password", True)
    acts = set(
        await AuditEvent.filter(subject=f"Encounter/{asked.body['id']}").values_list(
            "action", flat=True
        )
    )
    assert {
        "encounter.ask", "encounter.evidence", "encounter.arrive", "encounter.call",
        "encounter.begin", "encounter.verdict", "encounter.finish", "encounter.evidence.read",
    } <= acts  # fmt: skip


async def booked(phone, name, who, *, fee_fen=2000):
    """A paid online appointment with county1 in an hour: (phone, appointment id)."""
    schedule = await new_schedule(fee_fen=fee_fen, service_type=ServiceType.ONLINE, place="线上")
    slot = await new_slot(schedule, at(2, 10), places=3)
    one = await phone(name, add=who)
    await diagnosed(one.patient_id)
    body = {"slot_id": str(slot.id), "patient_id": one.patient_id}
    held = (await one.post("/appointments", body)).body
    if fee_fen:
        assert (
            await one.pay((await one.post(f"/appointments/{held['id']}/payment")).body)
        ).status == 200
        await settled(one, held["id"], "booked")
    return one, held["id"]


async def test_a_doctor_who_costs_something_is_paid_before_the_line(phone, desk, clock):
    zhang = await phone("zhang", add="张守义")
    free = (await zhang.get("/online-doctors")).body["items"]
    assert [one["fee_fen"] for one in free] == [0]
    li, appointment = await booked(phone, "li", "李秀英")
    dear = (await zhang.get("/online-doctors")).body["items"]
    assert [one["fee_fen"] for one in dear] == [2000]
    refused = await zhang.post("/encounters", await request_for(zhang, zhang.patient_id))
    assert (refused.status, refused.code) == (409, "book_first")
    assert "20.00" in refused.body["detail"]
    wanted = await request_for(li, li.patient_id, appointment_id=appointment)
    asked = await li.post("/encounters", wanted)
    assert (await li.post(f"/encounters/{asked.body['id']}/arrival")).body["status"] == "waiting"


async def test_a_booked_visit_found_unfit_is_stopped_and_paid_back(phone, desk, clock):
    li, appointment = await booked(phone, "li", "李秀英")
    asked = await li.post(
        "/encounters",
        await request_for(li, li.patient_id, appointment_id=appointment, kind="video"),
    )
    path = f"/encounters/{asked.body['id']}"
    assert asked.body["appointment_id"] == appointment
    assert (await li.post(f"{path}/arrival")).body["status"] == "waiting"
    assert (await li.get(f"/appointments/{appointment}")).body["status"] == "checked_in"
    assert (await li.post(f"{path}/room-ticket")).code == "room_closed"
    visit = (await desk.post("/visits/next")).headers["Location"]
    await settled(li, appointment, "called")
    seat = await li.post(f"{path}/room-ticket")
    assert (seat.status, seat.body["part"], seat.body["name"]) == (200, "patient", "李**")
    ours = await desk.post(f"{visit}/room-ticket", headers={"Accept": "application/json"})
    assert (await ours.json())["room"] == seat.body["room"]
    await settled(li, appointment, "in_service")

    await desk.post(f"{visit}/verdict", {"verdict": "changed", "why": "血压骤升并有头痛"})
    fields = {
        "reason": "condition_changed",
        "guided_to": "云河县人民医院 心内科门诊",
        "offer": "counter",
    }
    assert (await desk.post(f"{visit}/termination", fields)).status == 303
    ended = (await li.get(path)).body
    assert (ended["status"], ended["ending"]["offer"]) == ("terminated", "counter")
    assert "到医院" in ended["ending"]["guidance"]
    assert "退回" in ended["ending"]["refund"]
    assert (await li.post(f"{path}/room-ticket")).code == "room_closed"
    assert (await li.post(f"{path}/acknowledgement")).body["ending"]["acknowledged"]
    over = await settled(li, appointment, "done")
    assert over["refund"]["state"] != "none"
    await heard(li, "医生叫您了", "请到医院看")
    await sound()


async def told(one, times):
    """So often the phone has heard that the doctor calls."""
    await until(
        lambda: one.get("/communications"),
        lambda got: sum(m["topic"] == "visit_called" for m in got.body["items"]) == times,
    )


async def test_whoever_does_not_come_is_moved_back_once_and_then_it_did_not_happen(
    phone, desk, house, clock
):
    li, path = await waiting(phone, "li", "李秀英")
    clock.move(seconds=20)
    wang, other = await waiting(phone, "wang", "王建国")
    assert (await wang.get(other)).body["place"]["ahead"] == 1
    await desk.post("/visits/next")
    assert (await li.get(path)).body["status"] == "called"
    assert (await desk.post("/visits/next")).status == 409, "one at a time"
    await told(li, 1)
    clock.move(minutes=3, seconds=1)
    back = await until(lambda: li.get(path), lambda one: one.body["status"] == "waiting")
    assert back.body["place"]["ahead"] == 1
    assert (await wang.get(other)).body["place"]["ahead"] == 0
    visit = path.replace("/encounters", "/visits")
    await desk.post(f"{visit}/call")
    await told(li, 2)
    clock.move(minutes=3, seconds=1)
    ended = await until(lambda: li.get(path), lambda one: one.body["status"] != "called")
    ended = ended.body
    assert (ended["status"], ended["ending"]["reason"]) == ("did_not_happen", "叫号后没有来")
    assert ended["ending"]["refund"] == ""
    given = await RecordGrant.get(subject=f"Encounter/{ended['id']}")
    assert given.revoked_at is not None, "the record is closed again"


async def test_a_paid_visit_not_reached_before_the_end_is_told_and_paid_back(phone, desk, clock):
    li, appointment = await booked(phone, "li", "李秀英")
    asked = await li.post(
        "/encounters", await request_for(li, li.patient_id, appointment_id=appointment)
    )
    path = f"/encounters/{asked.body['id']}"
    await li.post(f"{path}/arrival")
    await desk.post("/visits/shift/message", {"message": "今天人多,请耐心等"})
    assert (await li.get(path)).body["place"]["message"] == "今天人多,请耐心等"
    await desk.post("/visits/shift/pause")
    assert "暂停" in (await li.get(path)).body["place"]["sentence"]
    assert (await desk.post("/visits/next")).status == 409
    assert (await desk.post("/visits/shift/end")).status == 303
    ended = (await li.get(path)).body
    assert (ended["status"], ended["ending"]["reason"]) == ("did_not_happen", "到下班没有排到")
    over = await settled(li, appointment, "cancelled")
    assert over["refund"]["state"] != "none"
    await sound()


async def test_a_child_under_six_comes_with_a_guardian(phone, desk, clock):
    mother = await phone("ma", add="马丽")
    added = await mother.add(
        "马小宝", id_number("20220301", 3), "child", needed_for=("minor", "child")
    )
    assert added.status == 201, added.body
    child = added.body["id"]
    await diagnosed(child)
    alone = await mother.post("/encounters", await request_for(mother, child))
    assert (alone.status, alone.fields) == (422, {"guardian_present"})
    asked = await mother.post(
        "/encounters", await request_for(mother, child, guardian_present=True)
    )
    path = f"/encounters/{asked.body['id']}"
    await mother.post(f"{path}/arrival")
    visit = (await desk.post("/visits/next")).headers["Location"]
    await mother.post(f"{path}/entry")
    assert "监护人要全程陪着" in await (await desk.get(visit)).text()
    await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "本院确诊"})
    assert "请先确认监护人在场" in await (await desk.get(f"{visit}/state")).text()
    await desk.post(f"{visit}/guardian", {"confirmed": "1"})
    assert "儿科医生" in await (await desk.get(f"{visit}/state")).text()
    await desk.post(f"{visit}/guardian", {"confirmed": "1", "accompanying_doctor": "李医生"})
    assert "儿科医生" not in await (await desk.get(f"{visit}/state")).text()


async def test_for_strangers_a_visit_does_not_exist(phone, desk, house, clock):
    li, path = await waiting(phone, "li", "李秀英")
    zhang = await phone("zhang", add="张三")
    for verb in ("arrival", "absence", "return", "entry", "room-ticket", "acknowledgement"):
        answer = await zhang.post(f"{path}/{verb}")
        assert (answer.status, answer.code) == (404, "encounter_not_found"), verb
    assert (await zhang.get(path)).status == 404
    assert (await zhang.post(f"{path}/evidence", paper())).status == 404
    assert (await zhang.post(f"{path}/cancellation", {"reason": "x"})).status == 404
    assert (await zhang.get("/encounters")).body["items"] == []
    theirs = await zhang.post("/encounters", await request_for(zhang, li.patient_id))
    assert (theirs.status, theirs.code) == (404, "patient_not_found")
    colleague = await house.signed_in("county2")
    visit = path.replace("/encounters", "/visits")
    assert (await colleague.get(visit)).status == 404
    assert (
        await colleague.post(f"{visit}/verdict", {"verdict": "eligible", "why": "我看看"})
    ).status == 404
    village = await house.signed_in("village1")
    assert (await village.get("/visits")).status == 403
    assert await AuditEvent.filter(action="resident.encounter", outcome="refused").exists()


async def test_what_is_asked_has_to_be_answered_agreed_and_no_emergency(phone, desk, clock):
    li = await phone("li", add="李秀英")
    wanted = await request_for(li, li.patient_id)
    urgent = json.loads(json.dumps(wanted))
    urgent["answers"][0]["answer"] = "yes"
    answer = await li.post("/encounters", urgent)
    assert (answer.status, answer.code) == (409, "emergency")
    assert "120" in answer.body["detail"]
    short = wanted | {"answers": wanted["answers"][:2]}
    assert (await li.post("/encounters", short)).fields == {"answers.drugs"}
    assert (await li.post("/encounters", wanted | {"consents": []})).fields == {"consents"}
    old = wanted | {"consents": [{"kind": "online_visit", "version": "0"}]}
    assert (await li.post("/encounters", old)).fields == {"consent_version"}
    nobody = wanted | {"practitioner_id": str(demo.practitioner_id("county2"))}
    assert (await li.post("/encounters", nobody)).code == "no_shift"
    assert not await Encounter.exists()
    assert await Patient.exists()


async def test_only_a_doctor_who_may_starts_a_shift_and_only_with_the_password(house, clock):
    doctor = await house.signed_in("county1")
    wrong = await doctor.post("/visits/shift", {"password": "not-the-password-1"})
    assert wrong.status == 422
    assert "密码不对" in await wrong.text()
    assert not await OnlineShift.exists()
    village = await house.signed_in("village1")
    assert (await village.post("/visits/shift", {"password": demo.PASSWORD})).status == 403


async def test_giving_up_before_it_begins(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    assert (await li.post(f"{path}/absence")).body["status"] == "away"
    assert (await desk.post("/visits/next")).headers["Location"] == "/visits", (
        "who is away is passed"
    )
    assert (await li.post(f"{path}/return")).body["status"] == "waiting"
    gone = await li.post(f"{path}/cancellation", {"reason": "好了"})
    assert gone.body["status"] == "cancelled"
    assert (await li.post(f"{path}/cancellation", {"reason": "好了"})).status == 200
    assert (await li.post(f"{path}/arrival")).code == "over"
    assert (await Encounter.get(id=gone.body["id"])).status is Status.CANCELLED


async def test_a_booked_visit_is_given_up_by_the_rule_of_its_appointment(phone, desk, clock):
    li, appointment = await booked(phone, "li", "李秀英")
    asked = await li.post(
        "/encounters", await request_for(li, li.patient_id, appointment_id=appointment)
    )
    path = f"/encounters/{asked.body['id']}"
    late = await li.post(f"{path}/cancellation")
    assert (late.status, late.code) == (409, "too_late"), "an hour before it is too late"
    assert (await li.get(path)).body["status"] == "planned"
    assert "取消时间" in (await li.get(path)).body["give_up_rule"]
    waits = await li.post(f"{path}/arrival")
    assert waits.body["give_up_rule"] == "现在不看了,费用 20.00 元原路退回。"
    gone = await li.post(f"{path}/cancellation", {"reason": "等不了了"})
    assert gone.body["status"] == "cancelled"
    over = await settled(li, appointment, "cancelled")
    assert over["refund"]["state"] != "none", "nothing was used"
    await sound()
