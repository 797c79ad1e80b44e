"""Ends that lead on: a place that is kept, a referral note, the money, a forgotten shift."""

from app import visit_room
from app.demo import people as demo
from booking.models import Appointment, Schedule, ServiceType, Slot
from booking.states import Status as Booked
from care.encounter import shifts, visiting
from care.encounter.models import Encounter, OnlineShift
from care.encounter.states import ShiftStatus
from core.audit import AuditEvent
from tests.booking.conftest import at, new_schedule, new_slot, sound
from tests.care.encounter.conftest import request_for
from tests.care.encounter.test_walk import booked, waiting
from tests.mini_program_api.phones import heard, settled, until
from tests.plumbing.house import form_token


async def unfit(desk, path, **fields):
    """The doctor stops it."""
    visit = path.replace("/encounters", "/visits")
    entry = {"reason": "needs_physical_exam", "offer": "counter"} | fields
    assert (await desk.post(f"{visit}/termination", entry)).status == 303


async def kept(one, path, status="held"):
    """The place that is offered, once it stands like this."""

    def fits(got):
        offered = got.body["ending"]["offered"]
        return offered is not None and offered["status"] == status

    return (await until(lambda: one.get(path), fits)).body["ending"]["offered"]


async def counter(doctor="county1", when=None, **changes):
    """A clinic at the counter with one slot of one place tomorrow."""
    schedule = await new_schedule(doctor, name=doctor, **changes)
    return await new_slot(schedule, when or at(3, 9))


async def test_after_an_unfit_visit_a_counter_place_is_kept_and_taken_with_one_tap(
    phone, desk, clock
):
    other = await counter("county2", at(3, 8))
    own = await counter(when=at(3, 10))
    li, path = await waiting(phone, "li", "李秀英")
    await unfit(desk, path)
    offered = await kept(li, path)
    assert offered["open"]
    assert not offered["online"]
    assert offered["start"] == at(3, 10).isoformat(), "the same day rather with the same doctor"
    assert (await Slot.get(id=own.id)).remaining == 0
    assert (await Slot.get(id=other.id)).remaining == 1
    await heard(li, "请到医院看", "给您留了一个号")
    visit = path.replace("/encounters", "/visits")
    assert "留的号还没要" in await (await desk.get(visit)).text()
    assert "留的号还没要" in await (await desk.get("/visits")).text()

    taken = await li.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert (taken.status, taken.body["status"]) == (200, "booked")
    again = await li.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert again.body["status"] == "booked"
    assert (await kept(li, path, "booked"))["open"] is False
    await heard(li, "预约成功")
    assert "留的号他要了" in await (await desk.get(visit)).text()
    assert "留的号他要了" in await (await desk.get("/visits")).text()
    zhang = await phone("zhang", add="张三")
    theirs = await zhang.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert theirs.status == 404
    await sound()


async def test_a_kept_place_with_a_fee_waits_for_the_payment_and_goes_back_by_itself(
    phone, desk, house, clock
):
    slot = await counter(fee_fen=1500)
    li, path = await waiting(phone, "li", "李秀英")
    await unfit(desk, path)
    offered = await kept(li, path)
    assert offered["fee_fen"] == 1500
    held = await li.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert held.body["status"] == "held", "still to be paid"
    clock.move(hours=2, seconds=1)
    assert (await kept(li, path, "expired"))["open"] is False
    assert (await Slot.get(id=slot.id)).remaining == 1
    visit = path.replace("/encounters", "/visits")
    doctor = await house.signed_in("county1")  # two hours later
    assert "留的号没有要" in await (await doctor.get(visit)).text()
    late = await li.post(f"/appointments/{offered['appointment_id']}/acceptance")
    assert (late.status, late.code) == (409, "offer_over")
    await sound()


async def test_who_does_not_want_the_place_gives_it_back_at_once(phone, desk, clock):
    slot = await counter()
    li, path = await waiting(phone, "li", "李秀英")
    await unfit(desk, path)
    offered = await kept(li, path)
    gone = await li.post(f"/appointments/{offered['appointment_id']}/cancellation", {"reason": ""})
    assert gone.status == 200, gone.body
    assert (await kept(li, path, "cancelled"))["open"] is False
    visit = path.replace("/encounters", "/visits")
    assert "留的号退掉了" in await (await desk.get(visit)).text()
    assert (await Slot.get(id=slot.id)).remaining == 1


async def test_an_ordinary_hold_is_no_offer(phone, desk, clock):
    slot = await counter(fee_fen=1500)
    li = await phone("li", add="李秀英")
    held = await li.post("/appointments", {"slot_id": str(slot.id), "patient_id": li.patient_id})
    answer = await li.post(f"/appointments/{held.body['id']}/acceptance")
    assert (answer.status, answer.code) == (409, "no_offer")


async def test_zhenliao_banfa_16_an_emergency_is_never_offered_another_day(phone, desk, clock):
    await counter()
    li, path = await waiting(phone, "li", "李秀英")
    await unfit(desk, path, reason="emergency_signs")
    ended = (await li.get(path)).body["ending"]
    assert (ended["offer"], ended["kept_open"]) == ("", False)
    assert "120" in ended["guidance"]
    assert not await Appointment.exists()


