"""The line as real Chromium measures it, and what is remembered of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from rtc.quality.models import QualitySample
from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Awaitable[None]]


async def sample_of(room: str, person: Person) -> QualitySample:
    """What was kept of somebody's line, once it is."""
    async with asyncio.timeout(30):
        while not (found := await QualitySample.get_or_none(room_id=room, seat=person.seat)):
            await asyncio.sleep(0.1)
    return found


async def test_two_doctors_lines_are_measured_scored_and_remembered(
    database: None,
    rooms: Rooms,
    profile: Profile,
    room_id: str,
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    await rooms.start_node()
    app = await rooms.start_app()
    zhou, chen = [Person(await profile(), who) for who in ("zhou", "chen")]
    await zhou.open(app, room_id)
    reports: list[dict[str, Any]] = []
    note_reports(zhou.page, reports)
    await asyncio.gather(zhou.by("join").click(), chen.join(app, room_id))
    await zhou.sees(chen)
    await chen.sees(zhou)
    await until(lambda: len(reports) > 3)
    bars = zhou.by("connection-quality")
    await expect(bars).to_have_attribute("data-level", "4", timeout=30_000)
    await expect(bars).to_contain_text("网络良好")
    tile = zhou.tile_of(chen).locator(".quality")
    await expect(tile).to_have_attribute("data-level", "4", timeout=30_000)
    await screenshot(zhou.page, "room-quality")
    await zhou.by("leave").click()
    sample = await sample_of(room_id, zhou)
    assert UUID(room_id) == sample.room_id
    assert (sample.path, sample.protocol) == ("direct", "udp")
    assert sample.codec in ("VP8", "H264")
    assert sample.width >= 160
    assert sample.rtt_ms is not None
    assert sample.rtt_ms < 500
    assert sample.kbps_up is not None
    assert sample.kbps_up > 20
    assert sample.kbps_down is not None
    assert sample.kbps_down > 20
    assert sample.concealed is not None
    assert sample.concealed < 0.5
    assert sample.buffer_ms is not None
    assert sample.loss_up is not None
    assert sample.loss_up < 5
    assert sample.voice_score is not None
    assert sample.voice_score > 3.6
    assert sample.video_score is not None
    assert sample.video_score > 1


async def test_a_camera_that_was_off_for_a_while_did_not_freeze(
    database: None, rooms: Rooms, profile: Profile, room_id: str
) -> None:
    await rooms.start_node()
    app = await rooms.start_app()
    zhou, chen = [Person(await profile(), who) for who in ("zhou", "chen")]
    await zhou.open(app, room_id)
    reports: list[dict[str, Any]] = []
    note_reports(zhou.page, reports)
    await zhou.by("join").click()
    await chen.join(app, room_id)
    await zhou.sees(chen)
    await chen.by("toggle-camera").click()
    await until(lambda: len(reports) > 2 and not any(pictures(r) for r in reports[-2:]))
    before = len(reports)
    await chen.by("toggle-camera").click()
    await zhou.sees(chen)
    await until(lambda: sum(bool(pictures(r)) for r in reports[before:]) >= 2)
    resumed = next(pictures(r)[0] for r in reports[before:] if pictures(r))
    assert resumed["frozen_s"] == 0


def note_reports(page: Page, reports: list[dict[str, Any]]) -> None:
    """Keep what a page says of its line from now on."""
    page.on("websocket", lambda socket: socket.on("framesent", partial(_note, reports)))


def _note(reports: list[dict[str, Any]], frame: str | bytes) -> None:
    """`42/rtc,7["quality",{...}]`."""
    if isinstance(frame, str) and '["quality",' in frame:
        reports.append(json.loads(frame[frame.index("[") :])[1])


def pictures(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The cameras that came."""
    return [one["picture"] for one in report["heard"] if one.get("picture")]


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.1)
