"""Down the ladder: WeChat, a text message, a person who calls; and what each of them hears."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import NotFound, Unavailable
from core.outbox import OutboxEntry
from notifications.calls import service as calls
from notifications.events import CallEnded
from notifications.models import CallTask, Communication, Receipt
from notifications.sending.phone import PhoneChannel
from notifications.sending.sender import Sender
from notifications.sending.sms import SmsChannel
from notifications.sending.wechat import WechatChannel
from notifications.service import Message, tell
from notifications.sms import routes as receiving
from notifications.sms import sandbox as played
from notifications.sms.gateway import HttpGateway
from notifications.sms.signing import Gateway
from notifications.states import Call, Stage
from people.models import Patient
from people.residents.models import Bond, BondStatus, ResidentAccount
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.actors import actor
from tests.plumbing.clocks import HeldClock
from tests.plumbing.servers import free_port
from wechat.bindings import WeChat

STOPPED = Message(
    "appointment_changed",
    "医院停诊",
    "张桂英:心内科停诊,请选别的时间。",
    {"patient": "张**", "place": "县医院", "at": at(4, 9), "state": "停诊", "note": "请选别的时间"},
)
Played = tuple[played.Sandbox, Gateway]


@pytest.fixture
async def gateway(database: str) -> AsyncIterator[Played]:
    """The SMS gateway at an address of its own, and ours for its receipts."""
    port = free_port()
    house = web.Application()
    options = played.Options(
        receipts_url=f"http://127.0.0.1:{port}{receiving.PATH}", late_s=0.01, busy=1
    )
    server = TestServer(played.create(options))
    await server.start_server()
    house[receiving.GATEWAY] = Gateway(str(server.make_url("")).rstrip("/"), options.secret)
    house.router.add_routes(receiving.routes)
    ours = TestServer(house, port=port)
    await ours.start_server()
    yield server.app[played.SANDBOX], house[receiving.GATEWAY]
    await ours.close()
    await server.close()


@pytest.fixture
async def sender(wechat: WeChat, gateway: Played) -> AsyncIterator[Sender]:
    """All channels."""
    texts = HttpGateway(gateway[1])
    yield Sender([WechatChannel(wechat), SmsChannel(texts), PhoneChannel()])
    await texts.close()


async def told(household: Household) -> Communication:
    await tell(household.patient_id, "Appointment/1/stopped", STOPPED)
    return await now(household.mother.account_id)


async def now(recipient: UUID) -> Communication:
    return await Communication.get(recipient_id=recipient)


async def test_wechat_then_a_text_message_then_a_person(
    household: Household, sender: Sender, gateway: Played, clock: HeldClock
) -> None:
    mother = household.mother.account_id
    await ResidentAccount.filter(id=mother).update(phone="13912340002")  # takes it, is off
    await told(household)
    await sender.drain()
    assert (await now(mother)).channel == "sms"  # WeChat had no agreement, the gateway was busy
    clock.move(minutes=1)
    await sender.drain()
    ((message,),) = [[m for m in gateway[0].messages.values() if m["phone"].endswith("0002")]]
    assert "张**" in message["text"]
    for private in ("张桂英", "心内科"):
        assert private not in message["text"]
    async with asyncio.timeout(10):
        while not await Receipt.filter(channel="sms").exists():
            await asyncio.sleep(0.01)
    await sender.drain()
    assert (await now(mother)).status is Stage.CALLING
    assert await Receipt.filter(channel="sms").count() == 1  # it came twice


async def test_a_person_calls_and_says_what_came_of_it(
    household: Household, sender: Sender, clock: HeldClock
) -> None:
    await told(household)  # nobody has a number that we know
    await sender.drain()
    task = await CallTask.filter(communication__recipient_id=household.mother.account_id).get()
    here, far = await actor("scheduler1"), await actor("village2")
    assert here.organization_id == task.organization_id
    assert [one.id for one in await calls.due(far)] == []
    with pytest.raises(NotFound):
        await calls.open_call(far, task.id)
    await calls.end(here, task.id, "miss")
    assert task.id not in [one.id for one in await calls.due(here)]
    clock.move(hours=4)
    await calls.end(here, task.id, "reach", "女儿接的")
    done = await CallTask.get(id=task.id)
    assert (done.status, done.tries, done.note) == (Call.REACHED, 2, "女儿接的")
    assert (await now(household.mother.account_id)).status is Stage.REACHED
    event = await OutboxEntry.get(name=CallEnded.name)
    assert event.payload["status"] == "reached"


async def test_who_has_no_account_hears_it_by_telephone(
    household: Household, sender: Sender, gateway: Played, clock: HeldClock
) -> None:
    await Bond.all().update(status=BondStatus.ENDED)
    patient = await Patient.get(id=household.patient_id)
    patient.phone = "13912345678"
    await patient.save(update_fields=["phone"])
    assert await tell(patient.id, "Appointment/1/stopped", STOPPED) == 1
    await sender.drain()
    clock.move(minutes=1)
    await sender.drain()
    assert [m["phone"] for m in gateway[0].messages.values()] == ["13912345678"]
    assert (await now(patient.id)).status is Stage.SENT


async def test_the_gateway_takes_nothing_unsigned(gateway: Played) -> None:
    wrong = HttpGateway(Gateway(gateway[1].url, "another"))
    with pytest.raises(Unavailable):
        await wrong.send("1", "13912345678", "x")
    await wrong.close()
    assert gateway[0].messages == {}
