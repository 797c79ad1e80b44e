"""What becomes of messages over HTTP: ten times the same, from tomorrow, for somebody who died, in
mg/dL, from a lost device, signed by nobody."""

import asyncio
import json
from datetime import date, timedelta
from decimal import Decimal

import aiohttp
import pytest

from care.record.home import BY_DEVICE
from care.record.models import Interpretation, Method, Observation
from core import clock as time
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from devices import registry
from devices.models import Device, RawMessage, Reason
from devices.sandbox import Instrument, glucose, pressure
from devices.schemas import DeviceIn
from devices.states import MessageStatus
from family_doctor.alerts.models import Alert
from notifications.models import Communication
from people.cards import service as cards
from people.models import Patient
from tests.devices.conftest import recorded
from tests.mini_program_api.phones import until
from tests.plumbing.actors import actor
from tests.plumbing.families import found_team, signed


async def lent(spoken, patient, **more):
    device = await spoken(**more)
    await registry.lend(await actor("village1"), device.row.id, patient.id)
    return device


async def test_a_lent_device_measures_at_home_and_a_red_value_rings(spoken, patient, clock):
    await signed(patient, await found_team())
    device = await lent(spoken, patient)
    clock.move(minutes=5)
    status, answer = await device.pressure("1", 137, 84, pulse=72, battery=81)
    assert (status, answer["outcome"], answer["reason"]) == (201, "accepted", None)
    high = await Observation.get(code="blood_pressure")
    assert high.interpretation is Interpretation.HIGH, "at home 135/85 is the limit"
    assert (high.recorder_name, high.method) == (BY_DEVICE, Method.DEVICE)
    assert high.device == "云河 M1 (YH-BP-1)"
    clock.move(minutes=5)
    assert (await device.pressure("2", 186, 112))[0] == 201
    await until(Alert.all().count, lambda found: found == 1)
    assert (await Alert.get()).value == "186/112"
    row = await Device.get(id=device.row.id)
    assert (row.battery, row.offset_s) == (81, 0)
    act = await AuditEvent.filter(action="vitals.home").order_by("at").first()
    assert (act.account_name, act.patient_id) == ("设备 YH-BP-1", patient.id)


async def test_the_same_ten_times_is_one(spoken, patient, clock):
    device = await lent(spoken, patient)
    message = glucose("77", time.now(), 17.2, meal="fasting")
    answers = [await device.says(message) for _ in range(10)]
    assert [answer["outcome"] for _, answer in answers] == ["accepted", *["duplicate"] * 9]
    assert {answer["duplicate_of"] for _, answer in answers[1:]} == {answers[0][1]["id"]}
    clock.move(seconds=30)
    again = await device.says(glucose("78", time.now(), 17.2, meal="fasting"))
    assert again[1]["outcome"] == "duplicate", "the same value within the minute, another number"
    assert await recorded() == [("glucose", "17.2")]
    await until(Alert.all().count, bool)
    assert await Alert.all().count() == 1
    assert await RawMessage.all().count() == 11, "every one of them is kept"
    clock.move(minutes=2)
    assert (await device.says(glucose("79", time.now(), 17.2, meal="fasting")))[0] == 201


async def test_ten_at_the_same_moment_are_one(spoken, patient, clock):
    device = await lent(spoken, patient)
    message = glucose("77", time.now(), 17.2)
    answers = await asyncio.gather(*(device.says(message) for _ in range(10)))
    outcomes = sorted(answer["outcome"] for _, answer in answers)
    assert outcomes == ["accepted", *["duplicate"] * 9]
    assert await recorded() == [("glucose", "17.2")]
    await until(Alert.all().count, bool)
    assert await Alert.all().count() == 1


async def test_a_number_that_comes_again_with_other_values_waits_for_a_person(
    spoken, patient, clock
):
    device = await lent(spoken, patient)
    assert (await device.glucose("1", 6.1))[0] == 201
    clock.move(minutes=30)
    status, answer = await device.glucose("1", 7.4)
    assert (status, answer["reason"]) == (202, "id_reused")
    assert (await device.glucose("1", 7.4))[1]["outcome"] == "duplicate"
    assert await recorded() == [("glucose", "6.1")]


