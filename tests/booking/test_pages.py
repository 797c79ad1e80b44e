"""The pages over HTTP: what the office, the doctor and the clinic do, and who may not."""

import re
from datetime import timedelta

import pytest

from app.demo import booking as clinics
from app.demo import people as demo
from app.demo.people import LOGINS
from app.demo.places import demo_id
from booking import service
from booking.models import (
    Appointment,
    CashEntry,
    Channel,
    Payment,
    Pool,
    Schedule,
    ServiceType,
    Slot,
)
from booking.routes import ROUTES
from booking.states import Status
from care.consent.texts import current
from core import clock as time
from core import doors
from core.audit import SYSTEM, AuditEvent
from people.actor import Role
from people.models import Patient, RecordGrant
from tests.booking.conftest import new_slot, sound
from tests.care.teleconsultation.conftest import words_of

COUNTY1 = demo_id("schedule", "county1")
SAME = ("organization_id", "kind", "practitioner_id", "name", "department", "place", "fee_fen")


class People:
    """Everybody's browser, kept."""

    def __init__(self, house):
        self.house, self.visitors = house, {}

    async def _who(self, username):
        if username not in self.visitors:
            self.visitors[username] = await self.house.signed_in(username)
        return self.visitors[username]

    async def read(self, username, path, status=200):
        answer = await (await self._who(username)).get(path)
        text = await answer.text()
        assert answer.status == status, (path, answer.status, words_of(text)[:600])
        return text

    async def post(self, username, path, fields=None):
        return await (await self._who(username)).post(path, fields)

    async def do(self, username, path, fields=None):
        answer = await self.post(username, path, fields)
        assert answer.status == 303, (path, answer.status, words_of(await answer.text())[:600])
        return answer.headers["Location"]


@pytest.fixture
async def people(clock, house):
    """The demo's clinics of the next 14 days, on a Monday at nine; residents of the villages."""
    await demo.move_in_residents()
    for name in ("county1", "county2", "county4"):
        assert name in {login.username for login in LOGINS}
    await clinics.create(None)
    return People(house)


async def slot_of(schedule=COUNTY1, *, pool=Pool.PUBLIC, days=1, at=0):
    day = time.today() + timedelta(days=days)
    rows = await Slot.filter(
        schedule_id=schedule, pool=pool, day=day, starts_at__gt=time.now()
    ).order_by("starts_at")
    return rows[at]


async def agree(people, appointment_id, patient):
    row = await Appointment.get(id=appointment_id)
    return await people.do(
        "village1",
        f"/consents/booking/{appointment_id}",
        {
            "signer": "self",
            "signer_name": patient.name,
            "method": "typed",
            "typed_name": patient.name,
            "text_version": current("booking").version,
            "fee_fen": str(row.fee_fen),
            "explained": "1",
        },
    )


async def grown(number=0):
    rows = await Patient.filter(
        managing_organization_id=demo.organization_id("YH-T1-V1"), birth_date__lt="1970-01-01"
    ).order_by("id")
    return rows[number]


async def held(people, patient, slot):
    place = await people.do("village1", f"/bookings/new/{patient.id}", {"slot_id": str(slot.id)})
    return place.rsplit("/", 1)[1]


async def booked(people, patient, slot):
    found = await held(people, patient, slot)
    await agree(people, found, patient)
    await people.do("village1", f"/bookings/{found}/cash")
    return await Appointment.get(id=found)


async def test_the_village_doctor_books_for_a_neighbour(people, clock):
    patient, slot = await grown(9), await slot_of()
    assert "为她预约" in await people.read("village1", "/bookings/new")
    answer = await people.post("village1", "/bookings/new", {"q": patient.name})
    assert f"/bookings/new/{patient.id}" in await answer.text()
    page = await people.read("village1", f"/bookings/new/{patient.id}?day={slot.day}")
    assert str(slot.id) in page
    assert "15.00 元" in page
    found = await held(people, patient, slot)
    early = await people.post("village1", f"/bookings/{found}/cash")
    assert early.status == 409, "first the signature, then the money"
    assert await agree(people, found, patient) == f"/bookings/{found}"
    await people.do("village1", f"/bookings/{found}/cash")
    row = await Appointment.get(id=found)
    assert (row.status, row.payment) == (Status.BOOKED, Payment.CASH)
    assert (await CashEntry.get(appointment_id=found)).amount_fen == 1500
    slip = await people.read("village1", f"/bookings/{found}/slip")
    assert "<svg" in slip
    assert patient.name not in slip, "the slip shows 张**, not who it is"
    assert row.code[:5] in words_of(slip)
    assert "明天" not in slip, "paper is read on another day"
    assert patient.name in await people.read("village1", "/bookings/cash")
    assert "大槐树村卫生室" in await people.read("scheduler1", "/cash")
    handed = {
        "organization_id": str(demo.organization_id("YH-T1-V1")),
        "until": time.now().isoformat(),
    }
    await people.do("scheduler1", "/cash/hand-over", handed)
    assert (await CashEntry.get(appointment_id=found)).handed_over_at
    assert "没有未交的现金" in await people.read("scheduler1", "/cash")
    await sound()


