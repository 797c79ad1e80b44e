"""A gateway that is down: what it kept back is parked, and sent once when it is up again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from core import clock as time
from core.audit import AuditEvent
from core.errors import Conflict, Forbidden
from notifications.health import queries, service
from notifications.models import Attempt, Channel, Communication, Receipt
from notifications.preferences import switch
from notifications.sending.sender import Sender
from notifications.sending.sms import SmsChannel
from notifications.sending.wechat import WechatChannel
from notifications.service import Message, tell
from notifications.sms import sandbox as played
from notifications.sms.gateway import HttpGateway
from notifications.sms.signing import Gateway
from notifications.states import Delivery, Stage
from notifications.topics import Group
from people.models import Patient
from people.residents.models import ResidentAccount
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.notifications.health import kept
from tests.plumbing.actors import actor
from tests.plumbing.clocks import HeldClock
from tests.plumbing.servers import free_port
from wechat.bindings import WeChat

OFFER = Message(
    "slot_offer",
    "候补到号了",
    "张桂英:这个号为您留到今天。",
    {"patient": "张**", "place": "县医院", "at": at(4, 9), "until": at(4, 9)},
)
OPTIONS = played.Options(busy=0)
SMS, CODE = Channel.SMS, "sms_silent"


@pytest.fixture
def port() -> int:
    """Where the gateway will be, and is not yet."""
    return free_port()


@pytest.fixture
async def sender(wechat: WeChat, port: int) -> AsyncIterator[Sender]:
    """WeChat, and the gateway that is down."""
    texts = HttpGateway(Gateway(f"http://127.0.0.1:{port}", OPTIONS.secret))
    yield Sender([WechatChannel(wechat), SmsChannel(texts)])
    await texts.close()


@pytest.fixture
async def parked(household: Household, sender: Sender, clock: HeldClock) -> Communication:
    """Told to the mother, whom WeChat may not tell, while the gateway was down."""
    mother = household.mother.account_id
    await ResidentAccount.filter(id=mother).update(phone="13912345678")
    await tell(household.patient_id, "Appointment/1", OFFER)
    for minutes in (1, 3, 11, 31, 31):
        await sender.drain()
        clock.move(minutes=minutes)
    return await Communication.get(recipient_id=mother)


@pytest.fixture
async def patient(household: Household) -> Patient:
    """The mother's record."""
    return await Patient.get(id=household.patient_id)


async def test_what_the_gateway_kept_back_goes_out_once_when_it_is_up(
    parked: Communication, household: Household, sender: Sender, port: int
) -> None:
    assert (parked.status, parked.channel) == (Stage.PARKED, SMS)
    daughter = await Communication.get(recipient_id=household.daughter.account_id)
    assert daughter.status is Stage.INBOX, "she has no number: nobody's mistake"
    [group] = await queries.kept()
    assert (group.channel, group.code, group.times) == (SMS, CODE, 1)
    assert group.topics == {"slot_offer": 1}
    server = TestServer(played.create(OPTIONS), port=port)
    await server.start_server()
    admin = await actor("admin1")
    found = await service.replay(admin, SMS, CODE, "网关修好了")
    assert (found.again, found.too_late, found.known) == (1, 0, 0)
    await sender.drain()
    assert (await Communication.get(id=parked.id)).status is Stage.SENT
    assert len(server.app[played.SANDBOX].messages) == 1
    again = await service.replay(admin, SMS, CODE, "再点一次")
    assert again.again == 0
    await sender.drain()
    assert len(server.app[played.SANDBOX].messages) == 1
    reasons = await AuditEvent.filter(action="messages.replay").values_list("reason", flat=True)
    assert sorted(reasons) == [
        "再点一次 (again 0, late 0, known 0)",
        "网关修好了 (again 1, late 0, known 0)",
    ]
    await server.close()


async def test_the_gateway_still_down_parks_it_again(
    parked: Communication, sender: Sender, clock: HeldClock
) -> None:
    await service.replay(await actor("admin1"), SMS, CODE, "以为好了")
    for minutes in (1, 3, 11, 31, 31):
        await sender.drain()
        clock.move(minutes=minutes)
    assert (await Communication.get(id=parked.id)).status is Stage.PARKED


