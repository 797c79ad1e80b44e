"""设备 and 设备读数: register, lend, measure, assign, put aside; what strangers and administrators
see; what a crash leaves behind."""

import json
import re
from datetime import timedelta

import pytest

from care.record.models import Observation
from core import clock as time
from core.audit import AuditEvent
from core.limits import Counter
from core.outbox import OutboxEntry
from devices import receiving, registry, retention, understanding
from devices.envelope import from_http
from devices.models import Device, Loan, RawMessage
from devices.sandbox import Instrument, glucose, pressure
from devices.states import MessageStatus
from family_doctor.alerts.models import Alert
from people.models import Patient
from tests.devices.conftest import recorded
from tests.mini_program_api.phones import until
from tests.plumbing.actors import actor

NEW = {
    "code": "yh-bp-7",
    "kind": "blood-pressure",
    "maker": "云河",
    "model": "M1",
    "format": "doorstep",
}


async def key_in(answer):
    return re.search(r'data-testid="device-key">([^<]+)<', await answer.text())[1]


async def test_a_device_is_registered_lent_and_taken_back(house, patient, clock):
    village = await house.signed_in("village1")
    assert "还没有登记设备" in await (await village.get("/devices/all")).text()
    made = await village.post("/devices", NEW)
    assert made.status == 201
    key, row = await key_in(made), await Device.get()
    assert (row.code, row.organization_id) == ("YH-BP-7", patient.managing_organization_id)
    assert key not in await (await village.get(f"/devices/{row.id}")).text()
    assert (await village.post("/devices", NEW)).status == 422, "the code is taken"
    assert await Device.all().count() == 1
    found = await village.post(f"/devices/{row.id}/search", {"q": "张桂英"})
    assert "借给张桂英回家用" in await found.text()
    for _ in range(2):
        lent = await village.post(f"/devices/{row.id}/loan", {"patient_id": str(patient.id)})
        assert lent.status == 303
    assert await Loan.all().count() == 1
    assert "借给张桂英" in await (await village.get("/devices/all")).text()
    instrument = Instrument("YH-BP-7", key, clock=lambda: time.now().timestamp())
    clock.move(minutes=2)
    assert (await instrument.post(house.address, pressure("1", time.now(), 138, 86)))[0] == 201
    chart = await (await village.get(f"/patients/{patient.id}")).text()
    assert "云河 M1 (YH-BP-7)" in chart, "the record says which device"
    again = await key_in(await village.post(f"/devices/{row.id}/key"))
    assert again != key
    for _ in range(2):
        assert (await village.post(f"/devices/{row.id}/return")).status == 303
    sits = {"patient_id": str(patient.id)}
    assert (await village.post(f"/devices/{row.id}/measuring", sits)).status == 303
    assert "正在给<b>张桂英</b>量" in await (await village.get(f"/devices/{row.id}")).text()
    assert (await village.post(f"/devices/{row.id}/measuring/end")).status == 303
    acts = AuditEvent.filter(subject=f"Device/{row.id}").values_list("action", flat=True)
    assert {"device.register", "device.lend", "device.take_back", "device.change_key"} <= set(
        await acts
    )


async def test_from_a_record_one_device_is_chosen_to_measure_now(spoken, patient, house):
    await spoken()
    village = await house.signed_in("village1")
    place = f"/devices/for/{patient.id}"
    assert place in await (await village.get(f"/patients/{patient.id}")).text()
    shown = await (await village.get(place)).text()
    assert "用哪台给张桂英量?" in shown
    row = await Device.get()
    assert f'action="/devices/{row.id}/measuring"' in shown
    begun = await village.post(f"/devices/{row.id}/measuring", {"patient_id": str(patient.id)})
    assert begun.status == 303
    assert "正在给张桂英量" in await (await village.get(place)).text()
    await registry.stop_measuring(await actor("village1"), row.id)
    await registry.lend(await actor("village1"), row.id, patient.id)
    lent = await (await village.get(place)).text()
    assert "借出去了,收回才能用" in lent
    assert f'action="/devices/{row.id}/measuring"' not in lent
    assert (await (await house.signed_in("village2")).get(place)).status == 404
    assert (await (await house.signed_in("admin1")).get(place)).status == 403
    await Patient.filter(id=patient.id).update(deceased_on=time.today())
    assert (await village.get(place)).status == 409
    assert place not in await (await village.get(f"/patients/{patient.id}")).text()


