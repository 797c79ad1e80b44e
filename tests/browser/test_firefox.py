"""Firefox and Chromium in one room: each decodes the other's picture and voice."""

import pytest
from playwright.async_api import expect

from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.firefox import Firefox
from tests.plumbing.rooms import Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

# Firefox counts no frames of a stream in getVideoPlaybackQuality.
PICTURE = """
const seat = arguments[0];
const video = document.querySelector(
  `video[data-testid=remote-video][data-participant="${seat}"]`);
if (!video?.videoWidth) return false;
return new Promise((answer) => {
  let frames = 0;
  const late = setTimeout(() => answer(false), 5000);
  const count = () => {
    frames += 1;
    if (frames < 10) video.requestVideoFrameCallback(count);
    else { clearTimeout(late); answer(true); }
  };
  video.requestVideoFrameCallback(count);
});
"""
SOUND = """
const sounding = ({readyState, muted}) => readyState === "live" && !muted;
return [...document.querySelectorAll("audio, video")].some(
  ({srcObject, muted}) => !muted && srcObject?.getAudioTracks().some(sounding));
"""


async def test_firefox_and_chromium_see_one_another(
    rooms: Rooms, profile: Profile, firefox: Firefox, room_id: str
) -> None:
    await rooms.start_node(MEDIA_PUBLIC_IP="")  # this host's addresses: Firefox has no loopback
    app = await rooms.start_app()
    chen = await Person(await profile(), "chen").join(app, room_id)

    await firefox.goto(f"{app.url}/test-rooms/{room_id}/zhou")
    await firefox.until("return document.querySelector('#check-camera').dataset.state === 'ok'")
    await firefox.run("document.querySelector('[data-testid=join]').click()")
    await firefox.until(PICTURE, chen.seat)
    await firefox.until(SOUND)

    zhou = Person(chen.context, "zhou")
    await chen.sees(zhou)
    await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "on", timeout=30_000)
    await expect(chen.tile_of(zhou)).to_have_attribute("data-video", "on", timeout=30_000)

    # Firefox sends no more, and again, in the same connection
    await firefox.run("document.querySelector('[data-testid=toggle-camera]').click()")
    await expect(chen.tile_of(zhou)).to_have_attribute("data-video", "off", timeout=30_000)
    await firefox.run("document.querySelector('[data-testid=toggle-camera]').click()")
    await expect(chen.tile_of(zhou)).to_have_attribute("data-video", "on", timeout=30_000)
    await chen.sees(zhou)

    # and it comes back after a reload
    await firefox.goto(f"{app.url}/test-rooms/{room_id}/zhou")
    await firefox.until(PICTURE, chen.seat)
    await chen.sees(zhou)