async def test_a_resident_s_own_decision_is_not_parked(
    household: Household, sender: Sender, clock: HeldClock
) -> None:
    for channel in (Channel.WECHAT, SMS):
        for one in (household.mother, household.daughter):
            await switch(one, Group.VISITS, channel, on=False)
    await tell(household.patient_id, "Appointment/1", OFFER)
    await sender.drain()
    assert await Communication.filter(status=Stage.INBOX).count() == 2
    assert await queries.kept() == []


async def test_two_operators_at_once_share_the_rows(patient: Patient, clock: HeldClock) -> None:
    await kept.some(patient, 30)
    admin = await actor("admin1")
    both = [service.replay(admin, SMS, CODE, "修好了") for _ in range(2)]
    found = await asyncio.gather(*both)
    assert sorted(one.again for one in found) in ([0, 30], *([n, 30 - n] for n in range(1, 16)))
    assert await Communication.filter(status=Stage.WAITING).count() == 30


async def test_too_late_known_or_perhaps_arrived_stays_where_it_is(
    patient: Patient, clock: HeldClock
) -> None:
    late, read, heard, unsure, good, other = await kept.some(patient, 6)
    mine = Communication.filter
    await mine(id=late.id).update(expires_at=time.now())
    await mine(id=read.id).update(read_at=time.now())
    await Receipt.create(communication_id=heard.id, channel="sms", kind="delivered", at=time.now())
    await kept.tried(unsure, Delivery.GIVEN_UP, "killed", Channel.WECHAT)
    await Attempt.filter(communication_id=other.id).update(code="sms_text")
    await mine(id=good.id).update(expires_at=time.now() + timedelta(minutes=1))
    found = await service.replay(await actor("admin1"), SMS, CODE, "修好了")
    assert (found.again, found.too_late, found.known) == (1, 1, 3)
    stages = {row.subject: row.status for row in await Communication.all()}
    assert [stages[f"Appointment/{n}"] for n in range(6)] == [
        Stage.EXPIRED,
        Stage.INBOX,
        Stage.INBOX,
        Stage.INBOX,
        Stage.WAITING,
        Stage.PARKED,
    ]


async def test_it_can_be_left_to_rest(patient: Patient, clock: HeldClock) -> None:
    await kept.some(patient, 2)
    admin = await actor("admin1")
    assert await service.let_rest(admin, SMS, CODE, "事情已经过去") == 2
    assert await service.let_rest(admin, SMS, CODE, "再点一次") == 0
    assert await Communication.filter(status=Stage.INBOX).count() == 2


async def test_only_an_operator_and_only_what_can_be_mended(patient: Patient) -> None:
    nurse = await actor("nurse1")
    for act in (
        service.replay(nurse, SMS, CODE, "x"),
        service.let_rest(nurse, SMS, CODE, "x"),
        service.hold(nurse, SMS, "x"),
        service.release(nurse, SMS),
    ):
        with pytest.raises(Forbidden):
            await act
    with pytest.raises(Conflict):
        await service.replay(await actor("admin1"), SMS, "switched_off", "x")


async def test_a_held_channel_takes_nothing_until_it_is_let_go(
    household: Household, sender: Sender, patient: Patient, clock: HeldClock
) -> None:
    row = await kept.message(patient.id, status=Stage.WAITING)
    admin = await actor("admin1")
    assert sorted(await asyncio.gather(*(service.hold(admin, SMS, "检修") for _ in range(2)))) == [
        False,
        True,
    ]
    await sender.drain()
    waits = await Communication.get(id=row.id)
    assert (waits.status, waits.tries) == (Stage.WAITING, 0)
    assert not await Attempt.all().exists()
    assert await queries.waiting(admin) == 1
    assert await service.release(admin, SMS) is True
    assert await service.release(admin, SMS) is False
    await sender.drain()
    assert await Attempt.filter(communication_id=row.id).count() == 1
    assert await AuditEvent.filter(action__startswith="messages.").count() == 2
