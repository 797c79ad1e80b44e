"""Saying instead of typing, in real Chromium: recorded by one, heard by the other."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from chat.models import Message, MessageKind
from tests.browser.consultations import PATIENCE_MS, Doctor, Meeting, accepted, both
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

LISTEN = """
window.sounds = [];
const RealAudio = window.Audio;
window.Audio = function (source) {
  const made = new RealAudio(source);
  if (source) window.sounds.push(made);
  return made;
};
"""
PLAYS = "() => window.sounds.filter(sound => !sound.paused).map(s => [s.currentTime, s.duration])"
NEITHER_PLAYS_NOR_RECORDS = """
HTMLMediaElement.prototype.canPlayType = () => "";
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("no", "NotAllowedError");
};
"""

Screenshot = Callable[[Page, str], Awaitable[None]]
Accessible = Callable[[Page], Awaitable[None]]


@pytest.fixture
async def meeting(database: str, rooms: Rooms, tmp_path: Path) -> Meeting:
    return await accepted(rooms, tmp_path)


def hearing(profile: Profile) -> Profile:
    """Profiles whose pages tell what they play."""

    async def open_profile(**options: Any) -> Any:
        context = await profile(**options)
        await context.add_init_script(LISTEN)
        return context

    return open_profile


async def until_said(doctor: Doctor, seconds: int) -> None:
    """Wait until the recorder's clock has come so far."""
    clock = doctor.by("voice-clock")
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while int((await clock.inner_text()).split(":")[1]) < seconds:
            await asyncio.sleep(0.1)


async def moves(doctor: Doctor) -> tuple[float, float]:
    """Wait until exactly one sound plays and its time advances: where it is, and its length."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        first = None
        while True:
            playing = await doctor.page.evaluate(PLAYS)
            assert len(playing) <= 1, "two voices at once"
            if playing and first is None:
                first = playing[0][0]
            if playing and first is not None and playing[0][0] > first + 0.2:
                return playing[0][0], playing[0][1]
            await asyncio.sleep(0.05)


async def says(doctor: Doctor, seconds: int, *, by: str = "voice-open") -> None:
    """Tap, speak, tap, send."""
    await doctor.by(by).click()
    await until_said(doctor, seconds)
    await doctor.by("voice-stop").click()
    await doctor.by("voice-send").click()
    await expect(doctor.by("voice-recorder")).to_be_hidden()


async def test_a_voice_message_is_recorded_by_one_and_heard_by_the_other(
    meeting: Meeting, profile: Profile, screenshot: Screenshot, accessible: Accessible
) -> None:
    village, specialist = await both(meeting, hearing(profile))

    button = village.by("voice-open")
    await button.hover()
    await village.page.mouse.down()
    await until_said(village, 3)
    await accessible(village.page)
    await screenshot(village.page, "voice-recording")
    await village.page.mouse.up()  # held: letting go ends it
    await expect(village.by("voice-send")).to_be_focused()
    await village.by("voice-recorder").get_by_test_id("voice-play").click()
    await moves(village)  # one hears oneself before sending
    await screenshot(village.page, "voice-review")
    assert await Message.filter(kind=MessageKind.VOICE).count() == 0
    await village.by("voice-send").click()
    await expect(button).to_be_focused()

    note = specialist.by("voice-note")
    await expect(note).to_have_count(1, timeout=PATIENCE_MS)
    said = await Message.get(kind=MessageKind.VOICE)
    assert said.duration_ms is not None
    assert said.duration_ms > 2500
    play = specialist.by("voice-play")
    await expect(play).to_have_accessible_name(
        f"播放{said.author_name}的语音,{round(said.duration_ms / 1000)} 秒"
    )
    await play.click()
    _, length = await moves(specialist)
    assert length == pytest.approx(said.duration_ms / 1000, abs=0.1)
    await screenshot(specialist.page, "voice-playing")
    await expect(note).to_have_attribute("data-state", "paused", timeout=PATIENCE_MS)  # to its end
    assert await specialist.page.evaluate(PLAYS) == []

    await specialist.by("voice-open").focus()  # by keyboard alone
    await specialist.page.keyboard.press("Enter")
    await until_said(specialist, 2)
    await specialist.page.keyboard.press("Enter")
    await expect(specialist.by("voice-send")).to_be_focused()
    await specialist.page.keyboard.press("Enter")
    await expect(village.by("voice-note")).to_have_count(2, timeout=PATIENCE_MS)
    await specialist.page.keyboard.press("Enter")
    await expect(specialist.by("voice-stop")).to_be_focused()
    await specialist.page.keyboard.press("Escape")
    await expect(specialist.by("voice-recorder")).to_be_hidden()
    await expect(specialist.by("voice-open")).to_be_focused()

    first, second = village.by("voice-play").nth(0), village.by("voice-play").nth(1)
    await first.click()
    await moves(village)
    await second.click()
    await moves(village)  # and the first is silent
    await accessible(village.page)


async def test_a_lost_answer_sends_no_voice_twice_and_an_old_browser_is_told(
    meeting: Meeting, profile: Profile, screenshot: Screenshot
) -> None:
    village, specialist = await both(meeting, hearing(profile))
    lost = []

    async def lose_the_first_answer(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        lost.append((await route.fetch()).status)
        await route.abort()

    await village.page.route("**/voice", lose_the_first_answer)
    await says(village, 1)
    await expect(specialist.by("voice-note")).to_have_count(1, timeout=PATIENCE_MS)
    await expect(village.by("voice-note")).to_have_count(1, timeout=PATIENCE_MS)
    await expect(village.page.locator("[data-client-id]")).to_have_count(0)
    assert lost == [201]
    assert await Message.filter(kind=MessageKind.VOICE).count() == 1

    await specialist.context.add_init_script(NEITHER_PLAYS_NOR_RECORDS)
    await specialist.page.reload()
    await specialist.opens_the_chat()
    note = specialist.by("voice-note")
    await expect(note).to_contain_text("这个浏览器放不了这段语音", timeout=PATIENCE_MS)
    await expect(specialist.by("voice-play")).to_be_disabled()
    async with specialist.page.expect_download() as started:
        await note.get_by_role("link", name="存下来听").click()
    assert (await started.value).suggested_filename == "语音.webm"
    await specialist.by("voice-open").click()
    await expect(specialist.by("voice-recorder")).to_contain_text("浏览器不让用麦克风")
    await screenshot(specialist.page, "voice-refused")
    await specialist.by("voice-drop").click()
    await expect(specialist.by("chat-input")).to_be_visible()
