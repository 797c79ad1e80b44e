"""What goes wrong in a conversation (issue 5), for staff and residents, over HTTP and Socket.IO.

One table: each fault is shown on each way, and what is said afterwards is kept as if nothing had
happened.
"""

import asyncio
import base64
import io
import json
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import socketio
from aiohttp import FormData

from chat import service
from chat.models import Conversation, Message
from chat.speakers import PersonKind
from tests.chat.conftest import practitioner_of
from tests.chat.test_sockets import connect
from tests.mini_program_api.conftest import phone
from tests.plumbing.house import form_token

__all__ = ["phone"]

CLOSED = "对话已结束,聊天只能查看。"
WAYS = [(who, way) for way in ("http", "socket") for who in ("staff", "resident")]


@dataclass(frozen=True)
class Outcome:
    """What became of a message: its number, or a code and the sentence."""

    seq: int = 0
    code: str = ""
    words: str = ""


def said_wrong(problem):
    """The detail and what is said of the fields."""
    fields = "".join(one["message"] for one in problem.get("errors", []))
    return Outcome(code=problem["code"], words=problem["detail"] + fields)


class Http:
    """A person who talks by plain requests; `call(path, data, headers)` knows who they are."""

    def __init__(self, call, conversation_id):
        self.call, self.here = call, conversation_id

    async def say(self, text, key=None, *, there=None):
        body = json.dumps({"client_id": key or uuid4().hex, "text": text}).encode()
        path = f"/conversations/{there or self.here}/messages"
        return await self._sent(path, io.BytesIO(body), {"Content-Type": "application/json"})

    async def send(self, raw):
        form = FormData(quote_fields=False)
        form.add_field("client_id", uuid4().hex)
        form.add_field("file", raw, filename="照片.jpg")
        return await self._sent(f"/conversations/{self.here}/files", form, {})

    async def _sent(self, path, data, headers):
        status, body = await self.call(path, data, headers)
        return Outcome(seq=body["seq"]) if status == 201 else said_wrong(body)

    async def closes(self):
        """Nothing to hang up."""