async def test_without_a_free_place_nothing_is_promised(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    await unfit(desk, path)
    await heard(li, "请到医院看")
    visit = path.replace("/encounters", "/visits")
    assert "正在找号" in await (await desk.get(visit)).text()
    clock.move(minutes=5, seconds=1)
    assert "没有号可留" in await (await desk.get(visit)).text()
    ended = (await li.get(path)).body["ending"]
    assert (ended["offered"], ended["kept_open"]) == (None, False)


async def test_a_referral_note_says_what_the_next_doctor_should_know(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    assert (await li.get(f"{path}/referral")).code == "no_referral"
    visit = path.replace("/encounters", "/visits")
    await desk.post(f"{visit}/verdict", {"verdict": "changed", "why": "血压 190/110"})
    await unfit(desk, path, offer="referral", reason="condition_changed", guided_to="市中心医院")
    note = (await li.get(f"{path}/referral")).body
    assert note["patient"].startswith("李秀英")
    assert (note["guided_to"], note["finding"]) == ("市中心医院", "病情有变化:血压 190/110")
    assert "原发性高血压" in note["diagnoses"][0]
    zhang = await phone("zhang", add="张三")
    assert (await zhang.get(f"{path}/referral")).status == 404
    assert await AuditEvent.filter(action="encounter.referral.read").exists()


async def test_who_was_not_reached_has_the_money_back_and_another_day_kept(phone, desk, clock):
    li, appointment = await booked(phone, "li", "李秀英")
    schedule = (await Appointment.get(id=appointment)).schedule_id
    today = await new_slot(await Schedule.get(id=schedule), at(2, 20))
    tomorrow = await new_slot(await Schedule.get(id=schedule), at(3, 10))
    wanted = await request_for(li, li.patient_id, appointment_id=appointment)
    asked = await li.post("/encounters", wanted)
    path = f"/encounters/{asked.body['id']}"
    await li.post(f"{path}/arrival")
    assert (await desk.post("/visits/shift/end")).status == 303
    offered = await kept(li, path)
    assert offered["online"]
    assert offered["start"] == at(3, 10).isoformat(), "this doctor has gone for today"
    assert (await Slot.get(id=today.id)).remaining == 1
    assert (await Slot.get(id=tomorrow.id)).remaining == 0
    over = await settled(li, appointment, "cancelled")
    assert over["refund"]["state"] != "none"
    assert "20" in (await li.get(path)).body["ending"]["refund"]
    await sound()


async def test_a_forgotten_shift_ends_by_itself_and_those_who_wait_are_told(phone, desk, clock):
    schedule = await new_schedule(service_type=ServiceType.ONLINE, place="线上")
    await new_slot(schedule, at(3, 10))
    li, path = await waiting(phone, "li", "李秀英")
    shift = await OnlineShift.get(live=demo.practitioner_id("county1"))
    clock.move(minutes=10)
    said = await desk.post("/visits/shift/message", {"message": "请稍等"})
    assert said.headers["Location"] == "/visits"
    clock.move(hours=3, minutes=55)
    await shifts.end_if_idle(shift.id, visit_room.last_words)
    assert (await OnlineShift.get(id=shift.id)).status is ShiftStatus.OPEN, (
        "a word less than 4 hours ago"
    )
    clock.move(minutes=5, seconds=1)
    ended = await until(lambda: li.get(path), lambda one: one.body["status"] != "waiting")
    assert ended.body["ending"]["reason"] == "到下班没有排到"
    assert (await OnlineShift.get(id=shift.id)).status is ShiftStatus.ENDED
    await kept(li, path)
    await heard(li, "这次没有看成", "给您留了一个号")


async def test_a_doctor_who_only_writes_is_not_idle(phone, desk, house, clock):
    """ADR 0038: nothing was audited at the desk for hours, but somebody was written to."""
    li, path = await waiting(phone, "li", "李秀英")
    here = await until(lambda: li.get(f"{path}/messages"), lambda got: got.status == 200)
    shift = await OnlineShift.get(live=demo.practitioner_id("county1"))
    clock.move(hours=3)
    await li.post(f"{path}/messages", {"client_id": "still-waiting", "text": "医生在吗"})
    doctor = await house.signed_in("county1")
    said = await doctor.client.post(
        f"/conversations/{here.body['conversation_id']}/messages",
        json={"client_id": "busy-just-now", "text": "前面有急诊,请再等等"},
        headers={"X-CSRF-Token": form_token()},
    )
    assert said.status == 201
    clock.move(hours=3, minutes=59)
    await shifts.end_if_idle(shift.id, visit_room.last_words)
    assert (await OnlineShift.get(id=shift.id)).status is ShiftStatus.OPEN
    await li.post(f"{path}/messages", {"client_id": "and-now-again", "text": "还要等吗"})
    clock.move(minutes=1, seconds=1)
    await shifts.end_if_idle(shift.id, visit_room.last_words)
    assert (await OnlineShift.get(id=shift.id)).status is ShiftStatus.ENDED, (
        "what the resident writes does not count"
    )


async def test_a_doctor_who_never_comes_is_the_doctors_fault(phone, desk, clock):
    li, path = await waiting(phone, "li", "李秀英")
    id = path.rpartition("/")[2]
    await visiting.lapse((await Encounter.get(id=id)).id)
    ended = (await li.get(path)).body
    assert ended["ending"]["reason"] == "医生临时不能接诊"
    assert not await Appointment.filter(status=Booked.HELD).exists()
