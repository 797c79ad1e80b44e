"""Two web processes joined by Redis: what is written in one is seen in the other."""

import asyncio
import json
from uuid import uuid4

import aiohttp
import pytest

from bench.booking.door import FIELD_KEY, SECRET_KEY
from bench.chat.given import seed
from bench.chat.wire import Wire

pytestmark = pytest.mark.postgres
API = "/api/mp/v1/conversations"


@pytest.fixture
async def talk(database_url, joined_rooms):
    """A conversation of three, and two processes."""
    (given,) = await seed(database_url, 3, 3)
    apps = [
        await joined_rooms.start_app(SECRET_KEY=SECRET_KEY, FIELD_KEY=FIELD_KEY) for _ in range(2)
    ]
    async with aiohttp.ClientSession() as session:
        yield session, given, apps


class Page:
    """Somebody's open page at one of the processes."""

    def __init__(self, session, app, conversation, token):
        self.session, self.url, self.token = session, app.url, token
        self.conversation = conversation
        self.heard = asyncio.Queue()
        self.wire = Wire(session, int(app.url.rsplit(":", 1)[1]), token)
        self.wire.heard = lambda text: self.heard.put_nowait(json.loads(text[len("42/chat,") :]))

    async def open(self):
        await self.wire.connect()
        answer = await self.wire.call("open", {"conversation": self.conversation})
        assert '"ok":true' in answer
        return self

    async def says(self, text, key=None):
        given = {"conversation": self.conversation, "client_id": key or uuid4().hex, "text": text}
        answer = json.loads("[" + await self.wire.call("post", given))[0]
        assert answer["ok"], answer
        return answer["message"]["seq"]

    async def says_over_http(self, text, key=None):
        async with self.session.post(
            f"{self.url}{API}/{self.conversation}/messages",
            json={"client_id": key or uuid4().hex, "text": text},
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            assert answer.status == 201, await answer.text()
            return (await answer.json())["seq"]

    async def has(self):
        """Everything, asked for as after a gap."""
        async with self.session.get(
            f"{self.url}{API}/{self.conversation}/messages?since=0",
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            return [one["text"] for one in (await answer.json())["items"]]

    async def hears_until(self, text):
        """Whatever comes up to this message."""
        while await self.hears(1) != [text]:
            pass

    async def hears(self, count):
        """So many messages, by their texts."""
        texts = []
        async with asyncio.timeout(60):
            while len(texts) < count:
                name, told = await self.heard.get()
                if name == "message":
                    texts.append(told["text"])
        return texts


async def test_what_is_written_in_one_is_seen_in_the_other(talk):
    session, given, (first, second) = talk
    pages = [
        await Page(session, app, given["id"], token).open()
        for app, token in zip((first, second, second), given["tokens"], strict=True)
    ]
    here, there, phone = pages
    said = []
    for number in range(5):
        said += [f"{number} 从这边", f"{number} 从那边", f"{number} 小程序"]
        await here.says(said[-3])
        await there.says(said[-2])
        await phone.says_over_http(said[-1])
    for page in pages:
        assert sorted(await page.hears(len(said))) == sorted(said)
    for page in pages:
        await page.wire.close()


async def test_one_message_sent_to_both_at_once_is_one(talk):
    session, given, (first, second) = talk
    token = given["tokens"][0]
    here, there = [await Page(session, app, given["id"], token).open() for app in (first, second)]
    for _ in range(10):
        key = uuid4().hex
        numbers = await asyncio.gather(
            here.says("同一句", key), there.says("同一句", key), there.says_over_http("同一句", key)
        )
        assert len(set(numbers)) == 1
    assert await here.says("最后") == 11
    for page in (here, there):
        await page.wire.close()


async def test_a_process_dies_and_the_other_goes_on(talk):
    session, given, (first, second) = talk
    left, stays = [
        await Page(session, app, given["id"], token).open()
        for app, token in zip((first, second), given["tokens"][:2], strict=True)
    ]
    assert await left.says("先说一句") == 1
    await first.kill()
    assert await stays.says("还在") == 2
    assert await stays.has() == ["先说一句", "还在"], "whatever became of the push"
    await stays.hears_until("还在")
    back = await Page(session, second, given["id"], given["tokens"][0]).open()
    assert await back.says("我回来了") == 3
    await stays.hears_until("我回来了")
    for page in (stays, back):
        await page.wire.close()
