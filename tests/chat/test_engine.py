"""One engine for everybody: since, recalls, sockets, two devices, and input that is no good."""

import asyncio
import io
import json
from uuid import uuid4

import pytest

from app.sockets import CHAT
from chat import service
from chat.models import Conversation, Member, Message
from chat.pen import PEN
from chat.speakers import Speaker
from core.errors import Forbidden, NotFound
from tests.chat.conftest import photo, practitioner_of
from tests.chat.test_sockets import connect, open_talk


async def since(speaker, count):
    return await (await speaker.get(since=count)).json()


async def post(client, conversation_id, text, client_id=None, **more):
    given = {
        "conversation": str(conversation_id),
        "client_id": client_id or uuid4().hex,
        "text": text,
        **more,
    }
    return await client.call("post", given, namespace="/chat", timeout=10)


async def test_since_brings_what_was_said_and_what_was_taken_back(talk):
    for number in range(4):
        await talk.village.say(str(number))
    told = (await (await talk.county.get()).json())["since"]
    assert told == 4
    await talk.village.say("4")
    assert (await talk.village.post("messages/2/recall")).status == 204
    page = await since(talk.county, told)
    assert [(m["seq"], m["recalled"]) for m in page["items"]] == [(5, False), (2, True)]
    assert (page["since"], page["more"]) == (6, False)
    assert (await since(talk.county, 6))["items"] == []


async def test_since_goes_on_page_by_page(talk):
    for number in range(5):
        await talk.village.say(str(number))
    got, count = [], 0
    while True:
        page = await (await talk.county.get(since=count, limit=2)).json()
        got += [m["text"] for m in page["items"]]
        count = page["since"]
        if not page["more"]:
            break
    assert got == [str(n) for n in range(5)]


async def test_posting_over_the_socket_is_acknowledged_and_heard(house, talk):
    mine, theirs = [await connect(house, s.visitor) for s in (talk.village, talk.county)]
    told: asyncio.Queue = asyncio.Queue()
    theirs.on("message", told.put, namespace="/chat")
    try:
        for client in (mine, theirs):
            assert (await open_talk(client, talk.conversation_id))["ok"]
        key = uuid4().hex
        answer = await post(mine, talk.conversation_id, "到了吗", key)
        assert (answer["ok"], answer["message"]["seq"]) == (True, 1)
        assert (await asyncio.wait_for(told.get(), 10))["text"] == "到了吗"
        over_http = await (await talk.village.say("到了吗", key)).json()
        assert over_http["seq"] == 1, "both ways end in the same verb"
        assert await Message.all().count() == 1
    finally:
        await mine.disconnect()
        await theirs.disconnect()


async def test_one_connections_messages_keep_their_order(house, talk):
    client = await connect(house, talk.village.visitor)
    try:
        await open_talk(client, talk.conversation_id)
        answers = await asyncio.gather(
            *(post(client, talk.conversation_id, str(n)) for n in range(40))
        )
        assert [a["message"]["seq"] for a in answers] == list(range(1, 41))
        assert await talk.county.texts(after=0) == [str(n) for n in range(40)]
    finally:
        await client.disconnect()


async def test_two_devices_of_one_person_are_one_author(house, talk):
    phone, desk = [await connect(house, talk.village.visitor) for _ in range(2)]
    heard: asyncio.Queue = asyncio.Queue()
    desk.on("message", heard.put, namespace="/chat")
    try:
        for client in (phone, desk):
            await open_talk(client, talk.conversation_id)
        key = uuid4().hex
        answers = await asyncio.gather(
            *(post(client, talk.conversation_id, "同一句", key) for client in (phone, desk) * 3)
        )
        assert {a["message"]["seq"] for a in answers} == {1}
        assert (await asyncio.wait_for(heard.get(), 10))["client_id"] == key
        assert await Message.all().count() == 1
    finally:
        await phone.disconnect()
        await desk.disconnect()


async def test_client_ids_may_come_in_any_order_and_again(talk):
    keys = [f"{n:08d}" for n in range(6)]
    for key in (keys[3], keys[0], keys[5], keys[0], keys[3]):
        await talk.village.say(f"第 {key} 条", key)
    assert [m.client_id for m in await Message.all().order_by("seq")] == [
        keys[3],
        keys[0],
        keys[5],
    ]
    assert (await (await talk.county.say("我的", keys[0])).json())["seq"] == 4, "ids are per person"
    assert (await Conversation.get()).last_seq == 4


