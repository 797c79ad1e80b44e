"""The official account: who follows, template messages over real HTTP, and WeChat's refusals."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from core.clock import now as moment
from notifications import policy, receipts
from notifications.models import Attempt, Channel, Communication, Receipt
from notifications.sending import beginning, recovery
from notifications.sending.official import OfficialChannel
from notifications.sending.sender import Sender
from notifications.service import Message, tell_accounts
from notifications.states import Delivery, Stage
from people.residents import accounts
from people.residents.models import ResidentAccount
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from tests.wechat.test_inbox import EVENT, pushed
from wechat.bindings import OFFICIAL_HEARING, WECHAT, WeChat
from wechat.models import Follower
from wechat.official import followers
from wechat.official.routes import PATH, routes
from wechat.sandbox import Options
from wechat.sandbox.pushes import OFFICIAL, PROGRAM
from wechat.sandbox.world import official_openid_of, unionid_of

Write = Callable[..., Awaitable[Communication]]


@pytest.fixture(autouse=True)
def opened(usual: None, database: str) -> None:
    """A house with an official account."""
    policy.configure(policy.Params(closed=frozenset()))


@pytest.fixture
async def ear(wechat: WeChat, sandbox: RunningSandbox) -> AsyncIterator[None]:
    """Our address for the pushes of the official account."""
    house = web.Application()
    house[WECHAT] = wechat
    house[OFFICIAL_HEARING] = receipts.heard_from_official
    house.router.add_routes(routes)
    server = TestServer(house)
    await server.start_server()
    sandbox.state.options.official_push_url = str(server.make_url(PATH))
    yield
    await server.close()


@pytest.fixture
def sender(wechat: WeChat) -> Sender:
    """The official account alone: what WeChat does not take goes there at once."""
    return Sender([OfficialChannel(wechat)])


@pytest.fixture
async def write(household: Household, wechat: WeChat) -> Write:
    """A stopped clinic told to the mother, whose turn at the mini program is over."""
    await ResidentAccount.filter(id=household.mother.account_id).update(
        unionid=unionid_of("mother")
    )

    async def written(subject: str = "Appointment/1") -> Communication:
        words = {
            "patient": "张**",
            "place": "县医院",
            "at": at(4, 9),
            "state": "停诊",
            "note": "请看",
        }
        message = Message(
            "appointment_changed",
            "医院停诊",
            "张桂英:心内科停诊。",
            words,
            "pages/appointment/index?id=7",
        )
        account = household.mother.account_id
        await tell_accounts([account], household.patient_id, subject, message)
        mine = Communication.filter(recipient_id=account, subject=subject)
        await mine.update(channel=Channel.OFFICIAL)
        return await mine.get()

    return written


async def follows(sandbox: RunningSandbox, wechat: WeChat, **how: Any) -> None:
    """The mother follows, and WeChat has been asked who that is."""
    await sandbox.post("/followers", name="mother", **how)
    await followers.heard(official_openid_of("mother"), came=True)
    await soon(lambda: known(wechat))  # WeChat's own push may have come between


async def known(wechat: WeChat) -> bool:
    await followers.ask(wechat.official_api)
    return await Follower.exclude(unionid=None).exists()


async def received(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.get("/template-messages?openid=mother"))["items"]
    return found


async def soon(holds: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(10):
        while not (found := await holds()):
            await asyncio.sleep(0.01)
    return found


async def test_one_who_follows_is_told_there_and_the_end_is_heard(
    household: Household,
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    ear: None,
    clock: HeldClock,
) -> None:
    await sandbox.post("/followers", name="mother")
    await soon(Follower.all().exists)  # WeChat's own push, signed and sealed
    await soon(lambda: known(wechat))
    row = await write()
    await sender.drain()
    (message,) = await received(sandbox)
    assert message["page"] == f"pages/appointment/index?id=7&m={row.id}"
    assert message["number"] == row.id.hex
    text = json.dumps(message["data"], ensure_ascii=False)
    assert "张**" in text
    assert "2026年11月4日 09:00" in text
    for private in ("张桂英", "心内科"):  # PIPL 28: it shows on a locked screen
        assert private not in text
    assert (await Communication.get(id=row.id)).status is Stage.SENT
    receipt = await soon(Receipt.filter(communication_id=row.id).first)
    assert (receipt.channel, receipt.kind) == ("official", "delivered")


async def test_the_login_of_the_mini_program_links_the_follower(
    household: Household, wechat: WeChat
) -> None:
    session = await wechat.api.login("demo-mother")
    await accounts.sign_in(session.openid, session.unionid)
    mine = await ResidentAccount.get(id=household.mother.account_id)
    assert mine.unionid == unionid_of("mother")


async def test_who_has_left_is_told_by_the_next_channel(
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    ear: None,
    clock: HeldClock,
) -> None:
    await sandbox.post("/followers", name="mother")
    await soon(Follower.all().exists)
    await soon(lambda: known(wechat))
    assert await followers.openids([unionid_of("mother")])
    await sandbox.post("/followers", name="mother", follows=False)
    await soon(Follower.filter(follows=False, unionid=None).exists)
    row = await write()
    await sender.drain()
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel) == (Stage.WAITING, "sms")
    attempt = await Attempt.get(communication_id=row.id)
    assert (attempt.status, attempt.code) == (Delivery.NO_CONSENT, "wechat_not_following")
    assert await received(sandbox) == []


async def test_one_who_left_unheard_is_found_by_the_refusal(
    write: Write, sender: Sender, sandbox: RunningSandbox, wechat: WeChat, clock: HeldClock
) -> None:
    await follows(sandbox, wechat)
    await sandbox.post("/followers", name="mother", follows=False)  # no push: 43004 tells
    row = await write()
    await sender.drain()
    assert (await Attempt.get(communication_id=row.id)).code == "wechat_not_following"
    assert (await Communication.get(id=row.id)).channel == "sms"
    assert not await Follower.filter(follows=True).exists()
    assert not await Follower.exclude(unionid=None).exists()  # forgotten with them


async def test_one_who_blocks_messages_is_told_by_the_next_channel(
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    ear: None,
    clock: HeldClock,
) -> None:
    await follows(sandbox, wechat, blocks=True)
    row = await write()
    await sender.drain()
    await soon(Receipt.filter(communication_id=row.id, kind="failed").exists)
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel) == (Stage.WAITING, "sms")
    assert (await Attempt.get(communication_id=row.id)).status is Delivery.REFUSED


@pytest.mark.parametrize("answered", [0, 45065])
async def test_a_killed_process_s_message_is_sent_again_and_arrives_once(
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    clock: HeldClock,
    answered: int,
) -> None:
    sandbox.state.options.numbered_errcode = answered
    await follows(sandbox, wechat)
    row = await write()
    carrier = OfficialChannel(wechat)
    (ready,) = (await beginning.begin(carrier, 10)).ready
    await carrier.send(ready.parcel)  # WeChat took it, and then the process was no more
    clock.move(seconds=61)
    await recovery.recover([carrier])
    assert (await Communication.get(id=row.id)).status is Stage.UNSURE
    clock.move(seconds=181)
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.SENT
    (message,) = await received(sandbox)
    last = await Attempt.filter(communication_id=row.id).order_by("-at").first()
    assert last
    assert last.message_id == message["id"]


async def test_after_ten_minutes_it_is_not_sent_again(
    write: Write, sender: Sender, sandbox: RunningSandbox, wechat: WeChat, clock: HeldClock
) -> None:
    await follows(sandbox, wechat)
    row = await write()
    carrier = OfficialChannel(wechat)
    (ready,) = (await beginning.begin(carrier, 10)).ready
    await carrier.send(ready.parcel)
    clock.move(minutes=20)  # the whole house was down
    await recovery.recover([carrier])
    clock.move(minutes=4)
    await sender.drain()
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel) == (Stage.WAITING, "sms")
    assert (await Attempt.get(communication_id=row.id)).status is Delivery.GIVEN_UP
    assert len(await received(sandbox)) == 1


async def test_wechats_word_ends_a_killed_process_s_message(
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    ear: None,
    clock: HeldClock,
) -> None:
    await follows(sandbox, wechat)
    row = await write()
    carrier = OfficialChannel(wechat)
    (ready,) = (await beginning.begin(carrier, 10)).ready
    await carrier.send(ready.parcel)
    await soon(Receipt.filter(communication_id=row.id).exists)
    clock.move(seconds=61)
    await recovery.recover([carrier])
    assert (await Communication.get(id=row.id)).status is Stage.SENT


@pytest.mark.parametrize(
    ("fault", "code"),
    [("quota", "wechat_quota"), ("busy", "wechat_busy")],
)
async def test_what_may_pass_is_tried_again(
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    wechat: WeChat,
    clock: HeldClock,
    fault: str,
    code: str,
) -> None:
    await follows(sandbox, wechat)
    options: Options = sandbox.state.options
    options.busy, options.official_a_day = (3, 1) if fault == "busy" else (0, 0)
    row = await write()
    await sender.drain()
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel, row.tries) == (Stage.WAITING, "official", 1)
    assert (await Attempt.get(communication_id=row.id)).code == code
    options.official_a_day = 10
    clock.move(minutes=1)
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.SENT


async def test_a_template_that_is_gone_is_not_tried_again(
    write: Write, sender: Sender, sandbox: RunningSandbox, wechat: WeChat, clock: HeldClock
) -> None:
    await follows(sandbox, wechat)
    granted = wechat.official.templates.topics["notice"]
    gone = {"notice": granted.model_copy(update={"id": "withdrawn"})}
    templates = replace(wechat.official.templates, topics=gone)
    wechat.configuration = replace(
        wechat.configuration, official=replace(wechat.official, templates=templates)
    )
    row = await write()
    await sender.drain()
    attempt = await Attempt.get(communication_id=row.id)
    assert (attempt.status, attempt.code) == (Delivery.REFUSED, "wechat_template_unknown")
    assert (await Communication.get(id=row.id)).channel == "sms"


async def test_a_late_push_cannot_undo_what_wechat_says(
    sandbox: RunningSandbox, wechat: WeChat, clock: HeldClock
) -> None:
    mine = official_openid_of("mother")
    await sandbox.post("/followers", name="mother")
    await followers.heard(mine, came=True)
    await followers.heard(mine, came=False)  # an old one, which comes late
    assert await followers.openids([unionid_of("mother")]) == {}
    await followers.ask(wechat.official_api)
    assert await followers.openids([unionid_of("mother")]) == {unionid_of("mother"): mine}


async def test_a_silent_wechat_is_asked_again_later_and_not_for_ever(
    sandbox: RunningSandbox, wechat: WeChat, clock: HeldClock
) -> None:
    await sandbox.post("/followers", name="mother")
    await wechat.official_api.tokens.get()
    await followers.heard(official_openid_of("mother"), came=True)
    sandbox.state.options.busy = 10_000
    for tried in range(1, followers.MOST + 1):
        assert await followers.ask(wechat.official_api) == 1
        row = await Follower.get()
        assert row.asked == tried
        assert row.follows
        clock.move(hours=7)
    assert row.ask_at is None
    assert await followers.ask(wechat.official_api) == 0
    assert moment() > row.changed_at


async def test_a_push_of_another_app_is_refused(
    sandbox: RunningSandbox, ear: None, clock: HeldClock
) -> None:
    url = sandbox.state.options.official_push_url
    event = EVENT.replace("subscribe_msg_change_event", "subscribe")
    async with ClientSession() as session:
        query, raw = pushed(event, PROGRAM)
        async with session.post(url, params=query, data=raw) as answer:
            assert answer.status != 200
        assert await Follower.all().count() == 0
        query, raw = pushed(event, OFFICIAL)
        async with session.post(url, params=query, data=raw) as answer:
            assert (answer.status, await answer.text()) == (200, "success")
    assert (await Follower.get()).openid == "o-wang"
