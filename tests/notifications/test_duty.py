"""Staff are told by text message: a number proven by a code, alerts that go up by the clock."""

import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from app.demo import people as demo
from core import clock as time
from family_doctor.alerts.models import Alert, Level
from notifications.duty.models import DutyPhone
from notifications.duty.telling import tell_alert, tell_returned
from notifications.models import Communication
from notifications.sms import sandbox as played
from notifications.states import Stage
from people.models import Patient, Practitioner
from pharmacy.prescribing.events import MedicationRequestReturned
from tests.family_doctor.alerts.test_walk import measured, rung
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.plumbing.families import found_team, signed

__all__ = ["phone"]

VILLAGE, LEAD, HEART = "13900000011", "13900000012", "13900000013"
PAGE = "/duty-phone"


@pytest.fixture
async def gateway():
    """Whoever carries text messages, at an address of its own."""
    server = TestServer(played.create(played.Options()))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def house(build_house, gateway):
    """The application, whose messages go there."""
    url = str(gateway.make_url("")).rstrip("/")
    secret = gateway.app[played.SANDBOX].options.secret
    return await build_house(sms_url=url, sms_secret=secret)


def texts(gateway, number):
    sent = gateway.app[played.SANDBOX].messages.values()
    return [one["text"] for one in sent if one["phone"] == number]


async def code_of(house, number):
    visitor = await house.visitor()
    inbox = await visitor.get("/sandbox/sms/messages", params={"phone": number})
    return re.search(r"验证码 (\d{6})", str(await inbox.json()))[1]


async def on_duty(house, login, number):
    """Register the number as its owner does."""
    person = await house.signed_in(login)
    assert (await person.post(PAGE, {"phone": number})).status == 303
    code = await code_of(house, number)
    assert (await person.post(f"{PAGE}/code", {"code": code})).status == 303
    return person


async def told(login):
    rows = Communication.filter(recipient_id=demo.practitioner_id(login)).order_by("topic")
    return [(row.topic, row.status) for row in await rows]


async def test_a_number_is_proven_by_the_code_that_arrived_there(house, gateway, clock):
    village = await house.signed_in("village1")
    assert "还没有登记" in await (await village.get(PAGE)).text()
    for wrong in ("0871-66666666", "1390000"):
        assert (await village.post(PAGE, {"phone": wrong})).status == 422
    assert (await village.post(PAGE, {"phone": VILLAGE})).status == 303
    again = await village.post(PAGE, {"phone": VILLAGE})
    assert again.status == 429
    assert "等一分钟" in await again.text()
    code = await code_of(house, VILLAGE)
    wrong = await village.post(f"{PAGE}/code", {"code": "000000" if code != "000000" else "1"})
    assert wrong.status == 422
    other = await house.signed_in("village2")
    assert (await other.post(f"{PAGE}/code", {"code": code})).status == 422, "not theirs"
    assert (await DutyPhone.get(practitioner_id=demo.practitioner_id("village1"))).phone is None
    assert (await village.post(f"{PAGE}/code", {"code": code})).status == 303
    shown = await (await village.get(PAGE)).text()
    assert "139****0011" in shown
    assert VILLAGE not in shown
    assert (await village.post(f"{PAGE}/code", {"code": code})).status == 422, "good once"
    assert (await village.post(f"{PAGE}/removal")).status == 303
    row = await DutyPhone.get(practitioner_id=demo.practitioner_id("village1"))
    assert (row.phone, row.proven_at) == (None, None)


async def test_a_code_is_tried_so_often_and_lives_so_long(house, clock):
    village = await house.signed_in("village1")
    await village.post(PAGE, {"phone": VILLAGE})
    code = await code_of(house, VILLAGE)
    for _ in range(5):
        await village.post(f"{PAGE}/code", {"code": "x"})
    assert (await village.post(f"{PAGE}/code", {"code": code})).status == 422
    clock.move(minutes=2)
    await village.post(PAGE, {"phone": VILLAGE})
    late = await code_of(house, VILLAGE)
    clock.move(minutes=10)
    assert (await village.post(f"{PAGE}/code", {"code": late})).status == 422


