"""From a new WeChat user to a paid, checked-in appointment, with the sandbox's notification."""

from booking import doors
from booking.models import Appointment
from booking.states import Status
from core.audit import AuditEvent
from tests.booking.conftest import sound
from tests.mini_program_api.phones import id_number, settled


async def test_a_new_resident_books_pays_and_checks_in(phone, clinic, clock):
    li = await phone()
    signed_in = await li.sign_in("li")
    assert set(signed_in.body) == {"token", "expires_at", "account_id"}
    assert (await li.get("/patients")).body == {"items": [], "next_cursor": None}

    added = await li.add("李秀英", id_number("19680205", 2))
    assert (added.status, added.body["relation"], added.body["sex"]) == (201, "self", "female")
    assert added.body["birth_date"] == "1968-02-05"
    assert "19680205" not in str(added.body["id_number_masked"])
    patient = added.body["id"]

    card = await li.post(f"/patients/{patient}/health-card")
    assert (card.status, set(card.body)) == (201, {"card_no", "issued_at"})
    assert (await li.post(f"/patients/{patient}/health-card")).body == card.body
    code = (await li.get(f"/patients/{patient}/health-card/code")).body
    assert code["qr_text"].startswith("v1.")

    house = next(one for one in (await li.get("/organizations")).body["items"] if one["bookable"])
    departments = (await li.get(f"/departments?organization_id={house['id']}")).body["items"]
    assert [one["name"] for one in departments] == ["心内科"]
    path = f"/practitioners?department_id={departments[0]['id']}"
    doctor = (await li.get(path)).body["items"][0]
    days = (await li.get(f"/schedule-days?practitioner_id={doctor['id']}")).body["items"]
    assert [(day["day"], day["remaining"]) for day in days] == [("2026-11-03", 3)]
    slots = (await li.get(f"/slots?practitioner_id={doctor['id']}&date=2026-11-03")).body["items"]
    assert [slot["remaining"] for slot in slots] == [2, 1]
    assert slots[0]["start"] == "2026-11-03T09:00:00+08:00"
    assert slots[0]["fee_fen"] == 1500

    held = await li.post("/appointments", {"slot_id": slots[0]["id"], "patient_id": patient})
    assert (held.status, held.body["status"], held.body["fee_fen"]) == (201, "held", 1500)
    assert held.body["hold_expires_at"] == "2026-11-02T09:15:00+08:00"
    assert "15.00 元" in held.body["next_step"]
    assert "09:15" in held.body["next_step"]
    one = held.body["id"]

    prepaid = await li.post(f"/appointments/{one}/payment")
    assert set(prepaid.body) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert (await li.pay(prepaid.body)).status == 200
    booked = await settled(li, one, "booked")
    assert (booked["payment"], booked["hold_expires_at"]) == ("online", None)
    assert "门诊楼 2 层 203" in booked["next_step"]
    assert (await li.post(f"/appointments/{one}/payment")).code == "already_paid"

    door = doors.code_of(clinic.organization_id, clinic.department)
    early = await li.post(f"/appointments/{one}/check-in", {"door": door})
    assert (early.status, early.code) == (409, "too_early")
    clock.move(hours=23)
    elsewhere = await li.post(f"/appointments/{one}/check-in", {"door": "23456789"})
    assert (elsewhere.status, elsewhere.fields) == (422, {"door"})
    here = await li.post(f"/appointments/{one}/check-in", {"door": door.lower()})
    assert (here.status, here.body["status"]) == (200, "checked_in")
    assert here.body["queue"] == {"number": 1, "ahead": 0, "now": None}

    row = await Appointment.get(id=one)
    assert row.status is Status.CHECKED_IN
    seen = await AuditEvent.filter(patient_id=patient, action="appointment.open")
    assert seen
    assert all(event.account_name == "居民账号" for event in seen)
    await sound()