async def test_a_counter_that_begins_again_every_day_loses_nothing(spoken, patient, clock):
    device = await lent(spoken, patient)
    assert (await device.glucose("1", 6.1))[0] == 201
    for _ in range(3):
        clock.move(days=1)
        assert (await device.glucose("1", 7.4))[1]["reason"] == "id_reused"
    village = await device.house.signed_in("village1")
    assert (await (await village.get("/devices")).text()).count("7.4 mmol/L") == 3


async def test_milligrams_and_kilopascals_become_the_records_units(spoken, patient, clock):
    device = await lent(spoken, patient)
    assert (await device.glucose("1", 310, unit="mg/dL"))[0] == 201
    assert (await device.pressure("2", 24, 12, unit="kPa"))[0] == 201
    assert await recorded() == [("blood_pressure", "180.0"), ("glucose", "17.2")]
    village = await device.house.signed_in("village1")
    page = await (await village.get("/devices?shown=all")).text()
    assert "血糖 310 mg/dL(17.2 mmol/L)" in page
    assert "血压 24/12 kPa(180/90 mmHg)" in page
    found = await Observation.get(code="blood_pressure")
    assert (found.diastolic, found.interpretation) == (Decimal(90), Interpretation.CRITICAL)


async def test_an_unknown_unit_is_not_guessed(spoken, patient, clock):
    device = await lent(spoken, patient)
    for number, unit in (("1", ""), ("2", "mg%")):
        status, answer = await device.glucose(number, 108, unit=unit)
        assert (status, answer["outcome"], answer["reason"]) == (202, "held", "unit")
    assert await recorded() == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1280, 80), "高压不可能是 1280"),
        ((80, 120), "低压要比高压小"),
        ((138, 8), "低压不可能是 8"),
    ],
)
async def test_impossible_values_are_refused_in_the_records_words(
    spoken, patient, clock, values, said
):
    device = await lent(spoken, patient)
    for _ in range(2):
        _, answer = await device.pressure("1", *values)
    assert answer["outcome"] == "duplicate"
    row = await RawMessage.filter(status=MessageStatus.REFUSED).get()
    assert (row.reason, said in row.words) == (Reason.IMPOSSIBLE, True)
    assert await recorded() == []


async def test_mmol_that_are_milligrams_are_refused(spoken, patient, clock):
    device = await lent(spoken, patient)
    status, answer = await device.glucose("1", 108)
    assert (status, answer["reason"]) == (422, "impossible")
    assert "0.6 到 50" in answer["detail"]


async def test_from_tomorrow_waits_and_the_skew_is_shown(spoken, patient, clock):
    device = await lent(spoken, patient)
    device.instrument.clock = lambda: time.now().timestamp() + 86_400
    status, answer = await device.pressure("1", ago=-1440)
    assert (status, answer["reason"]) == (202, "future")
    assert "24 小时" in answer["detail"]
    assert (await Device.get(id=device.row.id)).offset_s == 86_400
    device.instrument.clock = lambda: time.now().timestamp() - 3 * 86_400
    status, answer = await device.pressure("2", 186, 112, ago=3 * 1440)
    assert (status, answer["reason"]) == (202, "clock"), "a red value is not filed under Thursday"
    assert "慢了 3 天" in answer["detail"]
    assert (await RawMessage.get(id=answer["id"])).critical
    village = await device.house.signed_in("village1")
    page = await (await village.get(f"/devices/{device.row.id}")).text()
    assert "慢 3 天,或者消息晚到" in page
    assert await recorded() == []


async def test_within_the_skew_counts(spoken, patient, clock):
    device = await lent(spoken, patient)
    clock.move(minutes=30)
    device.instrument.clock = lambda: time.now().timestamp() + 9 * 60
    assert (await device.pressure("1", ago=-9))[0] == 201


