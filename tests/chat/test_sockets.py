"""Hints over the socket: members are told at once, strangers never."""

import asyncio
from uuid import uuid4

import pytest
import socketio

from app.sockets import CHAT
from core import clock
from people import sessions
from people.models import Session


async def connect(house, visitor=None) -> socketio.AsyncClient:
    client = socketio.AsyncClient(reconnection=False)
    headers = {"Cookie": f"{sessions.COOKIE}={visitor.token}"} if visitor else {}
    await client.connect(
        house.address, headers=headers, namespaces=["/chat"], transports=["websocket"]
    )
    return client


async def open_talk(client, conversation_id):
    return await client.call(
        "open", {"conversation": str(conversation_id)}, namespace="/chat", timeout=5
    )


async def test_a_member_gets_the_message_itself(house, talk):
    client = await connect(house, talk.county.visitor)
    told: asyncio.Queue = asyncio.Queue()
    client.on("message", told.put, namespace="/chat")
    try:
        answer = await open_talk(client, talk.conversation_id)
        assert answer == {"ok": True, "last_seq": 0, "change": 0}
        await talk.village.say("在吗")
        pushed = await asyncio.wait_for(told.get(), 5)
        assert pushed["conversation"] == str(talk.conversation_id)
        assert (pushed["seq"], pushed["change"], pushed["text"]) == (1, 1, "在吗")
    finally:
        await client.disconnect()


async def test_nobody_without_a_session_gets_in(house, talk):
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(house)


@pytest.mark.parametrize("given", [None, "x", 7, [], {}, {"conversation": "x"}])
async def test_rubbish_is_answered_and_survived(house, talk, given):
    client = await connect(house, talk.county.visitor)
    try:
        answer = await client.call("open", given, namespace="/chat", timeout=5)
        assert answer["ok"] is False
        await client.emit("typing", given, namespace="/chat")
        assert (await open_talk(client, talk.conversation_id))["ok"]
    finally:
        await client.disconnect()


async def test_a_stranger_is_refused_like_a_missing_one(house, talk):
    client = await connect(house, talk.stranger.visitor)
    try:
        answers = [await open_talk(client, i) for i in (talk.conversation_id, uuid4())]
        assert answers[0] == answers[1]
        assert answers[0]["problem"]["code"] == "not_found"
    finally:
        await client.disconnect()


@pytest.mark.parametrize("name", ["connect", "disconnect", "trigger_event", ["open"], {"a": 1}, 7])
async def test_a_message_named_like_the_librarys_own_is_only_a_message(house, talk, name, caplog):
    client = await connect(house, talk.county.visitor)
    try:
        answer = await client.call(name, {"x": 1}, namespace="/chat", timeout=5)
        assert answer["problem"]["code"] == "unknown_message"
        assert (await open_talk(client, talk.conversation_id))["ok"]
    finally:
        await client.disconnect()
    assert not [record for record in caplog.records if record.exc_info]


async def test_the_socket_closes_with_its_session(house, talk):
    gone, stays = asyncio.Event(), asyncio.Event()

    client = await connect(house, talk.county.visitor)
    other = await connect(house, talk.village.visitor)
    client.on("disconnect", lambda *_: gone.set(), namespace="/chat")
    other.on("disconnect", lambda *_: stays.set(), namespace="/chat")
    try:
        assert (await open_talk(client, talk.conversation_id))["ok"]
        assert await house.app[CHAT].close_ended() == 0
        await Session.filter(account__username="county1").update(ended_at=clock.now())
        await house.app[CHAT].close_ended()
        await asyncio.wait_for(gone.wait(), 10)
        assert (await open_talk(other, talk.conversation_id))["ok"]
        assert not stays.is_set()
    finally:
        await client.disconnect()
        await other.disconnect()