REFUSED = [
    ({"text": "字" * 1_700_000}, "string_too_long", "最多写 4000 个字"),
    ({"text": "   "}, "string_too_short", "请填写"),
    ({"text": "坏\0字"}, "nul", "不能保存的字符"),
    ({"client_id": "a b"}, "pattern", "至少写 8 个字"),
    ({"quote_seq": 99}, "quote", "没有找到要引用的消息"),
]


@pytest.mark.parametrize(("change", "_", "words"), REFUSED, ids=[r[1] for r in REFUSED])
async def test_what_cannot_be_kept_is_refused_in_words(talk, change, _, words):
    body = {"client_id": uuid4().hex, "text": "x", **change}
    answer = await talk.village.post("messages", data=io.BytesIO(json.dumps(body).encode()))
    problem = await answer.json()
    said = problem["detail"] + "".join(e["message"] for e in problem["errors"])
    assert (answer.status in (404, 422), words in said) == (True, True), said
    assert await Message.all().count() == 0


async def test_five_megabytes_over_the_socket_harm_nobody(house, talk):
    rude, other = [await connect(house, s.visitor) for s in (talk.village, talk.county)]
    gone = asyncio.Event()
    rude.on("disconnect", lambda *_: gone.set(), namespace="/chat")
    try:
        for client in (rude, other):
            await open_talk(client, talk.conversation_id)
        given = {"conversation": str(talk.conversation_id), "client_id": uuid4().hex}
        await rude.emit("post", given | {"text": "x" * 5_000_000}, namespace="/chat")
        await asyncio.wait_for(gone.wait(), 20)
        assert (await post(other, talk.conversation_id, "我还在"))["ok"]
        assert await Message.all().count() == 1
    finally:
        await rude.disconnect()
        await other.disconnect()


async def test_somebody_elses_conversation_stays_shut_over_the_socket(house, talk):
    client = await connect(house, talk.stranger.visitor)
    try:
        for target in (talk.conversation_id, uuid4()):
            assert (await open_talk(client, target))["problem"]["code"] == "not_found"
            answer = await post(client, target, "让我进去")
            assert answer["problem"]["code"] == "not_open"
        assert await Message.all().count() == 0
    finally:
        await client.disconnect()


async def test_a_closed_conversation_refuses_on_every_way_and_keeps_repeats(house, talk):
    client = await connect(house, talk.village.visitor)
    reopened = asyncio.Event()
    client.on("reopen", lambda *_: reopened.set(), namespace="/chat")
    try:
        await open_talk(client, talk.conversation_id)
        key = uuid4().hex
        assert (await post(client, talk.conversation_id, "再见", key))["ok"]
        await service.close_conversation(await Conversation.get(id=talk.conversation_id))
        for answer in (await talk.village.say("等等"), await talk.village.send(photo(), "a.jpg")):
            problem = await answer.json()
            assert (answer.status, problem["code"]) == (403, "conversation_closed")
            assert problem["detail"] == "对话已结束,聊天只能查看。"
        await asyncio.wait_for(reopened.wait(), 20)
        assert (await open_talk(client, talk.conversation_id))["ok"], "it can still be read"
        refused = await post(client, talk.conversation_id, "等等")
        assert refused["problem"]["code"] == "conversation_closed"
        again = await talk.village.say("再见", key)
        assert (await again.json())["seq"] == 1, "what was kept before the end stays acknowledged"
        assert await Message.all().count() == 1
    finally:
        await client.disconnect()


async def test_closing_while_everybody_writes_leaves_no_half_message(talk):
    conversation = await Conversation.get(id=talk.conversation_id)
    answers = [asyncio.create_task(talk.village.say(str(n))) for n in range(20)]
    await answers[0]
    await service.close_conversation(conversation)
    statuses = [(await a).status for a in answers]
    assert set(statuses) <= {201, 403}
    fresh = await Conversation.get(id=talk.conversation_id)
    assert statuses.count(201) == await Message.all().count() == fresh.last_seq


async def test_who_left_hears_no_more(house, talk):
    client = await connect(house, talk.county.visitor)
    heard, knocked = [], asyncio.Event()
    client.on("message", heard.append, namespace="/chat")
    client.on("reopen", lambda *_: knocked.set(), namespace="/chat")
    try:
        await open_talk(client, talk.conversation_id)
        person = await practitioner_of("county1")
        conversation = await Conversation.get(id=talk.conversation_id)
        await service.remove_member(conversation, person_id=person.id)
        await asyncio.wait_for(knocked.wait(), 20)
        assert (await open_talk(client, talk.conversation_id))["ok"], "the past is open"
        await talk.village.say("背后说的")
        assert (await post(client, talk.conversation_id, "x"))["problem"]["code"] == "not_open"
        assert heard == []
        member = await Member.get(person_id=person.id)
        assert member.left_seq == 0
    finally:
        await client.disconnect()


