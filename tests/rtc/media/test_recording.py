"""Files that a recording leaves: what is in them, whether they decode, and how long they are."""

import asyncio
import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

import av
import pytest

from rtc.media.assembly import is_key_frame
from rtc.media.node import Node
from rtc.media.recording import Manifest, recover, tidy
from rtc.media.reel import Reel
from rtc.media.settings import Settings
from rtc.media.timeline import SenderTime
from tests.rtc.media.conftest import MakeCaller, MakeParticipant
from tests.rtc.media.participants import Caller, CallFailed
from tests.rtc.media.raw import Raw


def decode(path: Path) -> dict[str, list[float]]:
    """Times of the decoded frames by kind."""
    times: dict[str, list[float]] = {}
    with av.open(str(path)) as container:
        for frame in container.decode():
            kind = "video" if isinstance(frame, av.VideoFrame) else "audio"
            times.setdefault(kind, []).append(frame.time)
    return times


async def record(caller: Caller, on: bool, name: str = "rec1") -> list[dict[str, Any]]:
    reply = await caller.call("record", room="r1", recording=name, on=on)
    return reply["files"]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_each_publisher_becomes_a_file_that_decodes(
    caller: Caller, join: MakeParticipant, settings: Settings, codec: str
) -> None:
    one, two = await join("one", codec=codec), await join("two", codec=codec)
    await (await one.track("two", "camera")).more(1)
    await record(caller, on=True)
    heard = await two.track("one", "camera")
    await heard.more(60)  # three seconds
    files = await record(caller, on=False)
    assert {file["seat"] for file in files} == {"one", "two"}
    for file in files:
        assert file["codecs"] == [codec, "opus"]
        assert sorted(file["sources"]) == ["camera", "microphone"]
        path = settings.recordings / file["name"]
        assert file["bytes"] == path.stat().st_size
        times = await asyncio.to_thread(decode, path)
        for kind, step in (("video", 0.05), ("audio", 0.02)):
            length = times[kind][-1] - times[kind][0] + step
            assert length == pytest.approx(file["duration_s"], abs=0.7)
            assert len(times[kind]) == pytest.approx(length / step, rel=0.1)
        assert times["audio"][0] == pytest.approx(times["video"][0], abs=0.7)
    await caller.expect("recorded", recording="rec1")


async def test_a_publisher_that_comes_back_goes_on_in_the_same_file(
    caller: Caller, join: MakeParticipant, settings: Settings
) -> None:
    stays = await join("stays", camera=False)
    goes = await join("goes")
    await record(caller, on=True)
    await (await stays.track("goes", "camera")).more(20)
    revision = stays.offers[-1]["revision"]
    await goes.leave()
    await stays.revision(revision + 1)
    await join("goes", session="goes-2")
    await stays.revision(revision + 2)
    await (await stays.track("goes", "camera")).more(30)
    files = [f for f in await record(caller, on=False) if f["seat"] == "goes"]
    assert len(files) == 1
    times = await asyncio.to_thread(decode, settings.recordings / files[0]["name"])
    assert times["video"] == sorted(times["video"])
    assert times["video"][-1] - times["video"][0] > 2


async def test_a_screen_gets_a_file_of_its_own_and_sound_alone_too(
    caller: Caller, join: MakeParticipant, settings: Settings
) -> None:
    await record_two_kinds(caller, join)
    files = {(f["seat"], *f["sources"]): f for f in await record(caller, on=False)}
    assert set(files) == {("a", "microphone"), ("b", "screen")}
    assert files["a", "microphone"]["codecs"] == ["opus"]
    for file in files.values():
        assert await asyncio.to_thread(decode, settings.recordings / file["name"])


async def record_two_kinds(caller: Caller, join: MakeParticipant) -> None:
    a = await join("a", camera=False)
    b = await join("b", publish=False)
    await b.publish(microphone=False, names=["screen"])
    await record(caller, on=True)
    await (await a.track("b", "screen")).more(40)


async def test_calls_that_make_no_sense_are_refused(caller: Caller, join: MakeParticipant) -> None:
    with pytest.raises(CallFailed, match="unknown_room"):
        await record(caller, on=True)
    await join("a", publish=False)
    with pytest.raises(CallFailed, match="not_recording"):
        await record(caller, on=False)
    await record(caller, on=True)
    assert await record(caller, on=True) == []  # a repeated start is the same recording
    with pytest.raises(CallFailed, match="recording_failed"):
        await record(caller, on=True, name="other")
    assert await record(caller, on=False) == []


async def test_a_directory_that_cannot_be_written_is_told(
    caller: Caller, join: MakeParticipant, settings: Settings
) -> None:
    settings.recordings.write_text("a file is in the way")
    await join("a", publish=False)
    with pytest.raises(CallFailed, match="recording_failed"):
        await record(caller, on=True)