async def test_what_was_kept_for_days_is_recorded_and_alarms_nobody(spoken, patient, clock):
    device = await lent(spoken, patient)
    clock.move(days=3)
    status, answer = await device.pressure("1", 186, 112, ago=2 * 1440)
    assert (status, answer["outcome"], answer["reason"]) == (201, "accepted", "stale")
    row = await Observation.get(code="blood_pressure")
    assert row.measured_at == time.now() - timedelta(days=2)
    assert row.interpretation is Interpretation.CRITICAL
    await until(lambda: OutboxEntry.filter(status="waiting").count(), lambda n: n == 0)
    assert not await Alert.exists()
    clock.move(days=120)
    assert (await device.pressure("2", ago=100 * 1440))[1]["reason"] == "ancient"


async def test_for_somebody_who_died(spoken, patient, clock):
    await signed(patient, await found_team())
    device = await lent(spoken, patient)
    await Patient.filter(id=patient.id).update(deceased_on=date(2026, 10, 30))
    before = await Communication.all().count()
    status, answer = await device.pressure("1", 186, 112)
    assert (status, answer["outcome"], answer["reason"]) == (202, "held", "deceased")
    assert await recorded() == []
    await until(lambda: OutboxEntry.filter(status="waiting").count(), lambda n: n == 0)
    assert not await Alert.exists()
    assert await Communication.all().count() == before
    village = await device.house.signed_in("village1")
    page = await (await village.get("/devices")).text()
    assert "登记为已去世" in page
    assert "没有通知家属" in page
    row = await RawMessage.get()
    refused = await village.post(
        f"/devices/messages/{row.id}/assignment", {"patient_id": str(patient.id)}
    )
    assert refused.status == 422
    assert await recorded() == []


async def test_lost_and_retired_devices_are_refused_and_shown(spoken, patient, clock):
    device = await lent(spoken, patient)
    doctor = await actor("village1")
    await registry.move(doctor, device.row.id, "lose", "居民说丢在路上了")
    status, answer = await device.pressure("1")
    assert (status, answer["code"]) == (403, "device_lost")
    await registry.move(doctor, device.row.id, "find", "找到了")
    assert (await device.pressure("2"))[0] == 201
    await registry.move(doctor, device.row.id, "retire", "坏了")
    assert (await device.pressure("3"))[0] == 403
    village = await device.house.signed_in("village1")
    shown = await (await village.get("/devices?shown=refused")).text()
    assert "登记为丢失" in shown
    assert "已经停用" in shown


async def test_nobody_speaks_for_a_device_without_its_key(spoken, patient, clock, house):
    device = await lent(spoken, patient)
    wrong = Instrument(device.row.code, "another-key", clock=device.instrument.clock)
    status, answer = await wrong.post(house.address, pressure("1", time.now(), 138, 86))
    assert (status, answer["code"]) == (401, "device_signature")
    stranger = Instrument("YH-BP-9", device.row.key)
    other = await stranger.post(house.address, pressure("1", time.now(), 138, 86))
    assert (other[0], other[1]["detail"]) == (401, answer["detail"]), "which codes exist is hidden"
    old = Instrument(device.row.code, device.row.key, clock=device.instrument.clock)
    await registry.change_key(await actor("village1"), device.row.id)
    assert (await old.post(house.address, pressure("2", time.now(), 138, 86)))[0] == 401
    kept = await RawMessage.all().order_by("received_at", "code").values_list("reason", flat=True)
    assert sorted(kept) == ["signature", "signature", "unknown_device"]
    assert await recorded() == []


async def test_unsigned_ones_are_kept_only_so_often(build_house, clock):
    house = await build_house(device_refused_per_hour=3)
    stranger = Instrument("NOBODY-1", "x")
    found = [(await stranger.post(house.address, b"{}"))[0] for _ in range(5)]
    assert found == [401, 401, 401, 429, 429]
    assert await RawMessage.all().count() == 3


