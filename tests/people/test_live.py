"""Who hears what over `/live`, and what becomes of it when the session ends."""

import asyncio
from uuid import uuid4

import aiohttp
import pytest
import socketio

from app.demo import people as demo
from app.sockets import LIVE
from core import clock, live
from core.errors import Forbidden
from people import sessions
from people.cards import alerts
from people.cards.models import CardAlert
from people.models import Session
from tests.people.conftest import actor


class Listener:
    """A page that listens."""

    def __init__(self, house, visitor):
        self.http = aiohttp.ClientSession()
        self.client = socketio.AsyncClient(http_session=self.http)
        self.house, self.visitor = house, visitor
        self.heard: asyncio.Queue = asyncio.Queue()
        self.closed = asyncio.Event()

    async def __aenter__(self):
        async def changed(hint):
            await self.heard.put(hint)

        async def disconnected(*_):
            self.closed.set()

        self.client.on("changed", changed, namespace="/live")
        self.client.on("disconnect", disconnected, namespace="/live")
        headers = {"Cookie": f"{sessions.COOKIE}={self.visitor.token}"} | self.visitor.extra
        try:
            await self.client.connect(
                self.house.address,
                headers=headers,
                transports=["websocket"],
                namespaces=["/live"],
                retry=False,
            )
        except socketio.exceptions.ConnectionError:
            await self.http.close()
            raise
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()
        await self.client.shutdown()
        await self.http.close()

    async def listen(self, *topics):
        return await self.client.call("listen", {"topics": list(topics)}, namespace="/live")


@pytest.fixture
def listener(house):
    def listening(visitor, **extra):
        visitor.extra = extra
        return Listener(house, visitor)

    return listening


async def test_a_page_hears_its_own_topics_and_no_others(house, listener, resident):
    patient = await resident()
    visitor = await house.signed_in("village1")
    me = demo.practitioner_id("village1")
    mine = [
        f"staff:{me}",
        f"organization:{demo.organization_id('YH-T1-V1')}",
        f"patient:{patient.id}",
    ]
    others = [
        f"staff:{demo.practitioner_id('village2')}",
        f"organization:{demo.organization_id('YH-H1')}",
        f"patient:{uuid4()}",
        f"consultation:{uuid4()}",
        "desk",
        "patient:x",
        "no-such-topic",
    ]
    async with listener(visitor) as page:
        answer = await page.listen(*mine, *others)
        assert answer == {"ok": True, "topics": mine}
        hint = house.app[live.HINT]
        await hint(others[0], "moved", id="1")
        await hint(mine[0], "moved", id="2")
        heard = await asyncio.wait_for(page.heard.get(), 5)
        assert heard == {"topic": mine[0], "kind": "moved", "id": "2"}
        assert page.heard.empty()


@pytest.mark.parametrize(
    "given",
    [
        None,
        7,
        [],
        {},
        {"topics": "desk"},
        {"topics": [7]},
        {"topics": ["a b"]},
        {"topics": ["x" * 99]},
        {"topics": ["a"] * 41},
    ],
)
async def test_nonsense_gets_a_sentence(house, listener, given):
    async with listener(await house.signed_in("village1")) as page:
        answer = await page.client.call("listen", given, namespace="/live")
        assert answer["ok"] is False
        assert (await page.listen("desk"))["topics"] == []


@pytest.mark.parametrize("extra", [{"Origin": "https://evil.example"}])
async def test_a_page_of_another_site_is_refused(house, listener, extra):
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with listener(await house.signed_in("village1"), **extra):
            pass


async def test_a_stranger_is_refused(house, listener):
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with listener(await house.visitor()):
            pass


async def test_the_socket_closes_with_its_session(house, listener):
    visitor, other = await house.signed_in("county1"), await house.signed_in("county2")
    async with listener(visitor) as page, listener(other) as stays:
        assert (await page.listen("desk"))["topics"] == ["desk"]
        assert await house.app[LIVE].close_ended() == 0
        await Session.filter(account__username="county1").update(ended_at=clock.now())
        assert await house.app[LIVE].close_ended() == 1
        await asyncio.wait_for(page.closed.wait(), 5)
        assert not stays.closed.is_set()


async def test_the_administrator_hears_of_a_forged_card_and_nobody_else_does(house, listener):
    admin, office = await house.signed_in("admin1"), await house.signed_in("scheduler1")
    async with listener(office) as page:
        assert (await page.listen("card-alerts"))["topics"] == []
    async with listener(admin) as page:
        assert (await page.listen("card-alerts"))["topics"] == ["card-alerts"]
        with pytest.raises(Forbidden):
            raise await alerts.forged(await actor("county1"), "门诊签到")
        heard = await asyncio.wait_for(page.heard.get(), 10)
        assert (heard["topic"], heard["kind"]) == ("card-alerts", "people.CardAlertRaised")
        alert = await CardAlert.get()
        await alerts.acknowledge(await actor("admin1"), alert.id)
        heard = await asyncio.wait_for(page.heard.get(), 10)
        assert (heard["kind"], heard["id"]) == ("people.CardAlertSeen", str(alert.id))