async def test_an_alert_rings_the_team_then_the_doctor_then_the_county(
    house, phone, gateway, clock
):
    li = await phone("li", add="李秀英")
    team = await found_team()
    await signed(await Patient.get(id=li.patient_id), team)
    doctor = next(
        name
        for name in ("village1", "township1", "team1", "nurse1", "county1")
        if demo.practitioner_id(name) == team.responsible_id
    )
    member = "nurse1" if doctor != "nurse1" else "village1"
    await on_duty(house, doctor, LEAD)
    await on_duty(house, member, VILLAGE)
    await on_duty(house, "county2", HEART)
    await measured(li, systolic="186", diastolic="112")
    alert = await rung()
    await until(lambda: told(member), lambda rows: rows == [("staff_alert_team", Stage.SENT)])
    (text,) = texts(gateway, VILLAGE)
    assert "危急值" in text
    for private in ("李秀英", "186", "血压", "mmHg"):
        assert private not in text
    assert texts(gateway, HEART) == []
    clock.move(minutes=11)
    await until(lambda: told(doctor), lambda rows: len(rows) == 2 and rows[0][1] is Stage.SENT)
    clock.move(minutes=10)
    await until(lambda: told("county2"), lambda rows: rows == [("staff_alert_duty", Stage.SENT)])
    assert len(texts(gateway, VILLAGE)) == 1, "a member is asked once"
    assert await Alert.filter(id=alert.id, level=Level.DUTY).exists()
    assert len(texts(gateway, LEAD)) == 2


async def test_answered_meanwhile_nobody_is_rung(house, phone, gateway, clock):
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    village = await on_duty(house, "village1", VILLAGE)
    await on_duty(house, "nurse1", LEAD)
    gateway.app[played.SANDBOX].options.busy = 10_000  # nothing leaves the house
    await measured(li, systolic="186", diastolic="112")
    alert = await rung()
    await until(lambda: Communication.filter(topic="staff_alert_team", tries=1).count(), bool)
    path = f"/alerts/{alert.id}/acknowledgement"
    assert (await village.post(path, {"value": "186/112"})).status == 303
    both = Communication.filter(topic="staff_alert_team")
    await until(both.filter(status=Stage.WITHDRAWN).count, lambda count: count == 2)
    gateway.app[played.SANDBOX].options.busy = 0
    clock.move(minutes=30)
    assert (
        not await Communication.filter(topic__startswith="staff_")
        .exclude(status=Stage.WITHDRAWN)
        .exists()
    )
    assert texts(gateway, LEAD) == []


async def test_off_duty_only_alerts_come(house, phone, gateway, clock):
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    village = await on_duty(house, "village1", VILLAGE)
    author = str(demo.practitioner_id("village1"))
    returned = MedicationRequestReturned(
        request_id=str(demo.practitioner_id("nurse1")),
        patient_id=li.patient_id,
        author_id=author,
        organization_id=author,
        about="",
    )
    assert (await village.post(f"{PAGE}/only-alerts")).status == 303
    assert "现在只发" in await (await village.get(PAGE)).text()
    await tell_returned(returned)
    assert await told("village1") == []
    assert (await village.post(f"{PAGE}/everything")).status == 303
    for _ in range(2):
        await tell_returned(returned)
    await until(lambda: told("village1"), lambda rows: rows == [("staff_prescription", Stage.SENT)])
    assert "处方" in texts(gateway, VILLAGE)[0]
    assert (await village.post(f"{PAGE}/only-alerts")).status == 303
    await measured(li, glucose="17.2", meal="fasting")
    await until(lambda: told("village1"), lambda rows: ("staff_alert_team", Stage.SENT) in rows)


async def test_a_repeated_event_rings_nobody_twice(house, phone, gateway, clock):
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    await on_duty(house, "village1", VILLAGE)
    await measured(li, systolic="186", diastolic="112")
    alert = await rung()
    await until(lambda: told("village1"), lambda rows: rows == [("staff_alert_team", Stage.SENT)])

    class Raised:
        alert_id, action = str(alert.id), "raise"

    await tell_alert(Raised)
    clock.move(minutes=1)
    assert len(await told("village1")) == 1
    assert time.now() - alert.raised_at >= timedelta(minutes=1)


async def test_residents_are_not_asked_about_what_staff_hear(house, phone):
    li = await phone("li", add="李秀英")
    groups = {one["group"] for one in (await li.get("/me/reminders")).body["items"]}
    assert groups == {"visits", "money", "drugs", "family", "learning", "privacy"}
    staff = {"group": "staff", "channel": "sms", "on": False}
    assert (await li.put("/me/reminders", staff)).status == 422


async def test_who_works_here_no_more_is_not_rung(house, phone, gateway, clock):
    li = await phone("li", add="李秀英")
    await signed(await Patient.get(id=li.patient_id), await found_team())
    await on_duty(house, "village1", VILLAGE)
    await on_duty(house, "nurse1", LEAD)
    await Practitioner.filter(id=demo.practitioner_id("nurse1")).update(active=False)
    await measured(li, systolic="186", diastolic="112")
    await rung()
    await until(Communication.filter(topic="staff_alert_team").count, bool)
    assert await told("village1")
    assert await told("nurse1") == []
