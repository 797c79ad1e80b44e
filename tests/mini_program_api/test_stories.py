"""The ways beside the straight one: giving up, a full day, a stopped clinic, the inbox, family."""

import asyncio

from booking import service, stopping, visits
from booking.models import Appointment, CancelledBy, Payment, WaitingWish
from booking.schemas import ClosureIn
from core import audit, clock
from core.audit import AuditEvent
from people.residents.models import Bond, BondStatus, Proof, Relation
from tests.booking.conftest import actor, at, new_schedule, new_slot, sound
from tests.mini_program_api.phones import id_number, settled, until

WHO = audit.SYSTEM


async def book(phone, slot):
    """A time for the phone's owner."""
    answer = await phone.post(
        "/appointments", {"slot_id": str(slot.id), "patient_id": phone.patient_id}
    )
    assert answer.status == 201, answer.body
    return answer.body


async def paid(phone, slot):
    """A time that is paid."""
    one = (await book(phone, slot))["id"]
    prepaid = await phone.post(f"/appointments/{one}/payment")
    assert (await phone.pay(prepaid.body)).status == 200
    return await settled(phone, one, "booked")


async def test_what_was_paid_comes_back_when_it_is_given_up_in_time(phone, clinic):
    li = await phone("li", add="李秀英")
    one = (await paid(li, clinic.nine))["id"]
    given_up = await li.post(f"/appointments/{one}/cancellation", {"reason": "家里有事"})
    assert (given_up.status, given_up.body["status"]) == (200, "cancelled")
    assert given_up.body["refund"]["state"] == "pending"
    assert "15.00 元" in given_up.body["next_step"]
    again = await li.post(f"/appointments/{one}/cancellation")
    assert (again.status, again.body["status"]) == (200, "cancelled")
    back = await until(
        lambda: li.get(f"/appointments/{one}"), lambda a: a.body["refund"]["state"] == "done"
    )
    assert "原路退回" in back.body["next_step"]
    await sound()


async def test_it_is_too_late_to_give_it_up_on_the_day(phone, clinic, clock):
    li = await phone("li", add="李秀英")
    one = await paid(li, clinic.nine)
    assert one["cancel_until"] == "2026-11-02T15:00:00+08:00"
    clock.move(hours=7)
    late = await li.post(f"/appointments/{one['id']}/cancellation")
    assert (late.status, late.code) == (409, "too_late")


async def test_the_next_in_line_is_offered_the_place(phone, clinic):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    free = await new_schedule("county2", department="endocrinology")
    slot = await new_slot(free, at(4, 9), places=1)
    wish = {"schedule_id": str(free.id), "day": "2026-11-04", "patient_id": zhang.patient_id}
    early = await zhang.post("/waiting-wishes", wish)
    assert (early.status, early.code) == (409, "places_left")
    one = await book(li, slot)
    assert one["status"] == "booked"
    joined = await zhang.post("/waiting-wishes", wish)
    assert (joined.status, joined.body["position"], joined.body["status"]) == (201, 1, "waiting")
    number = joined.body["id"]
    assert (await zhang.post(f"/waiting-wishes/{number}/acceptance")).code == "no_offer"
    assert (await li.delete(f"/waiting-wishes/{number}")).status == 404
    assert (await li.post(f"/appointments/{one['id']}/cancellation")).status == 200
    offered = (await zhang.get("/waiting-wishes")).body["items"][0]
    assert offered["status"] == "offered"
    held = (await zhang.get(f"/appointments/{offered['appointment_id']}")).body
    assert (held["status"], held["offered"]) == ("held", True)
    taken = await zhang.post(f"/waiting-wishes/{number}/acceptance")
    assert (taken.status, taken.body["status"]) == (200, "booked")
    assert (await zhang.get("/waiting-wishes")).body["items"] == []
    await sound()