async def test_many_messages_are_few_transactions(talk, monkeypatch):
    """Whatever waits while one is under way is written together."""
    from chat import store

    sizes, keep = [], store.keep

    async def counted(drafts):
        sizes.append(len(drafts))
        return await keep(drafts)

    monkeypatch.setattr(store, "keep", counted)
    person = await practitioner_of("village1")
    speaker = Speaker(person.id, person.name)
    await asyncio.gather(
        *(
            service.post_text(speaker, talk.conversation_id, client_id=f"{n:08d}", text=str(n))
            for n in range(60)
        )
    )
    assert (sum(sizes), len(sizes) <= 3) == (60, True)
    assert await talk.county.texts(after=0) == [str(n) for n in range(60)]


async def test_one_bad_apple_spoils_nobody(talk):
    person, other = await practitioner_of("village1"), uuid4()
    mine, stranger = Speaker(person.id, person.name), Speaker(other, "谁")
    found = await asyncio.gather(
        service.post_text(mine, talk.conversation_id, client_id="a" * 8, text="一"),
        service.post_text(stranger, talk.conversation_id, client_id="b" * 8, text="二"),
        service.post_text(mine, uuid4(), client_id="c" * 8, text="三"),
        service.post_text(mine, talk.conversation_id, client_id="x" * 200, text="库里放不下"),
        service.post_text(mine, talk.conversation_id, client_id="d" * 8, text="四"),
        return_exceptions=True,
    )
    assert [type(f) for f in found[1:3]] == [NotFound, NotFound]
    kept = [m.text for m in await Message.all().order_by("seq")]
    assert (kept[0], kept[-1]) == ("一", "四")


async def test_read_only_members_read(talk):
    conversation = await Conversation.get(id=talk.conversation_id)
    watcher = Speaker(uuid4(), "督导")
    await service.add_member(
        conversation, person_id=watcher.person_id, name="督导", may_write=False
    )
    with pytest.raises(Forbidden) as refused:
        await service.post_text(watcher, conversation.id, client_id="w" * 8, text="我说两句")
    assert refused.value.code == "read_only"


async def test_unread_counts_what_others_said(talk):
    conversation = await Conversation.get(id=talk.conversation_id)
    await service.say(conversation, "系统行", key="line")
    for text in ("一", "二", "三"):
        await talk.village.say(text)
    await talk.county.say("我的")
    assert (await talk.village.post("messages/3/recall")).status == 204

    async def mine(speaker):
        return (await (await speaker.visitor.client.get("/conversations")).json())["items"]

    (county,) = await mine(talk.county)
    assert (county["unread"], county["last_seq"], county["closed"]) == (2, 5, False)
    (village,) = await mine(talk.village)
    assert village["unread"] == 1
    await talk.county.post("read", {"seq": 5})
    assert (await mine(talk.county))[0]["unread"] == 0
    assert await mine(talk.stranger) == []


async def test_a_read_mark_is_heard_by_the_others(house, talk):
    await talk.village.say("看到了吗")
    listening, reading = [await connect(house, s.visitor) for s in (talk.village, talk.county)]
    marks: asyncio.Queue = asyncio.Queue()
    listening.on("read", marks.put, namespace="/chat")
    try:
        for client in (listening, reading):
            await open_talk(client, talk.conversation_id)
        given = {"conversation": str(talk.conversation_id), "seq": 1}
        assert (await reading.call("read", given, namespace="/chat", timeout=10))["ok"]
        mark = await asyncio.wait_for(marks.get(), 10)
        person = await practitioner_of("county1")
        assert (mark["person_id"], mark["seq"]) == (str(person.id), 1)
    finally:
        await listening.disconnect()
        await reading.disconnect()


async def test_a_lost_push_is_made_up_for(house, talk, monkeypatch):
    """The process that kept a message died before it told anybody."""
    client = await connect(house, talk.county.visitor)
    hints: asyncio.Queue = asyncio.Queue()
    client.on("changed", hints.put, namespace="/chat")
    try:
        await open_talk(client, talk.conversation_id)
        monkeypatch.setattr(PEN, "listeners", set())
        await talk.village.say("没人听见")
        assert hints.empty()
        assert await house.app[CHAT].catch_up() == 1
        assert (await asyncio.wait_for(hints.get(), 10))["change"] == 1
        assert await house.app[CHAT].catch_up() == 0
    finally:
        await client.disconnect()
