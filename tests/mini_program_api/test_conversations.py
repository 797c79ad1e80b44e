"""Residents talk over plain HTTP, and hear over the socket, as the patient they act for."""

import asyncio
from uuid import UUID, uuid4

import pytest
import socketio
from aiohttp import FormData

from chat import service
from chat.models import Message
from chat.speakers import PersonKind
from tests.chat.conftest import Speaker, photo, practitioner_of
from tests.chat.recordings import BROWSERS, recording


async def conversation_of(phone, *, person_id=None):
    conversation = await service.start_conversation(subject=f"Encounter/{uuid4()}", title="复诊")
    doctor = await practitioner_of("county1")
    await service.add_member(conversation, person_id=doctor.id, name=doctor.name)
    await service.add_member(
        conversation,
        person_id=UUID(person_id or phone.patient_id),
        name="李梅",
        kind=PersonKind.RESIDENT,
    )
    return conversation


def text(words, key=None, **more):
    return {"client_id": key or uuid4().hex, "text": words, **more}


async def test_a_resident_and_a_doctor_talk(house, phone):
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li)
    at = f"/conversations/{conversation.id}"
    doctor = Speaker(await house.signed_in("county1"), conversation.id)
    said = await li.post(f"{at}/messages", text("医生好,药快吃完了。"))
    assert (said.status, said.body["seq"], said.body["mine"]) == (201, 1, True)
    (read,) = (await (await doctor.get()).json())["items"]
    assert (read["author_name"], read["text"]) == ("李梅", "医生好,药快吃完了。")
    assert str((await Message.get()).account_id) == li.account_id, "which account wrote is kept"
    await doctor.say("血压多少?")
    page = (await li.get(f"{at}/messages?since=1")).body
    assert [m["text"] for m in page["items"]] == ["血压多少?"]
    listed = (await li.get("/conversations")).body
    assert (listed["unread"], listed["items"][0]["unread"]) == (1, 1)
    assert (await li.post(f"{at}/read", {"seq": 2})).status == 204
    assert (await li.get("/conversations")).body["unread"] == 0
    assert (await li.post(f"{at}/messages/1/recall")).status == 204
    found = await li.post(f"{at}/search", {"q": "血压"})
    assert [f["seq"] for f in found.body["items"]] == [2]


async def test_a_picture_from_the_phone(house, phone):
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li)
    at = f"/conversations/{conversation.id}"

    def form(raw):
        made = FormData(quote_fields=False)
        made.add_field("client_id", uuid4().hex)
        made.add_field("file", raw, filename="血压计.jpg")
        return made

    sent = await li.call("POST", f"{at}/files", data=form(photo() + b"\0" * 100_000))
    assert (sent.status, sent.body["kind"]) == (201, "picture")
    assert sent.body["file"]["url"] == f"/api/mp/v1{at}/files/1"
    seen = await li.session.get(
        house.address + sent.body["file"]["thumbnail_url"],
        headers={"Authorization": f"Bearer {li.token}"},
    )
    assert (seen.status, seen.content_type) == (200, "image/jpeg")
    lie = await li.call("POST", f"{at}/files", data=form(b"MZ" + b"\0" * 500))
    assert (lie.status, lie.code) == (422, "file_type")


@pytest.mark.parametrize("browser", BROWSERS)
async def test_a_voice_of_any_phone_answers_to_the_doctor(house, phone, browser):
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li)
    doctor = Speaker(await house.signed_in("county1"), conversation.id)
    await doctor.say("血压多少?")
    form = FormData(quote_fields=False)
    for name, value in (("client_id", "the-one-voice"), ("quote_seq", "1")):
        form.add_field(name, value)
    form.add_field("file", recording(browser), filename="blob")
    sent = await li.call("POST", f"/conversations/{conversation.id}/voice", data=form)
    assert (sent.status, sent.body["kind"], sent.body["quote_seq"]) == (201, "voice", 1)
    assert sent.body["file"]["content_type"] == BROWSERS[browser][2]
    assert sent.body["file"]["duration_ms"] > 1900


async def test_a_voice_answers_to_nothing_that_was_not_said(phone):
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li)
    for quoted, code in (("7", "not_found"), ("x", "invalid_input"), ("0", "invalid_input")):
        form = FormData(quote_fields=False)
        form.add_field("client_id", "the-one-voice")
        form.add_field("quote_seq", quoted)
        form.add_field("file", recording(), filename="blob")
        sent = await li.call("POST", f"/conversations/{conversation.id}/voice", data=form)
        assert sent.code == code
    assert await Message.all().count() == 0


async def test_a_strangers_phone_finds_nothing(phone):
    li, wang = await phone("li", add="李梅"), await phone("wang", add="王强")
    conversation = await conversation_of(li)
    for target in (conversation.id, uuid4()):
        at = f"/conversations/{target}"
        for answer in (
            await wang.get(f"{at}/messages"),
            await wang.post(f"{at}/messages", text("x")),
            await wang.post(f"{at}/read", {"seq": 1}),
            await wang.get(f"{at}/files/1"),
        ):
            assert (answer.status, answer.code) == (404, "not_found")
    assert (await wang.get("/conversations")).body == {"items": [], "unread": 0}
    assert await Message.all().count() == 0


async def test_a_relative_who_was_invited_speaks_as_themselves(phone):
    wang = await phone("wang")
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li, person_id=wang.account_id)
    at = f"/conversations/{conversation.id}/messages"
    assert (await wang.post(at, text("我是她女儿"))).status == 201
    assert (await li.post(at, text("x"))).status == 404


async def test_the_residents_page_hears_by_socket(house, phone):
    li = await phone("li", add="李梅")
    conversation = await conversation_of(li)
    doctor = Speaker(await house.signed_in("county1"), conversation.id)
    client = socketio.AsyncClient(reconnection=False)
    heard: asyncio.Queue = asyncio.Queue()
    client.on("message", heard.put, namespace="/chat")
    await client.connect(
        house.address, namespaces=["/chat"], transports=["websocket"], auth={"token": li.token}
    )
    try:
        given = {"conversation": str(conversation.id)}
        assert (await client.call("open", given, namespace="/chat", timeout=10))["ok"]
        await doctor.say("请打开摄像头")
        assert (await asyncio.wait_for(heard.get(), 10))["text"] == "请打开摄像头"
        posted = await client.call("post", given | text("好的"), namespace="/chat", timeout=10)
        assert posted["message"]["author_name"] == "李梅"
        gone = asyncio.Event()
        client.on("disconnect", lambda *_: gone.set(), namespace="/chat")
        assert (await li.delete("/session")).status == 204
        await asyncio.wait_for(gone.wait(), 20)
    finally:
        await client.disconnect()