async def test_stepping_out_of_the_line(phone, clinic):
    li = await phone("li", add="李秀英")
    await new_slot(clinic, at(5, 9), remaining=0)
    wish = {"schedule_id": str(clinic.id), "day": "2026-11-05", "patient_id": li.patient_id}
    number = (await li.post("/waiting-wishes", wish)).body["id"]
    assert (await li.delete(f"/waiting-wishes/{number}")).status == 204
    assert (await WaitingWish.get(id=number)).status == "left"


async def test_after_a_stopped_clinic_one_chooses_another_time_or_the_money(phone, clinic):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    later = await new_slot(clinic, at(4, 9), places=2)
    first, second = await paid(li, clinic.nine), await paid(zhang, clinic.nine)
    office = await actor("scheduler1")
    entry = ClosureIn(starts_at=at(3, 8), ends_at=at(3, 12), reason="医生参加抢救")
    await stopping.stop(office, clinic.id, entry)
    told = (await li.get(f"/appointments/{first['id']}")).body
    assert (told["status"], told["status_name"]) == ("cancelled", "医院停诊")
    assert told["remedy"] == {"state": "open", "moved_to_id": None}
    assert "医生参加抢救" in told["next_step"]
    nothing = await li.post(f"/appointments/{first['id']}/remedy", {"choice": "move"})
    assert (nothing.status, nothing.fields) == (422, {"slot_id"})
    move = {"choice": "move", "slot_id": str(later.id)}
    moved = await li.post(f"/appointments/{first['id']}/remedy", move)
    assert (moved.status, moved.body["status"], moved.body["payment"]) == (200, "booked", "online")
    assert moved.body["start"] == "2026-11-04T09:00:00+08:00"
    path = f"/appointments/{second['id']}"
    refunded = await zhang.post(f"{path}/remedy", {"choice": "refund"})
    assert (refunded.status, refunded.body["remedy"]["state"]) == (200, "refunded")
    await until(lambda: zhang.get(path), lambda a: a.body["refund"]["state"] == "done")
    await sound()


async def test_the_queue_moves_while_one_waits(phone, clinic, clock):
    li, zhang = await phone("li", add="李秀英"), await phone("zhang", add="张建国")
    ids = [(await paid(one, clinic.nine))["id"] for one in (li, zhang)]
    clock.move(hours=23)
    for one in ids:
        await visits.check_in(WHO, await Appointment.get(id=one))
    path = f"/appointments/{ids[1]}"
    waiting = await zhang.get(path)
    assert waiting.body["queue"] == {"number": 2, "ahead": 1, "now": None}
    assert "前面还有 1 位" in waiting.body["next_step"]
    looked = AuditEvent.filter(action="appointment.open", subject=f"Appointment/{ids[1]}")
    before = await looked.count()
    same = await zhang.get(path, headers={"If-None-Match": waiting.headers["ETag"]})
    assert same.status == 304
    assert await looked.count() == before  # asked, and shown nothing new
    await visits.call_next(WHO, clinic.id, clinic.nine.day)
    called = await zhang.get(path, headers={"If-None-Match": waiting.headers["ETag"]})
    assert called.body["queue"] == {"number": 2, "ahead": 0, "now": 1}
    assert await looked.count() == before + 1