async def test_a_device_that_speaks_without_end_is_asked_to_wait(build_house, clock):
    house = await build_house(device_messages_per_minute=2)
    entry = DeviceIn(code="YH-BP-1", kind="glucose", maker="云河", model="M1")
    row = await registry.register(await actor("village1"), entry)
    stranger, honest = Instrument("YH-BP-1", "x"), Instrument("YH-BP-1", row.key)
    for _ in range(5):
        assert (await stranger.post(house.address, b"{}"))[0] == 401
    found = [(await honest.post(house.address, b"{}"))[0] for _ in range(3)]
    assert found == [422, 422, 429], "others do not use up what a device may say"
    admin = await house.signed_in("admin1")
    await Instrument("NOBODY-1", "x").post(house.address, b"{}")
    unknown = await RawMessage.get(reason=Reason.UNKNOWN_DEVICE)
    assert "没有登记过" in await (await admin.get(f"/devices/messages/{unknown.id}")).text()
    village = await house.signed_in("village1")
    assert (await village.get(f"/devices/messages/{unknown.id}")).status == 404


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 422), (b"\xff\x00{", 422), (b"[]", 422), (b"x" * 20_000, 413)]
)
async def test_what_is_no_message_is_kept_and_refused(spoken, clock, body, status):
    device = await spoken()
    answer = await device.says(body)
    assert answer[0] == status
    row = await RawMessage.get()
    assert (row.status, row.size) == (MessageStatus.REFUSED, len(body))
    assert row.body.encode("latin-1") == body[: 16 * 1024]


async def test_a_clinics_device_asks_who_sat_before_it(spoken, patient, resident, clock):
    device, doctor = await spoken(), await actor("village1")
    assert (await device.pressure("1"))[1]["reason"] == "no_patient"
    await registry.measure(doctor, device.row.id, patient.id)
    clock.move(minutes=2)
    assert (await device.pressure("2", 137, 84))[0] == 201
    row = await Observation.get(code="blood_pressure")
    assert row.interpretation is Interpretation.NORMAL, "in a clinic 140/90 is the limit"
    assert row.organization_id == device.row.organization_id
    clock.move(minutes=20)
    assert (await device.pressure("3"))[1]["reason"] == "no_patient", "nobody sits there any more"
    other = await resident("李建国", number="110105194912310038", phone="13812340000")
    await registry.measure(doctor, device.row.id, other.id)
    clock.move(minutes=3)
    await registry.measure(doctor, device.row.id, patient.id)
    clock.move(seconds=90)
    assert (await device.pressure("4", ago=1.7))[1]["reason"] == "two_patients"
    assert (await device.pressure("5"))[0] == 201
    await registry.stop_measuring(doctor, device.row.id)
    clock.move(minutes=1)
    assert (await device.pressure("6", 150, 90))[1]["reason"] == "no_patient"


async def test_the_message_may_name_the_resident(spoken, patient, resident, clock):
    device, doctor = await spoken(), await actor("village1")
    card = await cards.issue(doctor, patient.id)
    code = await cards.dynamic_code(doctor, patient.id)
    clock.move(minutes=3)
    assert (await device.pressure("1", patient={"card": code.qr_text}))[0] == 201
    clock.move(minutes=3)
    assert (await device.glucose("2", patient={"card": card.card_no}))[0] == 201
    assert (await device.glucose("3", 7.7, patient={"number": "11010519491231002x"}))[0] == 201
    for number, who, reason in (
        ("4", {"card": "v1.nothing"}, "unknown_patient"),
        ("5", {"kind": "household_book", "number": "1"}, "unknown_patient"),
        ("6", {"number": "110101199001011234"}, "unknown_patient"),
    ):
        assert (await device.pressure(number, 120 + int(number), patient=who))[1][
            "reason"
        ] == reason
    clock.move(minutes=20)
    assert (await device.pressure("7", patient={"card": code.qr_text}))[1]["reason"] == "card"
    other = await resident("李建国", number="110105194912310038", phone="13812340000")
    await registry.lend(doctor, device.row.id, other.id)
    assert (await device.pressure("8", patient={"card": card.card_no}))[1]["reason"] == (
        "another_patient"
    )
    assert {row.patient_id for row in await Observation.all()} == {patient.id}


