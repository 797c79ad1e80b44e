"""Processes and databases die while people talk; what was acknowledged is there, and once."""

import asyncio
import random
from uuid import UUID, uuid4

import aiohttp
import pytest

from app.packages import APPS
from bench.booking import processes
from bench.chat.given import database, seed
from bench.chat.wire import Wire
from bench.media.server import free_port
from chat.models import Conversation, Message
from core import db
from tests.plumbing.databases import administer
from tests.plumbing.servers import mortal_postgres

STRIKES = 2
ENOUGH = 30
"""Acknowledged messages between two strikes."""


class Writer:
    """Sends one message after the other, each under its id until it is acknowledged."""

    def __init__(self, session, port, conversation, token):
        self.session, self.port = session, port
        self.conversation, self.token = conversation, token
        self.acknowledged: dict[str, int] = {}
        self.wire: Wire | None = None

    async def run(self, stop: asyncio.Event):
        while not stop.is_set():
            key = uuid4().hex
            while (seq := await self._try(key)) is None:
                await asyncio.sleep(0.05)
            self.acknowledged[key] = seq
        if self.wire:
            await self.wire.close()

    async def _try(self, key):
        given = {"conversation": self.conversation, "client_id": key, "text": f"话 {key}"}
        try:
            async with asyncio.timeout(10):
                if self.wire is None:
                    wire = Wire(self.session, self.port, self.token)
                    await wire.connect()
                    await wire.call("open", {"conversation": self.conversation})
                    self.wire = wire
                answer = await self.wire.call("post", given)
        except (OSError, TimeoutError, TypeError, aiohttp.ClientError, ConnectionError):
            self.wire = None
            return None
        found = answer.split('"seq":', 1)
        return int(found[1].split(",", 1)[0]) if len(found) == 2 else None


async def cut_sessions(url):
    """As a restarting server does: every session ends in the middle of what it did."""
    name = url.rsplit("/", 1)[1]
    await administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )


async def reached(writers, count):
    async with asyncio.timeout(120):
        while sum(len(w.acknowledged) for w in writers) < count:
            await asyncio.sleep(0.02)


async def counted(url, writers):
    """Everything acknowledged is kept, once, under its number; no numbers are missing."""
    await db.connect(url, APPS)
    try:
        kept = {m.client_id: m for m in await Message.all()}
        assert len(kept) == await Message.all().count(), "nothing twice"
        for writer in writers:
            for key, seq in writer.acknowledged.items():
                message = kept[key]
                assert (message.seq, message.text) == (seq, f"话 {key}")
                assert message.conversation_id == UUID(writer.conversation)
        for conversation in await Conversation.all():
            mine = [m.seq for m in kept.values() if m.conversation_id == conversation.id]
            assert sorted(mine) == list(range(1, conversation.last_seq + 1)), "no holes"
    finally:
        await db.close()


class House:
    """The web process on this database, which may be killed and started again."""

    def __init__(self, url):
        self.url, self.port = url, free_port()

    async def __aenter__(self):
        self._process = processes.house(self.url, self.port, settled=False)
        await self._process.__aenter__()
        return self

    async def __aexit__(self, *_):
        await self._process.__aexit__(None, None, None)

    async def killed(self):
        await self.__aexit__()
        await self.__aenter__()


async def test_the_process_is_killed_while_people_talk(database_url):
    async with House(database_url) as house:
        await talk_through(house, house.killed)


@pytest.mark.postgres
async def test_the_databases_sessions_end_while_people_talk(database_url):
    async with House(database_url) as house:
        await talk_through(house, lambda: cut_sessions(database_url))


@pytest.mark.postgres
async def test_the_database_server_dies_while_people_talk():
    """No goodbye, no checkpoint: it recovers from its log, and nobody connects again by hand."""
    mortal = mortal_postgres()
    server, restart = await asyncio.to_thread(mortal.__enter__)
    try:
        async with database(server) as url, House(url) as house:
            await talk_through(house, lambda: asyncio.to_thread(restart))
    finally:
        await asyncio.to_thread(mortal.__exit__, None, None, None)


async def talk_through(house, strike):
    """People talk, it strikes, and they go on: what was acknowledged is kept, once."""
    given = await seed(house.url, 6, 3)
    stop, dice = asyncio.Event(), random.Random()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        writers = [
            Writer(session, house.port, one["id"], token)
            for one in given
            for token in one["tokens"]
        ]
        talking = [asyncio.create_task(w.run(stop)) for w in writers]
        try:
            for number in range(STRIKES):
                await reached(writers, (number + 1) * ENOUGH + dice.randint(0, 10))
                await strike()
            await reached(writers, (STRIKES + 1) * ENOUGH)
            stop.set()
            async with asyncio.timeout(60):
                await asyncio.gather(*talking)
        finally:
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)
    await counted(house.url, writers)