async def test_from_the_slip_to_the_end_of_the_visit(people, clock):
    row = await booked(people, await grown(9), await slot_of())
    clock.moment = row.starts_at - timedelta(minutes=20)
    people.visitors.clear()
    page = await (
        await people.post("scheduler1", "/outpatient/check-in", {"code": row.code})
    ).text()
    assert "排 1 号" in page
    twice = await people.post("scheduler1", "/outpatient/check-in", {"code": row.code})
    assert twice.status == 409
    here = f"/outpatient/queues/{row.schedule_id}"
    assert "已签到" in await people.read("county1", f"{here}?day={row.day}")
    await people.do("county1", f"{here}/next?day={row.day}")
    assert "正在叫号" in await people.read("county1", f"{here}/rows?day={row.day}")
    for step in ("call", "begin", "finish"):
        await people.do("county1", f"/bookings/{row.id}/steps/{step}")
    assert (await Appointment.get(id=row.id)).status is Status.DONE
    followup = await slot_of(pool=Pool.FOLLOWUP, days=7)
    assert str(followup.id) in await people.read(
        "county1", f"/bookings/{row.id}/followup?day={followup.day}"
    )
    to = await people.do("county1", f"/bookings/{row.id}/followup", {"slot_id": str(followup.id)})
    again = await Appointment.get(id=to.rsplit("/", 1)[1])
    assert (again.status, again.payment) == (Status.BOOKED, Payment.AT_VISIT)
    await sound()


async def test_wrong_codes_and_numbers_are_said_kindly(people, clock):
    for code, sentence in (("ABC", "10 位"), ("A" * 10, "没有这个预约码"), ("1" * 18, "没有找到")):
        answer = await people.post("scheduler1", "/outpatient/check-in", {"code": code})
        assert answer.status == 422
        assert sentence in await answer.text()


async def test_somebody_new_is_enrolled_at_the_counter_and_no_record_opens(people, clock):
    page = await people.read("scheduler1", "/outpatient/walk-in")
    assert 'href="/patients/new?next=/outpatient/walk-in"' in page
    form = await people.read("scheduler1", "/patients/new?next=/outpatient/walk-in")
    assert 'action="/patients?next=/outpatient/walk-in"' in form
    number = "53010219200508011X"
    entry = {"name": "何有福", "document_kind": "id_card", "document_number": number}
    for _ in range(2):  # a second time it is the same person
        to = await people.do("scheduler1", "/patients?next=/outpatient/walk-in", entry)
        assert to.startswith("/outpatient/walk-in")
    patient = await Patient.get(name="何有福")
    assert patient.managing_organization_id == demo.organization_id("YH-H1")
    found = await people.post("scheduler1", "/outpatient/walk-in/search", {"number": number})
    assert "何有福" in await found.text()
    assert not await RecordGrant.filter(patient_id=patient.id).exists()
    await people.read("scheduler1", f"/patients/{patient.id}", 403)
    to = await people.do("scheduler1", "/patients?next=https://elsewhere.example/", entry)
    assert to.startswith("/?") or to == "/"


async def test_a_walk_in_is_registered_paid_and_in_the_queue(people, clock):
    patient = await grown(9)
    number = (await patient.identifiers.all())[0].value
    page = await (
        await people.post("scheduler1", "/outpatient/walk-in/search", {"number": number})
    ).text()
    assert patient.name in page
    assert number not in people.house.address
    slot = await slot_of(pool=Pool.ONSITE, days=0)
    fields = {"number": number, "slot_id": str(slot.id), "paid": "1"}
    to = await people.do("scheduler1", "/outpatient/walk-in", fields)
    row = await Appointment.get(id=to.rsplit("/", 1)[1])
    assert (row.status, row.payment, row.queue_number) == (Status.CHECKED_IN, Payment.CASH, 1)
    other = fields | {"slot_id": str((await slot_of(days=0)).id)}
    again = await people.post("scheduler1", "/outpatient/walk-in", other)
    assert again.status == 409
    assert "已经有预约" in await again.text()
    assert await AuditEvent.filter(action="counter.find", patient_id=patient.id).exists()
    await sound()


async def test_who_is_registered_for_later_comes_back_to_check_in(people, clock):
    number = (await (await grown(9)).identifiers.all())[0].value
    later = await slot_of(pool=Pool.ONSITE, days=0, at=-1)
    fields = {"number": number, "slot_id": str(later.id), "paid": "1"}
    to = await people.do("scheduler1", "/outpatient/walk-in", fields)
    page = await people.read("scheduler1", to)
    assert "已挂号。还没到签到时间" in page
    row = await Appointment.get(id=to.split("?")[0].rsplit("/", 1)[1])
    assert (row.status, row.payment, row.queue_number) == (Status.BOOKED, Payment.CASH, None)
    await sound()


