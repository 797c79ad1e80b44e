"""The namespace `/rtc` without media: tickets, seats, presence, input, ends."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
import socketio.exceptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import live
from core.errors import Invalid
from core.http import parse
from core.outbox import OutboxEntry
from rtc import presence, service
from rtc.models import AppProcess, Participant, Presence, Room, Sitting
from rtc.schemas import MESSAGES
from rtc.switchboard import SWITCHBOARD
from tests.plumbing.clocks import HeldClock
from tests.plumbing.house import Build, House
from tests.plumbing.rooms import SECRET, Rooms
from tests.rtc.tabs import WATCH, Tab, ticket

OpenTab = Callable[..., Awaitable[Tab]]


@pytest.fixture
def room() -> UUID:
    return uuid4()


@pytest.fixture
async def tab(house: House, room: UUID) -> AsyncIterator[OpenTab]:
    """`await tab(seat, join=True, session="", **ticket)`: a connected tab in the room."""
    opened: list[Tab] = []

    async def open_tab(seat: int = 1, *, join: bool = True, session: str = "", **said: Any) -> Tab:
        one = Tab(session)
        opened.append(one)
        await one.connect(house.address, ticket(said.pop("room", room), seat, **said))
        if join:
            await one.ask("join")
        return one

    yield open_tab
    for one in opened:
        if one.socket.connected:
            await one.vanish()


async def names_of_events(room: UUID) -> list[str]:
    rows = await OutboxEntry.filter(subject=f"Room/{room}").order_by("id")
    return [row.name for row in rows]


# Tickets


@pytest.mark.parametrize(
    "auth",
    [
        None,
        [],
        "ticket",
        {},
        {"ticket": "x"},
        {"ticket": "x.y", "session": "a" * 32},
        {"ticket": {"a": 1}, "session": "a" * 32},
        {"ticket": "a" * 100_000, "session": "a" * 32},
    ],
)
async def test_nobody_connects_without_a_ticket(house: House, auth: Any) -> None:
    socket = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await socket.connect(
            house.address, transports=["websocket"], namespaces=["/rtc"], auth=auth
        )


async def test_forged_and_expired_tickets_are_refused_in_words(house: House, room: UUID) -> None:
    sound = ticket(room)
    body, signature = sound.split(".")
    forged = f"{body[:-4]}AAAA.{signature}"
    for text, code in (
        (forged, "ticket_invalid"),
        (ticket(room, lifetime=timedelta(seconds=-1)), "ticket_expired"),
    ):
        refused: list[Any] = []
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("connect_error", refused.append, namespace="/rtc")
        with pytest.raises(socketio.exceptions.ConnectionError):
            await socket.connect(
                house.address,
                transports=["websocket"],
                namespaces=["/rtc"],
                auth={"ticket": text, "session": secrets.token_hex(16)},
            )
        assert refused[0]["data"]["code"] == code
        assert refused[0]["data"]["detail"].endswith("重新进入。")


async def test_a_foreign_ticket_opens_only_its_own_room(tab: OpenTab, room: UUID) -> None:
    mine, stranger = await tab(1), await tab(2, room=uuid4())
    await mine.ask("state", {"audio": True, "video": True, "screen": False})
    assert stranger.states() == {"2": "here"}
    assert mine.states() == {"1": "here"}


# Seats


async def test_people_see_one_another_come_and_go(tab: OpenTab, room: UUID) -> None:
    first, second = await tab(1), await tab(2)
    await first.until(lambda t: t.states() == {"1": "here", "2": "here"})
    await second.ask("state", {"audio": True, "video": False})
    await first.until(lambda t: t.room["participants"][1]["audio"])
    await second.ask("leave")
    await first.until(lambda t: t.states() == {"1": "here", "2": "left"})
    assert await second.refused("state", {"audio": True, "video": True}) == "not_joined"
    await second.ask("join")
    await first.ask("leave")
    await second.ask("leave")
    entered, left = "rtc.participant_entered", "rtc.participant_left"
    assert await names_of_events(room) == [
        entered,
        entered,
        left,
        entered,
        left,
        left,
        "rtc.room_emptied",
    ]


async def test_relay_credentials_are_given_at_the_door_and_renewed(
    build_house: Build, room: UUID, clock: HeldClock
) -> None:
    urls = "turn:turn.example:3478?transport=udp, turns:turn.example:443?transport=tcp"
    house = await build_house(turn_urls=urls, turn_secret="shared", turn_credential_minutes=5)
    one = await Tab().connect(house.address, ticket(room))
    assert await one.refused("relays") == "not_joined"
    first = await one.ask("join")
    clock.move(minutes=3)
    second = await one.ask("relays")
    ends = []
    for offer in (first, second):
        assert offer["ice_lifetime_s"] == 300
        (server,) = offer["ice_servers"]
        assert server["urls"] == [url.strip() for url in urls.split(",")]
        assert str(UUID(int=1)) in server["username"]
        ends.append(int(server["username"].partition(":")[0]) - clock().timestamp())
    assert ends == [120, 300]
    await one.vanish()


async def test_only_checks_of_the_line_may_ask_what_arrived(tab: OpenTab) -> None:
    one = await tab()
    assert await one.refused("arrived") == "not_allowed"


async def test_a_lost_line_keeps_the_seat(tab: OpenTab, room: UUID) -> None:
    first, second = await tab(1), await tab(2)
    await second.vanish()
    await first.until(lambda t: t.states()["2"] == "reconnecting")
    again = await tab(2, session=second.session)
    await first.until(lambda t: t.states()["2"] == "here")
    assert again.room["participants"][1]["seat"] == str(UUID(int=2))
    assert await Sitting.filter(room_id=room, seat=UUID(int=2)).count() == 1
    assert await names_of_events(room) == ["rtc.participant_entered"] * 2


async def test_the_newer_tab_takes_the_seat(tab: OpenTab, room: UUID) -> None:
    old, other = await tab(1), await tab(2)
    new = await tab(1)
    await old.until(lambda t: t.told("replaced"))
    assert await old.refused("enter") == "seat_replaced"
    assert await old.refused("recording", {"action": "ask"}) == "seat_replaced"
    assert await old.refused("join") == "seat_replaced"
    await old.ask("state", {"audio": True, "video": True})
    await old.ask("leave")
    await old.vanish()
    await asyncio.sleep(0.2)
    await other.ask("resync")
    assert other.states() == {"1": "here", "2": "here"}
    assert not new.room["participants"][0]["audio"]
    sittings = await Sitting.filter(room_id=room, seat=UUID(int=1)).order_by("began_at")
    assert [s.ended_by for s in sittings] == ["replaced", ""]


async def test_an_observer_is_seen_and_cannot_send(tab: OpenTab) -> None:
    doctor, observer = await tab(1), await tab(9, part="observer", rights=WATCH)
    await doctor.until(lambda t: len(t.room["participants"]) == 2)
    assert doctor.room["participants"][1]["part"] == "observer"
    publish = {"sdp": "v=0", "sources": {}}
    assert await observer.refused("publish", publish) == "not_allowed"
    assert await observer.refused("recording", {"action": "ask"}) == "recording_not_allowed"
    await observer.ask("state", {"audio": True, "video": True, "screen": True})
    await doctor.ask("resync")
    assert not doctor.room["participants"][1]["audio"]


async def test_a_ninth_person_finds_the_room_full(tab: OpenTab) -> None:
    for seat in range(1, presence.MOST_PEOPLE + 1):
        await tab(seat)
    late = await tab(20, join=False)
    assert await late.refused("join") == "room_full"


async def test_without_a_node_people_meet_and_are_told(tab: OpenTab) -> None:
    one = await tab(1)
    assert await one.refused("enter") == "media_unavailable"


async def test_an_ended_room_sends_everybody_out(house: House, tab: OpenTab, room: UUID) -> None:
    one = await tab(1)
    await service.end_room(room, sockets=house.app[live.SOCKETS])
    await service.end_room(room, sockets=house.app[live.SOCKETS])
    await one.until(lambda t: t.told("ended"))
    late = await tab(2, join=False)
    assert await late.refused("join") == "room_ended"
    assert (await Participant.get(room_id=room)).state == Presence.LEFT
    assert await names_of_events(room) == [
        "rtc.participant_entered",
        "rtc.participant_left",
        "rtc.room_emptied",
    ]


async def test_who_is_put_out_stays_out_whatever_ticket_they_hold(
    house: House, tab: OpenTab, room: UUID
) -> None:
    one, two = await tab(1), await tab(2)
    seat = (await Participant.filter(room_id=room).order_by("entered_at"))[-1].seat
    await service.remove_seat(room, seat, sockets=house.app[live.SOCKETS])
    await service.remove_seat(room, seat, sockets=house.app[live.SOCKETS])
    await two.until(lambda t: t.told("removed"))
    again = await tab(2, join=False)
    assert await again.refused("join") == "seat_removed"
    assert not one.told("removed")
    changed, freed = await presence.sweep()
    assert (changed, [left.seat for left in freed]) == ({room}, [seat]), "its node is told"


# Presence over dead processes


async def test_people_of_a_dead_process_are_missed_then_leave(
    clock: HeldClock, tab: OpenTab, room: UUID, house: House
) -> None:
    stays, lost = await tab(1), await tab(2)
    await lost.vanish()
    await stays.until(lambda t: t.states()["2"] == "reconnecting")
    dead = Participant.filter(room_id=room, seat=UUID(int=2))
    await dead.update(state=Presence.HERE, process="dead")
    await AppProcess.create(id="dead", seen_at=clock())
    board = house.app[SWITCHBOARD]
    assert await presence.sweep() == (set(), [])
    clock.move(seconds=presence.LEASE.total_seconds() + 1)
    await presence.renew(board.process, list(board.seated))
    changed, freed = await presence.sweep()
    assert (changed, freed) == ({room}, [])
    assert (await dead.get()).state == Presence.RECONNECTING
    clock.move(seconds=presence.GRACE.total_seconds() + 1)
    await presence.renew(board.process, list(board.seated))
    changed, freed = await presence.sweep()
    assert [f.seat for f in freed] == [UUID(int=2)]
    assert (await dead.get()).state == Presence.LEFT
    assert (await Participant.get(room_id=room, seat=UUID(int=1))).state == Presence.HERE
    assert (await names_of_events(room))[-1] == "rtc.participant_left"


async def test_a_process_that_was_thought_dead_gets_its_people_back(
    tab: OpenTab, room: UUID, house: House
) -> None:
    await tab(1)
    mine = Participant.filter(room_id=room)
    await mine.update(state=Presence.RECONNECTING)
    board = house.app[SWITCHBOARD]
    assert await presence.renew(board.process, list(board.seated)) == [room]
    assert (await mine.get()).state == Presence.HERE


async def test_whoever_is_back_in_time_is_not_swept_away(
    clock: HeldClock, tab: OpenTab, room: UUID
) -> None:
    await tab(1)
    seat = UUID(int=1)
    session = (await Participant.get(room_id=room)).session
    assert not await presence.give_up(room, seat, session, why="lost", came_back_counts=True)
    assert await presence.give_up(room, seat, session, why="left")


async def test_old_line_checks_are_forgotten(clock: HeldClock, tab: OpenTab, room: UUID) -> None:
    await tab(1, part=presence.CHECK)
    await presence.forget_old()
    assert await Room.filter(id=room).exists()
    clock.move(hours=2)
    await presence.forget_old()
    assert not await Room.filter(id=room).exists()
    assert await names_of_events(room) == []


# Input


async def test_resync_answers_only_what_changed(tab: OpenTab) -> None:
    one = await tab(1)
    seq = one.room["seq"]
    assert await one.ask("resync", {"since": seq}) == {"ok": True, "seq": seq}
    await one.ask("state", {"audio": True, "video": True})
    assert (await one.ask("resync", {"since": seq}))["participants"][0]["audio"]


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("dance", {}, "unknown_message"),
        ("connect", {}, "unknown_message"),
        ("disconnect", "client disconnect", "unknown_message"),
        ("_join", {}, "unknown_message"),
        (["join"], {}, "unknown_message"),
        ("join", {"seat": "somebody else"}, "invalid_input"),
        ("join", "me", "invalid_input"),
        ("join", None, "invalid_input"),
        ("join", [], "invalid_input"),
        ("publish", {"sdp": "v=0"}, "invalid_input"),
        ("publish", {"sdp": "x" * 70_000, "sources": {}}, "invalid_input"),
        ("publish", {"sdp": "v=0", "sources": {"0": "microscope"}}, "invalid_input"),
        ("answer", {"revision": -1, "sdp": "v=0"}, "invalid_input"),
        ("answer", {"revision": 10**40, "sdp": "v=0"}, "invalid_input"),
        ("state", {"audio": "perhaps", "video": True}, "invalid_input"),
        ("recording", {"action": "delete"}, "invalid_input"),
        ("quality", {"seconds": 5, "score": 4.5}, "invalid_input"),
        ("state", {"audio": True, "video": True, "name": "院长"}, "invalid_input"),
    ],
)
async def test_unfit_messages_are_answered(tab: OpenTab, name: str, body: Any, code: str) -> None:
    one = await tab(1)
    answer = await one.socket.call(name, body, namespace="/rtc", timeout=5)
    assert not answer["ok"]
    assert answer["problem"]["code"] == code
    assert answer["problem"]["detail"]


async def test_nothing_works_before_joining(tab: OpenTab) -> None:
    one = await tab(1, join=False)
    for name, body in (
        ("enter", {}),
        ("state", {"audio": True, "video": True}),
        ("recording", {"action": "ask"}),
        ("resync", {}),
        ("leave", {}),
    ):
        assert await one.refused(name, body) == "not_joined"


async def test_whoever_talks_too_fast_is_slowed_down(tab: OpenTab) -> None:
    one = await tab(1)
    answers = await asyncio.gather(*(one.call("resync", {"since": 0}) for _ in range(80)))
    codes = [a["problem"]["code"] for a in answers if not a["ok"]]
    assert "too_fast" in codes
    assert any(a["ok"] for a in answers)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(["join", "enter", "publish", "answer", "state", "recording", "quality"])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=NAMES | st.text(min_size=1, max_size=20), payload=st.lists(JSON, max_size=3))
def test_no_message_is_a_surprise(name: str, payload: list[Any]) -> None:
    """Each is answered or refused by the checks themselves, before anything acts on it."""
    schema = MESSAGES.get(name)
    for body in payload:
        if schema is None or not isinstance(body, dict):
            continue
        with suppress(Invalid):
            parse(schema, body)


async def test_raw_frames_do_not_disturb_the_room(house: House, tab: OpenTab, room: UUID) -> None:
    """Engine.IO and Socket.IO frames as a hostile browser might write them."""
    witness = await tab(1)
    url = f"{house.address}/socket.io/?EIO=4&transport=websocket"
    auth = json.dumps({"ticket": ticket(room, 2), "session": secrets.token_hex(16)})
    deep = "[" * 3000 + "]" * 3000
    frames: list[str | bytes] = [
        f"40/rtc,{auth}",
        f"40/rtc,{auth}",
        '42/rtc,1["join"]',
        '42/rtc,2["join",{},{},{}]',
        "42/rtc,3[]",
        "42/rtc,4[null,{}]",
        '42/rtc,5[{"a":1},{}]',
        "42/rtc,6{}",
        '42/rtc,7"join"',
        f'42/rtc,8["state",{deep}]',
        '42/nowhere,9["join",{}]',
        '451-/rtc,10["state",{"_placeholder":true,"num":0}]',
        b"\x00\xff" * 50,
        "44/rtc,{}",
        "4999",
        "9",
        "",
        "42" + "9" * 400 + '["join",{}]',
    ]
    for frame in frames:
        async with aiohttp.ClientSession() as http, http.ws_connect(url) as wire:
            await wire.receive(timeout=5)
            await wire.send_str(f"40/rtc,{auth}")
            await wire.receive(timeout=5)
            if isinstance(frame, bytes):
                await wire.send_bytes(frame)
            else:
                await wire.send_str(frame)
            await asyncio.sleep(0.02)
    await witness.ask("resync")
    third = await tab(3)
    await third.ask("state", {"audio": True, "video": True})
    await witness.until(lambda t: t.states().get("3") == "here")


async def test_a_replaced_tab_does_not_speak_for_the_seat_again(
    build_house: Build, rooms: Rooms, room: UUID
) -> None:
    """The way to the node is cut and comes back while the old tab is still connected."""
    node = await rooms.start_node()
    house = await build_house(media_nodes=node.url, media_secret=SECRET)
    board = house.app[SWITCHBOARD]
    while not board.nodes.all()[0].connected:
        await asyncio.sleep(0.05)
    old, new = Tab(), Tab()
    for tab in (old, new):
        await tab.connect(house.address, ticket(room))
        await tab.ask("join")
        assert (await tab.ask("enter"))["resumed"] is False
    await board.came(board.nodes.all()[0])
    assert (await new.ask("enter"))["resumed"] is True
    assert [name for name, _ in new.heard if name == "replaced"] == []
    await old.vanish()
    await new.vanish()


async def test_a_tab_that_comes_back_is_heard_on_its_new_connection(
    build_house: Build, rooms: Rooms, room: UUID
) -> None:
    """Its address changed: the old connection is dead, and the server cannot know it yet."""
    node = await rooms.start_node()
    house = await build_house(media_nodes=node.url, media_secret=SECRET)
    while not house.app[SWITCHBOARD].nodes.all()[0].connected:
        await asyncio.sleep(0.05)
    other = Tab()
    await other.connect(house.address, ticket(room, 2))
    await other.ask("join")
    await other.ask("enter")
    before = Tab()
    after = Tab(before.session)
    for tab in (before, after):
        await tab.connect(house.address, ticket(room))
        await tab.ask("join")
        await tab.ask("enter")
    offer = Path(__file__).parent / "media" / "chromium_offer.sdp"
    await other.ask("publish", {"sdp": offer.read_text(), "sources": {"0": "microphone"}})
    await after.until(lambda tab: tab.told("offer"), 20)
    assert not before.told("offer")
    await other.until(lambda tab: tab.states() == {"1": "here", "2": "here"}, 20)
    for tab in (other, before, after):
        await tab.vanish()