async def test_a_form_that_is_wrong_keeps_what_was_typed(house):
    village = await house.signed_in("village1")
    for more in ({"code": "a b"}, {"kind": "x"}, {"maker": ""}, {"format": "morse"}):
        answer = await village.post("/devices", NEW | more)
        assert answer.status == 422, more
        assert "M1" in await answer.text()
    admin = await house.signed_in("admin1")
    answer = await admin.post("/devices", NEW | {"organization": "nowhere"})
    assert answer.status == 422
    assert "请选择一家看病的机构" in await answer.text()
    assert (await admin.post("/devices", NEW)).status == 422
    assert (await admin.post("/devices", NEW | {"organization": "YH-T1-V1"})).status == 201


async def test_a_held_reading_is_given_to_its_resident(spoken, patient, clock):
    device = await spoken()
    held = await device.message(await device.pressure("1", 186, 112))
    village = await device.house.signed_in("village1")
    page = await (await village.get("/devices")).text()
    assert "危急值" in page
    assert "186/112" in page
    one = f"/devices/messages/{held.id}"
    bare = await (await village.get(one)).text()
    assert not any(word in bare for word in ("HTTP", "字节")), "how it travelled is for operators"
    assert "张桂英" in await (await village.post(f"{one}/search", {"q": "张桂英"})).text()
    for _ in range(2):
        given = await village.post(f"{one}/assignment", {"patient_id": str(patient.id)})
        assert given.status == 303
    assert await recorded() == [("blood_pressure", "186.0")]
    await until(Alert.all().count, bool)
    late = await village.post(f"{one}/dismissal", {"why": "试机"})
    assert late.status == 409
    assert "没有等处理的读数" in await (await village.get("/devices")).text()


async def test_the_time_and_the_unit_are_asked_for(spoken, patient, clock):
    device = await spoken()
    ahead = await device.message(await device.pressure("1", ago=-1440))
    unit = await device.message(await device.glucose("2", 108, unit="mgdl"))
    village = await device.house.signed_in("village1")
    who = {"patient_id": str(patient.id)}
    one = f"/devices/messages/{ahead.id}"
    assert "按收到的时间" in await (await village.post(f"{one}/search", {"q": "张桂英"})).text()
    assert (await village.post(f"{one}/assignment", who | {"time": "device"})).status == 422
    assert (await village.post(f"{one}/assignment", who | {"time": "received"})).status == 303
    assert (await Observation.get(code="blood_pressure")).measured_at == ahead.received_at
    two = f"/devices/messages/{unit.id}"
    assert (await village.post(f"{two}/assignment", who)).status == 422
    assert (await village.post(f"{two}/assignment", who | {"unit": "mmol/l"})).status == 422
    assert (await village.post(f"{two}/assignment", who | {"unit": "mg/dl"})).status == 303
    assert (await Observation.get(code="glucose")).value == 6


async def test_it_is_put_aside_with_a_reason_and_stays(spoken, clock):
    device = await spoken()
    held = await device.message(await device.pressure("1"))
    village = await device.house.signed_in("village1")
    one = f"/devices/messages/{held.id}"
    assert (await village.post(f"{one}/dismissal", {"why": ""})).status == 422
    for _ in range(2):
        assert (await village.post(f"{one}/dismissal", {"why": "试机时量的"})).status == 303
    assert "试机时量的" in await (await village.get("/devices?shown=refused")).text()
    assert await recorded() == []
    clock.move(days=1094)
    await retention.forget_old()
    assert await RawMessage.all().count() == 1
    other = await device.message(await device.pressure("2"))
    clock.move(days=1096)
    assert await retention.forget_old() == 1
    assert (await RawMessage.get()).id == other.id, "what waits for a person is not forgotten"