async def test_appointments_come_in_pages_the_latest_first(phone, clinic):
    li = await phone("li", add="李秀英")
    others = [
        await new_schedule(f"county{n}", department=d) for n, d in ((2, "tcm"), (4, "neurology"))
    ]
    slots = [clinic.nine, *[await new_slot(s, at(4 + n, 9)) for n, s in enumerate(others)]]
    made = [(await book(li, slot))["id"] for slot in slots]
    await service.cancel(WHO, await Appointment.get(id=made[0]), by=CancelledBy.PATIENT)
    first = (await li.get("/appointments?limit=2")).body
    rest = (await li.get(f"/appointments?limit=2&cursor={first['next_cursor']}")).body
    assert [a["id"] for a in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    live = (await li.get("/appointments?live=true")).body["items"]
    assert {a["id"] for a in live} == set(made[1:])


async def test_a_paid_fee_whose_notice_is_lost_is_found_by_asking(phone, clinic):
    li = await phone("li", add="李秀英")
    one = (await book(li, clinic.nine))["id"]
    await li.call("POST", "/sandbox/wechat/faults", json={"late": 1})
    prepaid = await li.post(f"/appointments/{one}/payment")
    paying = asyncio.ensure_future(li.pay(prepaid.body))
    await asyncio.sleep(0.2)
    assert (await li.post(f"/appointments/{one}/payment-check", key="")).status == 200
    await settled(li, one, "booked")
    await paying
    assert (await Appointment.get(id=one)).payment is Payment.ONLINE


async def test_the_inbox_fills_and_is_read(phone, clinic):
    li = await phone("li", add="李秀英")
    one = (await paid(li, clinic.nine))["id"]
    inbox = await until(lambda: li.get("/communications"), lambda a: a.body["unread"])
    message = inbox.body["items"][0]
    assert one in message["page"]
    assert message["read_at"] is None
    left = await li.post("/communications/receipts", {"ids": [message["id"]]}, key="")
    assert left.body["unread"] == inbox.body["unread"] - 1
    zhang = await phone("zhang")
    stolen = await zhang.post("/communications/receipts", {"ids": [message["id"]]}, key="")
    assert stolen.body == {"unread": 0}


async def test_what_was_agreed_to_in_wechat_is_kept(phone):
    li = await phone("li")
    asked = (await li.get("/subscriptions")).body["items"]
    template = asked[0]["template_id"]
    answers = [
        {"template_id": template, "answer": "accept"},
        {"template_id": "unknown", "answer": "accept"},
    ]
    kept = await li.post("/subscriptions", {"answers": answers}, key="")
    by_id = {one["template_id"]: one["left"] for one in kept.body["items"]}
    assert by_id[template] >= 1
    assert "unknown" not in by_id


async def test_a_childs_mother_books_for_it_and_lets_it_go(phone, clinic):
    li = await phone("li", add="李秀英")
    child = await li.add("李小宝", id_number("20200105", 2), "child", needed_for=("minor", "child"))
    assert (child.status, child.body["needs_proof"]) == (201, False)
    body = {"slot_id": str(clinic.nine.id), "patient_id": child.body["id"]}
    booked = await li.post("/appointments", body)
    assert (booked.status, booked.body["patient_name"]) == (201, "李小宝")
    assert len((await li.get("/patients")).body["items"]) == 2
    assert (await li.delete(f"/patients/{child.body['id']}")).status == 204
    assert (await li.post("/appointments", body)).status == 404


async def test_the_account_keeps_what_was_set(phone):
    li = await phone("li", add="李秀英")
    assert (await li.call("PUT", "/me/elder-mode", json={"on": True})).body["elder_mode"] is True
    me = (await li.get("/me")).body
    assert (me["elder_mode"], me["own_patient_id"]) == (True, li.patient_id)
    code = await li.call("POST", "/sandbox/wechat/codes", json={"name": "li", "purpose": "phone"})
    known = await li.post("/me/phone", {"code": code.body["code"]})
    assert (known.status, "****" in known.body["phone_masked"]) == (200, True)
    lost = await li.post(f"/patients/{li.patient_id}/health-card/loss", {"reason": "手机丢了"})
    assert lost.status == 201


async def test_who_may_book_but_not_pay_is_told_so(phone, clinic):
    li = await phone("li", add="李秀英")
    one = (await book(li, clinic.nine))["id"]
    son, stranger = await phone("son", add="王建军"), await phone("stranger", add="赵六")
    await Bond.create(
        account_id=son.account_id,
        patient_id=li.patient_id,
        relation=Relation.PARENT,
        status=BondStatus.ACTIVE,
        proof=Proof.DESK,
        scopes="book,view",
        asked_at=clock.now(),
    )
    assert (await son.get(f"/appointments/{one}")).status == 200
    for path in ("payment", "payment-check"):
        refused = await son.post(f"/appointments/{one}/{path}")
        assert (refused.status, refused.code) == (403, "not_in_scope")
        assert "没有让您付费" in refused.body["detail"]
        assert (await stranger.post(f"/appointments/{one}/{path}")).status == 404