async def test_online_places_are_neither_shown_nor_given_by_somebody_else(people, clock):
    patient = await grown(9)
    number = (await patient.identifiers.all())[0].value
    at_door = await Schedule.get(id=COUNTY1)
    online = await Schedule.create(
        **{field: getattr(at_door, field) for field in SAME},
        service_type=ServiceType.ONLINE,
        created_at=time.now(),
    )
    slot = await new_slot(online, time.now() + timedelta(hours=1))
    found = await people.post("scheduler1", "/outpatient/walk-in/search", {"number": number})
    village = await people.read("village1", f"/bookings/new/{patient.id}")
    for page in (await found.text(), village):
        assert "刘明华" in page
        assert "在线复诊" not in page
    fields = {"number": number, "slot_id": str(slot.id)}
    for refused in (
        await people.post("scheduler1", "/outpatient/walk-in", fields),
        await people.post("village1", f"/bookings/new/{patient.id}", {"slot_id": str(slot.id)}),
    ):
        assert refused.status == 409
        assert "在线复诊要本人用手机约" in await refused.text()
    assert not await Appointment.filter(schedule_id=online.id).exists()
    mine = await service.hold(
        SYSTEM, slot_id=slot.id, patient_id=patient.id, channel=Channel.RESIDENT
    )
    answer = await people.post("scheduler1", f"/bookings/{mine.id}/check-in")
    assert answer.status == 409
    assert "请他到时间在手机上进候诊室" in await answer.text()


async def test_the_office_builds_a_schedule(people, clock):
    assert "新号表" in await people.read("scheduler1", "/schedules")
    new = {
        "kind": "room",
        "name": "换药室",
        "department": "general_surgery",
        "service_type": "visit",
        "fee": "5.50",
    }
    assert (await people.post("scheduler1", "/schedules", new | {"fee": "-1"})).status == 422
    assert (await people.post("scheduler1", "/schedules", new | {"kind": "doctor"})).status == 422
    here = await people.do("scheduler1", "/schedules", new)
    row = await Schedule.get(name="换药室")
    assert row.fee_fen == 550
    hours = {"weekday": "2", "opens": "08:00", "closes": "10:00", "slot_minutes": "20"}
    await people.do("scheduler1", f"{here}/hours", hours | {"public": "2", "onsite": "1"})
    wednesdays = await Slot.filter(schedule_id=row.id)
    assert len(wednesdays) == 2 * 6 * 2, "two Wednesdays, six slots, two pools"
    refused = await people.post(
        "scheduler1", f"{here}/hours", hours | {"opens": "09:00", "public": "1"}
    )
    assert (refused.status, "重叠" in await refused.text()) == (422, True)
    long = await people.post(
        "scheduler1", f"{here}/hours", hours | {"weekday": "3", "slot_minutes": "45"}
    )
    assert long.status == 422, "slots of at most 30 minutes"
    block = re.search(rf"{here}/hours/([0-9a-f-]+)/removal", await people.read("scheduler1", here))
    await people.do("scheduler1", block[0])
    assert not await Slot.filter(schedule_id=row.id).exists()


PAGES = {
    "/outpatient": {"scheduler1", "county1", "county2", "county3", "county4", "township1", "team1"},
    "/outpatient/check-in": {"scheduler1"},
    "/outpatient/walk-in": {"scheduler1"},
    "/no-shows": {"scheduler1"},
    "/cash": {"scheduler1"},
    "/schedules": {"scheduler1", "admin1"},
    "/schedules/new": {"scheduler1", "admin1"},
    f"/outpatient/queues/{COUNTY1}": {"scheduler1", "county1"},
    "/bookings": {"village1", "village2", "township1", "team1", "nurse1"},
    "/bookings/new": {"village1", "village2", "township1", "team1", "nurse1"},
    "/bookings/cash": {"village1", "village2", "township1", "team1", "nurse1"},
}


async def test_each_role_opens_its_pages_and_no_other(people, clock):
    for login in LOGINS:
        for path, allowed in PAGES.items():
            answer = await (await people._who(login.username)).get(path)
            assert (answer.status == 200) is (login.username in allowed), (login.username, path)
            assert answer.status in (200, 403, 404)


async def test_a_strangers_appointment_and_a_missing_one_answer_alike(people, clock):
    row = await booked(people, await grown(9), await slot_of())
    for username in ("village2", "county2"):
        answers = []
        for found in (row.id, demo_id("appointment", "none")):
            visitor = await people._who(username)
            answer = await visitor.get(f"/bookings/{found}", headers={"Accept": "application/json"})
            body = await answer.json()
            answers.append((answer.status, body["code"], body["detail"]))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    patient = await Patient.filter(
        managing_organization_id=demo.organization_id("YH-T1-V1")
    ).first()
    assert (await people.post("village2", f"/bookings/new/{patient.id}", {})).status in (404, 422)


def test_every_route_says_who_may_knock():
    for table in ROUTES:
        for route in table:
            door = doors.door_of(route.handler)
            assert door, route
            assert door <= {role.value for role in Role}, route
