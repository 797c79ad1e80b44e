"""Each receiver gets what its own line can take: one bad clinic among three."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.browser.paths import watch
from tests.browser.people import Person
from tests.plumbing.hosts import Host, Village
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

FULL, SMALL = 640, 320  # pixels
WITHIN_S: Final = 75.0
READ: Final = """
async () => {
  const found = { voice: { samples: 0, concealed: 0 }, pictures: {} };
  const videos = [...document.querySelectorAll("video[data-participant]")];
  for (const peer of window.peers) {
    if (peer.connectionState !== "connected") continue;
    for (const s of (await peer.getStats()).values()) {
      if (s.type !== "inbound-rtp") continue;
      if (s.kind === "audio") {
        found.voice.samples += s.totalSamplesReceived;
        found.voice.concealed += s.concealedSamples - s.silentConcealedSamples;
        continue;
      }
      const video = videos.find(
        ({ srcObject }) => srcObject?.getTracks().some(({ id }) => id === s.trackIdentifier));
      if (video) {
        found.pictures[video.dataset.participant] = {
          width: s.frameWidth ?? 0, frames: s.framesDecoded ?? 0,
        };
      }
    }
  }
  return found;
}
"""


@dataclass
class Clinic:
    """Somebody in the room and the line they sit behind."""

    host: Host
    person: Person

    async def read(self) -> dict[str, Any]:
        """Voice and pictures so far, as the browser counts them."""
        found: dict[str, Any] = await self.person.page.evaluate(READ)
        return found

    async def sees(self, other: "Clinic", width: int) -> None:
        """Wait until the other's picture has this width, and moves."""
        until, since, last = time.monotonic() + WITHIN_S, -1, {}
        while time.monotonic() < until:
            last = (await self.read())["pictures"].get(other.person.seat, {})
            if last.get("width") != width:
                since = -1
            elif since < 0:
                since = last["frames"]
            elif last["frames"] >= since + 10:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"{self.person.who} sees {other.person.who} as {last}, not {width}")


async def clinics(village: Village, rooms: Rooms, room: str, *who: str) -> list[Clinic]:
    """Each on a host of its own."""
    await rooms.start_node()
    app = await rooms.start_app()
    found = []
    for name in who:
        host = await village.clinic(name)
        context = await watch(await village.profile(host))
        found.append(Clinic(host, await Person(context, name).join(app, room)))
    return found


async def over(seconds: float, *who: Clinic) -> list[tuple[float, dict[str, int]]]:
    """What a stretch of time was like: share of voice that was made up, frames of each other."""
    before = [await clinic.read() for clinic in who]
    await asyncio.sleep(seconds)
    found = []
    for clinic, old in zip(who, before, strict=True):
        now = await clinic.read()
        samples = now["voice"]["samples"] - old["voice"]["samples"]
        concealed = now["voice"]["concealed"] - old["voice"]["concealed"]
        frames = {
            seat: picture["frames"] - old["pictures"].get(seat, {"frames": 0})["frames"]
            for seat, picture in now["pictures"].items()
        }
        found.append((concealed / max(1, samples), frames))
    return found


async def test_one_bad_clinic_among_three(
    village: Village, village_rooms: Rooms, room_id: str
) -> None:
    bad, good, other = await clinics(village, village_rooms, room_id, "zhou", "chen", "li")
    for here, there in ((bad, good), (bad, other), (good, bad), (good, other), (other, good)):
        await here.sees(there, FULL)
    word = bad.person.page.locator("[data-room-word]")

    await bad.host.line.set(down_kbit=100)  # voice stays, pictures pause
    for there in (good, other):
        tile = bad.person.tile_of(there.person)
        await expect(tile).to_have_attribute("data-picture", "paused", timeout=30_000)
        await expect(tile).to_contain_text("网络慢,先保证声音,画面暂停")
    await expect(word).to_contain_text("先保证声音")
    await asyncio.sleep(3)  # what stands in the line's queue
    there = (good, other)
    (voice, _), (_, seen), (_, seen_too) = await over(10, bad, *there)
    assert voice < 0.1
    assert seen[bad.person.seat] > 50  # its up-link is good: it is seen as before
    assert seen[other.person.seat] > 50
    assert seen_too[good.person.seat] > 50
    for here in there:
        for who, picture in (await here.read())["pictures"].items():
            assert picture["width"] == FULL, who
        assert await here.person.page.locator('[data-picture="small"]').count() == 0

    await bad.host.line.set(down_kbit=300)  # small pictures, by themselves
    await bad.sees(good, SMALL)
    await bad.host.line.clear()
    for there in (good, other):
        await bad.sees(there, FULL)
        tile = bad.person.tile_of(there.person)
        await expect(tile).to_have_attribute("data-picture", "full", timeout=30_000)
    await expect(word).to_have_text("", timeout=30_000)


async def test_a_weak_up_link_lowers_its_own_picture_only(
    village: Village, village_rooms: Rooms, room_id: str
) -> None:
    weak, good = await clinics(village, village_rooms, room_id, "zhou", "chen")
    await weak.sees(good, FULL)
    await good.sees(weak, FULL)
    await weak.host.line.set(up_kbit=200)
    await good.sees(weak, SMALL)
    tile = good.person.tile_of(weak.person)
    await expect(tile).to_contain_text("对方网络慢", timeout=30_000)
    word = weak.person.page.locator("[data-room-word]")
    await expect(word).to_contain_text("大家看您的画面会模糊一些", timeout=30_000)
    (voice, frames), (_, back) = await over(10, good, weak)
    assert voice < 0.1
    assert frames[weak.person.seat] > 50
    assert back[good.person.seat] > 50
    assert (await weak.read())["pictures"][good.person.seat]["width"] == FULL
    await weak.host.line.clear()
    await good.sees(weak, FULL)
    await expect(tile).to_have_attribute("data-picture", "full", timeout=30_000)
    await expect(word).to_have_text("", timeout=30_000)
