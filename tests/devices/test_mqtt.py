"""Over a real broker: heard, answered, kept while nobody listens, acknowledged only when stored; a
broker that lies changes nothing."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiomqtt
import pytest

from app.caretaking import running
from core import clock as time
from core.limits import Counter
from devices import mqtt, policy, receiving, registry, understanding
from devices.models import RawMessage, Reason
from devices.sandbox import Instrument, client, glucose, pressure
from devices.states import MessageStatus
from tests.devices.conftest import recorded
from tests.mini_program_api.phones import until
from tests.plumbing.actors import actor
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """A broker that is away is tried again at once."""
    monkeypatch.setattr(mqtt, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(mqtt, "LONGEST_WAIT_S", 0.2)


@asynccontextmanager
async def listening(mosquitto):
    begun = asyncio.Event()
    work = mqtt.listen(mqtt.Broker(mosquitto.url()), Counter("tests"), begun.set)
    async with running(work), asyncio.timeout(60):
        await begun.wait()
        yield


@pytest.fixture
async def lent(spoken, patient):
    device = await spoken()
    await registry.lend(await actor("village1"), device.row.id, patient.id)
    return device


async def all_over():
    return await RawMessage.filter(status=MessageStatus.RECEIVED).count() == 0


async def test_a_reading_is_heard_and_answered(lent, mosquitto, clock):
    mine = mosquitto.url("YH-BP-1")
    async with listening(mosquitto):
        said = await lent.instrument.publish(mine, pressure("1", time.now(), 138, 86))
        assert said["outcome"] == "accepted"
        again = await lent.instrument.publish(mine, pressure("1", time.now(), 138, 86))
        assert (again["outcome"], again["duplicate_of"]) == ("duplicate", said["id"])
        refused = await lent.instrument.publish(mine, glucose("2", time.now(), 108))
        assert (refused["outcome"], refused["reason"]) == ("refused", "impossible")
    row = await RawMessage.get(id=said["id"])
    assert (row.way, row.path) == ("mqtt", "doorstep/devices/YH-BP-1/messages")
    assert await recorded() == [("blood_pressure", "138.0")]


async def test_what_comes_while_nobody_listens_waits_at_the_broker(lent, mosquitto, clock):
    mine = mosquitto.url("YH-BP-1")
    async with listening(mosquitto):
        await lent.instrument.publish(mine, pressure("1", time.now(), 138, 86))
    for number in range(2, 30):
        message = pressure(str(number), time.now(), 110 + number, 70)
        await lent.instrument.publish(mine, message, hear=False)
    await mosquitto.stop()
    await mosquitto.start()
    assert await RawMessage.all().count() == 1
    clock.move(hours=3)
    async with listening(mosquitto):
        await until(RawMessage.all().count, lambda found: found == 29)
        await until(lambda: RawMessage.filter(status="accepted").count(), lambda n: n == 29)
    assert len(await recorded()) == 29


async def test_the_broker_goes_and_comes_back(lent, mosquitto, clock):
    async with listening(mosquitto):
        mine = mosquitto.url("YH-BP-1")
        assert await lent.instrument.publish(mine, pressure("1", time.now(), 138, 86))
        await mosquitto.stop()
        await asyncio.sleep(0.3)
        await mosquitto.start()
        clock.move(minutes=5)
        said = await lent.instrument.publish(mine, pressure("2", time.now(), 139, 86))
        assert said["outcome"] == "accepted"


async def test_what_could_not_be_stored_is_brought_again(lent, mosquitto, clock, monkeypatch):
    real, tries = receiving.keep, []

    async def stumbling(*arguments):
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("the database is away")
        return await real(*arguments)

    monkeypatch.setattr(receiving, "keep", stumbling)
    async with listening(mosquitto):
        said = await lent.instrument.publish(
            mosquitto.url("YH-BP-1"), pressure("1", time.now(), 138, 86)
        )
    assert len(tries) >= 3
    assert said["outcome"] == "accepted"
    assert len(await recorded()) == 1


async def test_a_storm_of_one_device_does_not_hold_up_another(
    lent, spoken, resident, mosquitto, clock, monkeypatch
):
    """Over its limit a device is heard and stored, and the others are understood before it."""
    monkeypatch.setattr(policy, "_params", replace(policy.params(), per_minute=5))
    real, at_once = understanding.understood, []

    async def watched(row):
        at_once.append(row.code)
        return await real(row)

    monkeypatch.setattr(understanding, "understood", watched)
    neighbour = await resident("李建国", number="110105194912310038", phone="13812340000")
    other = await spoken("YH-BP-2")
    await registry.lend(await actor("village1"), other.row.id, neighbour.id)
    async with listening(mosquitto):
        async with client(mosquitto.url("YH-BP-1")) as broker:
            for number in range(60):
                message = pressure(str(number), time.now(), 100 + number, 60)
                wrapped = lent.instrument.wrapped(message)
                await broker.publish("doorstep/devices/YH-BP-1/messages", wrapped, qos=1)
        honest = glucose("1", time.now(), 6.1)
        said = await other.instrument.publish(mosquitto.url("YH-BP-2"), honest)
        assert said["outcome"] == "accepted"
        assert at_once == [*["YH-BP-1"] * 5, "YH-BP-2"]
        assert await RawMessage.all().count() == 61
        clock.move(minutes=2)
        await until(all_over, bool)
    assert await RawMessage.filter(status=MessageStatus.ACCEPTED).count() == 61
    assert len(await recorded()) == 61


async def test_the_broker_is_not_believed(lent, mosquitto, clock):
    """Somebody with the house's password puts words into a device's mouth."""
    topic = "doorstep/devices/YH-BP-1/messages"
    honest = lent.instrument.wrapped(pressure("1", time.now(), 138, 86))
    forged = json.loads(honest)
    forged["body"] = forged["body"].replace("138", "188")
    async with listening(mosquitto), client(mosquitto.url()) as broker:
        for payload in (json.dumps(forged), b"nonsense", b"{}", b"", json.dumps({"body": 1})):
            await broker.publish(topic, payload, qos=1)
        await broker.publish("doorstep/devices/YH-BP-2/messages", honest, qos=1)
        await until(RawMessage.all().count, lambda found: found == 6)
        await broker.publish(topic, honest, qos=1)
        await until(recorded, bool)
    reasons = await RawMessage.filter(status="refused").values_list("reason", flat=True)
    assert sorted(reasons) == [*[Reason.SIGNATURE] * 5, Reason.UNKNOWN_DEVICE]
    assert await recorded() == [("blood_pressure", "138.0")]


async def test_a_device_reaches_its_own_topic_only(lent, mosquitto, clock):
    async with listening(mosquitto), client(mosquitto.url("YH-BP-2")) as other:
        await other.subscribe("doorstep/devices/+/answers", qos=1)
        await other.publish(
            "doorstep/devices/YH-BP-1/messages",
            lent.instrument.wrapped(pressure("1", time.now(), 138, 86)),
            qos=1,
        )
        mine = mosquitto.url("YH-BP-1")
        assert await lent.instrument.publish(mine, glucose("2", time.now(), 6.1))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(aiter(other.messages))
    assert await recorded() == [("glucose", "6.1")]
    with pytest.raises(aiomqtt.MqttError):
        async with client(mosquitto.url().replace("secret", "other")):
            pass


async def test_the_process_is_killed_and_nothing_is_lost(
    lent, mosquitto, clock, database_url, tmp_path
):
    """`python -m app devices`, killed among a hundred messages, again and again."""
    instrument = Instrument("YH-BP-1", lent.instrument.key)
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path / "var"),
        "DEMO": "1",
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEY": FIELD_KEY,
        "MQTT_URL": mosquitto.url(),
    }

    async def start():
        command = [sys.executable, "-m", "app", "devices"]
        quiet = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=quiet, stderr=quiet
        )

    async with listening(mosquitto):
        pass  # the broker knows the house now, and keeps what comes for it
    process = await start()
    await instrument.publish(mosquitto.url("YH-BP-1"), pressure("0", time.now(), 100, 60))
    sending = asyncio.ensure_future(_send(instrument, mosquitto.url("YH-BP-1"), 100))
    for enough in (20, 60):
        await until(RawMessage.all().count, lambda n, enough=enough: n >= enough)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        process = await start()
    await sending
    await until(RawMessage.all().count, lambda found: found >= 101)
    clock.moment = datetime.now(UTC) + timedelta(minutes=2)  # what the killed ones left is due
    await until(all_over, bool)
    process.terminate()
    assert await process.wait() == 0
    assert len(await recorded()) == 101
    assert await RawMessage.filter(status=MessageStatus.ACCEPTED).count() == 101


async def _send(instrument, url, how_many):
    async with client(url) as broker:
        for number in range(1, how_many + 1):
            wrapped = instrument.wrapped(pressure(str(number), time.now(), 100 + number, 60))
            await broker.publish("doorstep/devices/YH-BP-1/messages", wrapped, qos=1)
            await asyncio.sleep(0.01)