class Socket:
    """A person with the page open."""

    def __init__(self, join, conversation_id):
        self.join, self.here, self.client = join, conversation_id, None

    async def say(self, text, key=None, *, there=None):
        body = {"client_id": key or uuid4().hex, "text": text}
        there = there or self.here
        found = await self._post(body, there)
        if found.code == "not_open" and await self._open(there):  # as the pages do
            found = await self._post(body, there)
        return found

    async def send(self, raw):
        """The socket takes texts: a file is no field of theirs, in whatever form."""
        found = await self._post({"client_id": uuid4().hex, "text": "照片", "file": raw}, self.here)
        encoded = {"client_id": uuid4().hex, "file": base64.b64encode(raw).decode()}
        assert (await self._post(encoded, self.here)).code == found.code
        return found

    async def _post(self, body, there):
        gone = asyncio.Event()
        client = await self._opened(there)
        client.on("disconnect", lambda *_: gone.set(), namespace="/chat")
        given = {"conversation": str(there), **body}
        answered = asyncio.create_task(client.call("post", given, namespace="/chat", timeout=20))
        hung_up = asyncio.create_task(gone.wait())
        await asyncio.wait({answered, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        hung_up.cancel()
        if not answered.done():
            answered.cancel()
            return Outcome(code="hung_up")
        found = answered.result()
        return Outcome(seq=found["message"]["seq"]) if found["ok"] else said_wrong(found["problem"])

    async def _opened(self, there) -> socketio.AsyncClient:
        if self.client is None or not self.client.connected:
            self.client = await self.join()
            self.opened = set()
        if there not in self.opened:
            self.opened.add(there)
            await self._open(there)
        return self.client

    async def _open(self, there):
        given = {"conversation": str(there)}
        return (await self.client.call("open", given, "/chat", timeout=20))["ok"]

    async def closes(self):
        if self.client is not None:
            await self.client.disconnect()


@dataclass
class Line:
    """Somebody on one way, their second device, and somebody who has no business here."""

    conversation: Conversation
    me: Http | Socket
    second: Http | Socket
    stranger: Http | Socket

    async def kept(self):
        """What the record has, in order; the counter knows of nothing else."""
        rows = await Message.filter(conversation_id=self.conversation.id).order_by("seq")
        fresh = await Conversation.get(id=self.conversation.id)
        assert [row.seq for row in rows] == list(range(1, fresh.last_seq + 1))
        return [row.text for row in rows]


async def staff(house, name):
    """Calls with a cookie, and the way onto the socket."""
    visitor = await house.signed_in(name)

    async def call(path, data, headers):
        headers = {**headers, "X-CSRF-Token": form_token()}
        answer = await visitor.client.post(path, data=data, headers=headers)
        return answer.status, await answer.json()

    return call, lambda: connect(house, visitor)


async def resident(house, one):
    """The same with a token."""

    async def call(path, data, headers):
        answer = await one.call("POST", path, data=data, headers=headers)
        return answer.status, answer.body

    async def join():
        client = socketio.AsyncClient(reconnection=False)
        auth = {"token": one.token}
        way = {"namespaces": ["/chat"], "transports": ["websocket"]}
        await client.connect(house.address, **way, auth=auth)
        return client

    return call, join


@pytest.fixture(params=WAYS, ids=["-".join(one) for one in WAYS])
async def line(request, house, phone):
    """A conversation between county1 and Li, seen from one of them on one of the ways."""
    who, way = request.param
    li = await phone("li", add="李梅")
    made = await service.start_conversation(subject=f"Encounter/{uuid4()}", title="复诊")
    doctor = await practitioner_of("county1")
    await service.add_member(made, person_id=doctor.id, name=doctor.name)
    await service.add_member(
        made, person_id=UUID(li.patient_id), name="李梅", kind=PersonKind.RESIDENT
    )
    people = []
    for name in ("county1", "county1", "county2") if who == "staff" else ("li", "li", "wang"):
        found = await (staff(house, name) if who == "staff" else resident(house, await phone(name)))
        people.append(Http(found[0], made.id) if way == "http" else Socket(found[1], made.id))
    yield Line(made, *people)
    for one in people:
        await one.closes()


async def closed(line):
    """The doctor has ended it: what was said before stays said, repeats included."""
    assert await line.me.say("再见", "the-last-word") == Outcome(seq=1)
    await service.close_conversation(line.conversation)
    assert await line.me.say("等等") == Outcome(code="conversation_closed", words=CLOSED)
    assert await line.me.say("再见", "the-last-word") == Outcome(seq=1)
    assert await line.kept() == ["再见"]


async def no_picture(line):
    """A file that lies."""
    lie = await line.me.send(b"MZ" + b"\0" * 5000)
    assert lie.code in ("file_type", "invalid_input")
    assert lie.words
    assert await line.me.say("看不了就算了") == Outcome(seq=1)


async def five_megabytes(line):
    """Refused in words, or the line is hung up; the next one is served."""
    rude = await line.me.say("字" * 1_700_000)
    assert rude.code in ("invalid_input", "body_too_large", "hung_up")
    assert rude.words or rude.code == "hung_up"
    assert await line.kept() == []
    assert (await line.me.say("长" * 4001)).words.endswith("最多写 4000 个字")
    assert await line.second.say("短的") == Outcome(seq=1)


async def anothers(line):
    """Somebody else's looks like one that does not exist."""
    theirs = await line.stranger.say("让我进去")
    nobodys = await line.stranger.say("让我进去", there=uuid4())
    assert theirs == nobodys
    assert theirs.code in ("not_found", "not_open")
    assert await line.kept() == []
    other = await service.start_conversation(subject=f"Encounter/{uuid4()}", title="别人的")
    assert (await line.me.say("走错了", there=other.id)).code == theirs.code
    assert await line.me.say("我的") == Outcome(seq=1)


async def unordered_ids(line):
    """Client ids in any order and again; the house's order is that of arrival."""
    keys = [f"number-{n}" for n in (3, 0, 5, 0, 3, 5, 1)]
    found = [(await line.me.say(f"第 {key} 条", key)).seq for key in keys]
    assert found == [1, 2, 3, 2, 1, 3, 4]
    assert await line.kept() == [f"第 number-{n} 条" for n in (3, 0, 5, 1)]


async def other_words_under_an_old_id(line):
    """A number says one thing for ever."""
    assert await line.me.say("头疼", "once-and-for-all") == Outcome(seq=1)
    assert await line.me.say("不疼了", "once-and-for-all") == Outcome(seq=1)
    assert await line.kept() == ["头疼"]


async def two_devices(line):
    """Both at once: the same message is one, others are all kept, nothing has two numbers."""
    both = (line.me, line.second)
    same = await asyncio.gather(*(one.say("同一句", "the-same-words") for one in both * 3))
    assert set(same) == {Outcome(seq=1)}
    rest = await asyncio.gather(*(one.say(str(n)) for n in range(10) for one in both))
    assert sorted(one.seq for one in rest) == list(range(2, 22))
    assert len(await line.kept()) == 21


async def closed_meanwhile(line):
    """Whatever was acknowledged is kept, whatever was not is told so."""
    both = (line.me, line.second)
    await asyncio.gather(*(one.say("开始") for one in both))
    said = [asyncio.create_task(both[n % 2].say(f"第 {n} 句")) for n in range(20)]
    await said[0]
    await service.close_conversation(line.conversation)
    found = await asyncio.gather(*said)
    refused = {one.code for one in found if not one.seq}
    assert refused <= {"conversation_closed"}
    assert len(await line.kept()) == 2 + sum(one.seq > 0 for one in found)
    assert (await line.me.say("还有")).code == "conversation_closed"


FAULTS = [
    closed,
    no_picture,
    five_megabytes,
    anothers,
    unordered_ids,
    other_words_under_an_old_id,
    two_devices,
    closed_meanwhile,
]


@pytest.mark.parametrize("fault", FAULTS, ids=[one.__name__ for one in FAULTS])
async def test_a_fault_is_answered_in_words_and_harms_nobody(line, fault):
    await fault(line)