async def test_strangers_find_nothing_and_administrators_no_values(spoken, patient, clock):
    device = await spoken()
    await registry.lend(await actor("village1"), device.row.id, patient.id)
    held = await device.message(await device.pressure("1", 186, 112, ago=-1440))
    one, message = f"/devices/{device.row.id}", f"/devices/messages/{held.id}"
    stranger = await device.house.signed_in("village2")
    who, why = {"patient_id": str(patient.id)}, {"why": "好奇的人"}
    for path in (one, message):
        assert (await stranger.get(path)).status == 404
    acts = {f"{one}/{act}": None for act in ("key", "return", "measuring/end", "search")}
    acts |= {f"{one}/loan": who, f"{one}/measuring": who, f"{one}/loss": why}
    acts |= {f"{message}/assignment": who, f"{message}/dismissal": why, f"{message}/search": None}
    for path, fields in acts.items():
        assert (await stranger.post(path, fields)).status == 404, path
    assert "186/112" not in await (await stranger.get("/devices")).text()
    admin = await device.house.signed_in("admin1")
    for path in ("/devices", "/devices?shown=all", "/devices/all", one, message):
        page = await (await admin.get(path)).text()
        assert "186/112" not in page, path
        assert "张桂英" not in page, path
    assert "(HTTP)" in page
    assert "字节" in page
    assert (await admin.post(f"{message}/assignment", who)).status == 403
    for login in ("pharmacist1", "supervisor1"):
        other = await device.house.signed_in(login)
        assert (await other.get("/devices")).status == 403
    nobody = await device.house.visitor()
    assert (await nobody.get("/devices")).status == 303
    assert await recorded() == []


async def test_somebody_elses_device_is_not_lent_twice(spoken, patient, resident, clock):
    device, doctor = await spoken(), await actor("village1")
    other = await resident("李建国", number="110105194912310038", phone="13812340000")
    await registry.lend(doctor, device.row.id, patient.id)
    village = await device.house.signed_in("village1")
    for act in ("loan", "measuring"):
        answer = await village.post(
            f"/devices/{device.row.id}/{act}", {"patient_id": str(other.id)}
        )
        assert answer.status == 409, act
    assert (await village.post(f"/devices/{device.row.id}/loan", {})).status == 409


async def test_stored_but_not_understood_is_understood_after_a_crash(spoken, patient, clock):
    """The process dies between the stored message and its meaning: the outbox sees to it."""
    device = await spoken()
    await registry.lend(await actor("village1"), device.row.id, patient.id)
    message = device.instrument
    body = json.dumps(glucose("1", time.now(), 17.2)).encode()
    signed = message.signed(body)
    headers = {f"X-Device-{name.title()}": value for name, value in signed.items()}
    incoming = from_http("YH-BP-1", "/path", headers, body)
    row = await receiving.keep(incoming, Counter("tests"))
    assert row is not None
    await until(lambda: OutboxEntry.filter(status="waiting").count(), lambda n: n == 0)
    for _ in range(3):  # and whoever comes late changes nothing
        settled = await understanding.understand(row.id)
    assert settled.status is MessageStatus.ACCEPTED
    assert await recorded() == [("glucose", "17.2")]
    await until(Alert.all().count, bool)
    assert await Alert.all().count() == 1


async def test_a_message_that_cannot_be_understood_now_is_kept(spoken, patient, clock, monkeypatch):
    device = await spoken()
    await registry.lend(await actor("village1"), device.row.id, patient.id)
    real = understanding._judge

    async def broken(*_):
        raise RuntimeError("the database stumbled")

    monkeypatch.setattr(understanding, "_judge", broken)
    status, answer = await device.pressure("1")
    assert (status, answer["outcome"]) == (202, "received")
    monkeypatch.setattr(understanding, "_judge", real)
    clock.move(seconds=5)
    await until(recorded, bool)
    assert await recorded() == [("blood_pressure", "138.0")]


@pytest.mark.parametrize("hours", [1, 30])
async def test_a_person_who_decides_late_alarms_nobody_about_yesterday(
    spoken, patient, clock, hours
):
    device = await spoken()
    held = await device.message(await device.pressure("1", 186, 112))
    clock.move(hours=hours)
    village = await device.house.signed_in("village1")
    path = f"/devices/messages/{held.id}/assignment"
    assert (await village.post(path, {"patient_id": str(patient.id)})).status == 303
    await until(
        lambda: OutboxEntry.filter(status="waiting", due_at__lte=time.now()).count(),
        lambda n: n == 0,
    )
    assert await Alert.exists() is (hours == 1)
    assert (await Observation.get()).measured_at == time.now() - timedelta(hours=hours)
