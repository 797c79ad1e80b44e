"""The control channel: who may speak, what nonsense is answered, and how files are fetched."""

import aiohttp
import pytest

from rtc import signals
from rtc.media.settings import Settings
from tests.rtc.media.conftest import MakeCaller, MakeParticipant
from tests.rtc.media.participants import Caller, CallFailed


@pytest.mark.parametrize("bearer", ["", "Bearer wrong", "Bearer", "Basic abc", "Bearer 秘密"])
async def test_a_stranger_is_turned_away(control: str, bearer: str) -> None:
    headers = {"Authorization": bearer} if bearer else {}
    async with aiohttp.ClientSession(headers=headers) as stranger:
        for path in ("/control", "/recordings/a.webm"):
            async with stranger.get(control + path) as response:
                assert response.status == 401
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await stranger.ws_connect(f"{control}/control")


async def test_health_needs_no_secret(control: str) -> None:
    async with aiohttp.ClientSession() as anybody, anybody.get(f"{control}/healthz") as response:
        assert response.status == 200
        assert (await response.json())["rooms"] == 0


async def test_hello_comes_first_and_load_follows(caller: Caller) -> None:
    hello = await caller.expect("hello")
    assert caller.pushes[0] is hello
    assert hello["udp_addresses"][0].startswith("127.0.0.1:")
    load = await caller.expect("load")
    assert load["rooms"] == 0


@pytest.mark.parametrize(
    ("frame", "re"),
    [
        ("", None),
        ("{", None),
        ("[]", None),
        ("null", None),
        ("[" * 50_000, None),
        ('{"id": 3}', 3),
        ('{"id": "3", "do": "dance"}', None),
        ('{"id": 4, "do": "dance"}', 4),
        ('{"id": 5, "do": "enter", "room": "../x", "seat": "a", "session": "s"}', 5),
        ('{"id": 6, "do": "enter", "room": "r", "seat": "a", "session": "s", "x": 1}', 6),
        ('{"id": -1, "do": "close", "room": "r"}', -1),
        ('{"id": 7, "do": "answer", "room": "r", "seat": "a", "session": "s", "revision": 0}', 7),
    ],
)
async def test_nonsense_is_answered_and_survived(
    control: str, http: aiohttp.ClientSession, frame: str, re: int | None
) -> None:
    async with http.ws_connect(f"{control}/control") as socket:
        await socket.receive_json()
        await socket.send_str(frame)
        failure = signals.Failure.model_validate(await socket.receive_json())
        assert (failure.re, failure.code) == (re, "bad_message")
        await socket.send_bytes(b"\xff\xfe")
        assert (await socket.receive_json())["code"] == "bad_message"
        await socket.send_json({"id": 9, "do": "stats"})
        assert (await socket.receive_json())["re"] == 9


async def test_a_wrong_value_is_not_repeated(caller: Caller) -> None:
    with pytest.raises(CallFailed) as failed:
        await caller.call("close", room="张三 330102199001011234")
    assert "3301" not in str(failed.value)


@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("publish", {"seat": "a", "session": "s", "sdp": "v=0", "sources": {}}, "unknown_room"),
        ("answer", {"seat": "a", "session": "s", "sdp": "v=0", "revision": 1}, "unknown_room"),
        ("stats", {}, "unknown_room"),
    ],
)
async def test_a_room_that_is_not_there(
    caller: Caller, do: str, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(CallFailed) as failed:
        await caller.call(do, room="nowhere", **fields)
    assert failed.value.code == code


async def test_leaving_and_closing_twice_is_no_error(caller: Caller) -> None:
    await caller.call("leave", room="r1", seat="a", session="s")
    await caller.call("close", room="r1")


async def test_pushes_follow_the_connection_that_last_spoke(
    make_caller: MakeCaller, join: MakeParticipant
) -> None:
    first, second = await make_caller(), await make_caller()
    watcher = await join("watcher", publish=False, via=first)
    await second.call("enter", **watcher.where)  # the same session through another app process
    await join("doctor", camera=False, via=first)
    offer = await second.expect("offer", seat="watcher")
    assert offer["tracks"][0]["seat"] == "doctor"
    assert not [p for p in first.pushes if p["on"] == "offer" and p["seat"] == "watcher"]


async def test_a_room_outlives_its_app_process(
    make_caller: MakeCaller, join: MakeParticipant
) -> None:
    first = await make_caller()
    watcher = await join("watcher", publish=False, via=first)
    await first.close()
    second = await make_caller()
    await join("doctor", camera=False, via=second)  # nobody hears the watcher's offer
    reply = await second.call("enter", **watcher.where)
    assert reply["resumed"]
    assert (await second.expect("offer", seat="watcher"))["revision"] == 1


async def test_files_are_served_in_ranges(
    control: str, http: aiohttp.ClientSession, settings: Settings
) -> None:
    settings.recordings.mkdir()
    (settings.recordings / "a.webm").write_bytes(bytes(range(100)))
    url = f"{control}/recordings/a.webm"
    async with http.get(url) as response:
        assert response.content_type == "video/webm"
        assert await response.read() == bytes(range(100))
    async with http.get(url, headers={"Range": "bytes=10-19"}) as response:
        assert response.status == 206
        assert await response.read() == bytes(range(10, 20))
    async with http.get(url, headers={"Range": "bytes=200-"}) as response:
        assert response.status == 416


@pytest.mark.parametrize(
    "name",
    ["missing.webm", "..%2Fsecret.webm", "%2e%2e%2fsecret.webm", "link.webm", "a.json", ".webm"],
)
async def test_no_other_file_is_served(
    control: str, http: aiohttp.ClientSession, settings: Settings, name: str
) -> None:
    settings.recordings.mkdir()
    secret = settings.recordings.parent / "secret.webm"
    secret.write_bytes(b"secret")
    (settings.recordings / "link.webm").symlink_to(secret)
    (settings.recordings / "a.json").write_text("{}")
    async with http.get(aiohttp.client.URL(f"{control}/recordings/{name}", encoded=True)) as reply:
        assert reply.status == 404
