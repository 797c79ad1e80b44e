"""The rooms behind the sockets: told in order, left at once, and nothing compressed."""

import asyncio

import aiohttp
import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from core import live

AT = "/test"
HERE = "here"
OFFER = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
"""What every browser offers."""


class House:
    """A server with rooms, and the people in them."""

    def __init__(self, redis_url=None):
        self.sockets = live.server(redis_url)
        self.clients = []

        @self.sockets.on("enter", namespace=AT)
        async def enter(sid, room):
            await self.sockets.enter_room(sid, room, namespace=AT)
            return sid

        @self.sockets.on("connect", namespace=AT)
        async def connect(*_):
            """Everybody may."""

    async def __aenter__(self):
        app = web.Application()
        live.attach(app, self.sockets)
        self.server = TestServer(app)
        await self.server.start_server()
        return self

    async def __aexit__(self, *_):
        for client, _ in self.clients:
            await client.disconnect()
        await self.server.close()

    async def somebody(self, *rooms):
        client, heard = socketio.AsyncClient(reconnection=False), asyncio.Queue()
        client.on("said", heard.put, namespace=AT)
        address = str(self.server.make_url(""))
        await client.connect(address, namespaces=[AT], transports=["websocket"])
        self.clients.append((client, heard))
        for room in rooms:
            await client.call("enter", room, namespace=AT, timeout=10)
        return client, heard

    async def say(self, what, **options):
        await self.sockets.emit("said", what, room=HERE, namespace=AT, **options)


async def took(heard, count):
    async with asyncio.timeout(20):
        return [await heard.get() for _ in range(count)]


async def test_everybody_in_the_room_hears_everything_in_order():
    async with House() as house:
        rooms = [await house.somebody(HERE) for _ in range(3)]
        _, elsewhere = await house.somebody("there")
        for number in range(50):
            await house.say(number)
        for _, heard in rooms:
            assert await took(heard, 50) == list(range(50))
        assert elsewhere.empty()


async def test_one_may_be_left_out_and_bytes_arrive():
    async with House() as house:
        (client, mine), (_, theirs) = [await house.somebody(HERE) for _ in range(2)]
        await house.say({"raw": b"\0\1"}, skip_sid=client.get_sid(AT))
        await house.say("all")
        assert await took(theirs, 2) == [{"raw": b"\0\1"}, "all"]
        assert await took(mine, 1) == ["all"]


async def test_who_is_gone_is_in_no_room():
    async with House() as house:
        await house.somebody("first", HERE)
        client, _ = await house.somebody("first", "second")
        gone = client.get_sid(AT)
        await client.disconnect()
        manager = house.sockets.manager
        async with asyncio.timeout(20):
            while any(gone in room for room in manager.rooms[AT].values()):
                await asyncio.sleep(0.01)
        assert set(manager.rooms[AT]) == {None, "first", HERE, house.clients[0][0].get_sid(AT)}
        assert gone not in str(manager._entered)


async def test_nobody_is_left_when_all_have_gone():
    async with House() as house:
        for _ in range(3):
            await house.somebody(HERE)
        for client, _ in house.clients:
            await client.disconnect()
        manager = house.sockets.manager
        async with asyncio.timeout(20):
            while manager.rooms or house.sockets.eio.sockets:
                await asyncio.sleep(0.01)
        assert manager._entered == {}
        await house.say("to nobody")


async def test_a_browser_offers_compression_and_gets_none():
    async with House() as house, aiohttp.ClientSession() as session:
        address = house.server.make_url("/socket.io/?EIO=4&transport=websocket")
        async with session.ws_connect(address, headers=OFFER, compress=15) as line:
            assert "Sec-WebSocket-Extensions" not in line._response.headers
            assert (await line.receive_str()).startswith("0{")


async def test_an_answer_may_still_be_asked_for():
    async with House() as house:
        client, _ = await house.somebody(HERE)
        client.on("ask", lambda question: f"{question}!", namespace=AT)
        sid = client.get_sid(AT)
        assert await house.sockets.call("ask", "well", to=sid, namespace=AT, timeout=10) == "well!"


@pytest.mark.postgres
async def test_other_processes_hear_it_in_order_too(redis_url):
    async with House(redis_url) as house, House(redis_url) as other:
        _, near = await house.somebody(HERE)
        _, far = await other.somebody(HERE)
        await reaches(house, far)
        for number in range(200):
            await house.say(number)
        for heard in (near, far):
            said = []
            while len(said) < 200:
                said += [one for one in await took(heard, 1) if one != "?"]
            assert said == list(range(200))


async def reaches(house, far):
    """Until the other process listens: subscribing takes a moment."""
    async with asyncio.timeout(30):
        while far.empty():
            await house.say("?")
            await asyncio.sleep(0.05)