async def test_a_room_that_ends_ends_its_recording(
    make_caller: MakeCaller, caller: Caller, join: MakeParticipant, node: Node, settings: Settings
) -> None:
    asks = await make_caller()
    one = await join("one")
    await join("two", publish=False)
    await record(asks, on=True)
    await asyncio.sleep(1)
    await asks.close()
    await caller.call("close", room="r1")
    recorded = await caller.expect("recorded", room="r1")  # its asker is gone: told to another
    (file,) = recorded["files"]
    assert await asyncio.to_thread(decode, settings.recordings / file["name"])
    assert one.where["seat"] == file["seat"]


async def test_files_of_a_killed_node_are_found_and_play(
    caller: Caller, join: MakeParticipant, settings: Settings, tmp_path: Path
) -> None:
    one = await join("one")
    two = await join("two", publish=False)
    await record(caller, on=True)
    await (await two.track("one", "camera")).more(100)
    assert one.publishing is not None
    left = tmp_path / "left"  # what a kill would leave on the disk just now
    left.mkdir()
    for path in settings.recordings.iterdir():
        (left / path.name).write_bytes(path.read_bytes())
    assert not json.loads((left / "rec1.json").read_text())["finished"]
    (recorded,) = await asyncio.to_thread(recover, left)
    (file,) = recorded.files
    assert file.duration_s > 2
    assert len((await asyncio.to_thread(decode, left / file.name))["video"]) > 30
    assert await asyncio.to_thread(recover, left) == []
    await record(caller, on=False)


async def test_a_short_stay_is_not_lost_when_its_owner_comes_back(tmp_path: Path) -> None:
    """Nothing is begun yet when the first stay ends; both are in the file."""
    reel = Reel(tmp_path, "rec1.doctor", "doctor", lambda: None)
    arrived = time.monotonic()
    for stay in range(2):
        track = reel.add(SenderTime(), "microphone", "audio", "opus")
        for n in range(50):
            at = arrived + stay * 2 + n * 0.02
            reel.take(track, [(n, n * 960, 0, b"\xf8\xff\xfe", at)], None)
        reel.drop(track)
    reel.finish()
    (file,) = reel.files
    times = (await asyncio.to_thread(decode, tmp_path / file.name))["audio"]
    assert len(times) == pytest.approx(100, abs=2)
    assert file.duration_s == pytest.approx(3, abs=0.1)


def open_files(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(entry.readlink()))
    return [name for name in found if name.startswith(str(folder))]


async def test_nonsense_spoils_nobody_elses_files(
    caller: Caller, join: MakeParticipant, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A participant's frames that no file can hold: the other's file is whole, none stays open."""
    one = await join("one")
    raw = Raw(caller, "r1", "two")
    await raw.publish()
    await (await one.track("two", "camera")).more(0)
    await caller.call("record", room="r1", recording="odd", on=True)
    (track,) = [p for p in node.rooms["r1"].seats["two"].producers if p.video]
    monkeypatch.setattr("rtc.media.assembly.is_key_frame", lambda codec, data: True)
    async with asyncio.timeout(20):
        while node._recordings["r1"][0].failed == "":
            raw.send_video()
            await asyncio.sleep(0.05)
    assert track.received > 0
    reply = await caller.call("record", room="r1", recording="odd", on=False)
    raw.close()
    assert [file["seat"] for file in reply["files"]] == ["one"]
    assert reply["files"][0]["duration_s"] > 0.5
    assert open_files(node.settings.recordings) == []


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01", True),
        (b"\x11\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01", False),  # an inter frame
        (b"\x10\x02\x00\x9d\x01\x2b\x80\x02\xe0\x01", False),  # no start code
        (b"\x10\x02\x00\x9d\x01\x2a\x00\x00\xe0\x01", False),  # no width
        (b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0", False),
    ],
)
def test_a_vp8_key_frame_is_rfc_6386_section_9_1(data: bytes, key: bool) -> None:
    assert is_key_frame("VP8", data) is key


def test_old_manifests_go_and_films_stay(tmp_path: Path) -> None:
    now = time.time()
    for name, finished, days in (
        ("done", True, 8),
        ("fresh", True, 6),
        ("killed", False, 30),
        ("odd", None, 30),
    ):
        path = tmp_path / f"{name}.json"
        manifest = Manifest(room="r1", recording=name, finished=bool(finished))
        path.write_text("{" if finished is None else manifest.model_dump_json())
        os.utime(path, (now - days * 86_400,) * 2)
    for name in ("half.json.new", "film.webm"):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (now - 30 * 86_400,) * 2)
    tidy(tmp_path, now)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["film.webm", "fresh.json", "killed.json", "odd.json"]