async def test_what_was_measured_before_the_return_is_the_borrowers(spoken, patient, clock):
    device = await lent(spoken, patient)
    clock.move(hours=5)
    await registry.take_back(await actor("village1"), device.row.id)
    clock.move(hours=1)
    assert (await device.pressure("1", ago=120))[0] == 201
    assert (await device.pressure("2", 150, 90, ago=10))[1]["reason"] == "no_patient"


async def test_a_gateway_that_speaks_ieee_11073(spoken, patient, clock):
    device = await lent(spoken, patient, format="ieee11073")
    said = {
        "sequence": 41,
        "timestamp": time.now().isoformat(),
        "observations": [
            {"code": 150021, "value": 141, "unit": 266016},
            {"code": 150022, "value": 88.0, "unit": 266016},
            {"code": 18474, "value": "70", "unit": 2720},
        ],
    }
    assert (await device.says(json.dumps(said).encode()))[0] == 201
    said = {
        "sequence": 42,
        "timestamp": time.now().isoformat(),
        "observations": [
            {"code": 160184, "value": 126, "unit": 264274},
            {"code": 8417864, "value": 8417876},
        ],
    }
    assert (await device.says(json.dumps(said).encode()))[0] == 201
    assert await recorded() == [
        ("blood_pressure", "141.0"),
        ("glucose", "7.0"),
        ("pulse", "70.0"),
    ]
    assert (await Observation.get(code="glucose")).meal == "fasting"


async def test_a_message_in_two_packets_is_one_message(spoken, patient, clock):
    device = await lent(spoken, patient)
    body = json.dumps(pressure("1", time.now(), 138, 86)).encode()
    signed_words = device.instrument.signed(body)
    headers = {f"X-Device-{name.title()}": value for name, value in signed_words.items()}

    async def packets():
        yield body[:40]
        await asyncio.sleep(0.1)
        yield body[40:]

    url = f"{device.house.address}/api/devices/v1/{device.row.code}/messages"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=packets(), headers=headers) as r,
    ):
        assert (r.status, (await r.json())["outcome"]) == (201, "accepted")
    assert await recorded() == [("blood_pressure", "138.0")]


async def test_the_same_number_and_values_of_another_person_wait_for_a_person(
    spoken, patient, resident, clock
):
    device = await spoken()
    await resident("王建军", number="110105194912310038", born=date(1949, 12, 31))
    first = {"kind": "id_card", "number": "11010519491231002X"}
    other = {"kind": "id_card", "number": "110105194912310038"}
    assert (await device.pressure("1", 186, 112, patient=first))[0] == 201
    clock.move(days=3)
    status, answer = await device.pressure("1", 186, 112, patient=other)
    assert (status, answer["reason"]) == (202, "id_reused"), "the counter began again"
    assert (await device.pressure("1", 186, 112, patient=other))[1]["outcome"] == "duplicate"


@pytest.mark.parametrize("card", ["\ud800", "a\0b", "\ud800" * 300])
async def test_a_card_that_is_no_text_is_held_and_never_lost(spoken, patient, clock, card):
    device = await spoken(format="ieee11073")
    said = {
        "sequence": 1,
        "timestamp": time.now().isoformat(),
        "person": card,
        "observations": [
            {"code": 18949, "value": 186, "unit": 3872},
            {"code": 18950, "value": 112, "unit": 3872},
        ],
    }
    _, answer = await device.says(json.dumps(said).encode())
    assert answer["outcome"] == "held"
    village = await device.house.signed_in("village1")
    assert "186/112" in await (await village.get("/devices")).text()
