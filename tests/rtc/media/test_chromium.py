"""Real Chromium pages against a real node: what a consult room will ask of it."""

import asyncio
import pathlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page

from rtc.media import fanout
from rtc.media.datagrams import SLOT
from rtc.media.mux import Path
from rtc.media.node import Node
from rtc.media.peer import Peer
from rtc.media.settings import Settings
from tests.plumbing.browsers import Profile
from tests.rtc.media.participants import Caller

pytestmark = pytest.mark.browser

PAGE = pathlib.Path(__file__).parent / "room.html"
Enter = Callable[..., Awaitable[Page]]


@pytest.fixture
async def site(control: str, http: aiohttp.ClientSession, settings: Settings) -> AsyncIterator[str]:
    """The page, its way to the node's control channel, and the recordings."""

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def relay(request: web.Request) -> web.WebSocketResponse:
        browser = web.WebSocketResponse()
        await browser.prepare(request)
        async with http.ws_connect(f"{control}/control") as node:

            async def down() -> None:
                async for frame in node:
                    await browser.send_str(frame.data)

            back = asyncio.create_task(down())
            async for frame in browser:
                await node.send_str(frame.data)
            back.cancel()
        return browser

    application = web.Application()
    application.router.add_get("/", page)
    application.router.add_get("/relay", relay)
    settings.recordings.mkdir()
    application.router.add_static("/recordings", settings.recordings)
    runner = web.AppRunner(application, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def enter(site: str, profile: Profile) -> Enter:
    """Open a page in a profile of its own, enter, and publish unless told not to."""

    async def open_page(
        seat: str, *, publish: bool = True, codec: str = "", simulcast: bool = False, n: int = 1
    ) -> Page:
        page = await (await profile()).new_page()
        layers = "&simulcast=1" if simulcast else ""
        await page.goto(f"{site}/?room=r1&seat={seat}&session={seat}-{n}&codec={codec}{layers}")
        await page.evaluate("enter()")
        if publish:
            await page.evaluate("publish()")
        return page

    return open_page


async def sees(page: Page, *tracks: str, frames: int = 20) -> dict[str, Any]:
    """Wait until every one of these tracks has decoded some more frames (or samples)."""
    before = now = await page.evaluate("received()")
    for _ in range(300):
        now = await page.evaluate("received()")
        if all(_more(before.get(t), now.get(t), frames) for t in tracks):
            return dict(now)
        await asyncio.sleep(0.1)
    problems = await page.evaluate("problems")
    pytest.fail(f"not seen: before {before}, now {now}, problems {problems}")


def _more(before: dict[str, Any] | None, now: dict[str, Any] | None, frames: int) -> bool:
    if now is None:
        return False
    old = before or {"frames": 0, "samples": 0}
    pictures = now["frames"] - old["frames"] >= frames
    return pictures or now["samples"] - old["samples"] >= frames * 2000


async def test_three_publishers_and_an_observer(enter: Enter) -> None:
    pages = {seat: await enter(seat) for seat in ("a", "b", "c")}
    pages["observer"] = await enter("observer", publish=False)
    for seat, page in pages.items():
        others = {"a", "b", "c"} - {seat}
        await sees(page, *(f"{o} {s}" for o in others for s in ("camera", "microphone")))
        assert await page.evaluate("problems") == []


async def test_leaving_and_coming_back_reuses_the_lines(enter: Enter) -> None:
    stays, goes = await enter("stays"), await enter("goes")
    await sees(stays, "goes camera")
    lines = await stays.evaluate("lines()")
    await goes.evaluate("leave()")
    await stays.wait_for_function("Object.keys(tracks).length === 0")
    await enter("goes", n=2)
    await sees(stays, "goes camera", "goes microphone")
    assert await stays.evaluate("lines()") == lines
    assert await stays.evaluate("connections()") == 1
    assert await stays.evaluate("problems") == []


async def test_a_screen_is_seen_beside_the_camera(enter: Enter) -> None:
    shares, watches = await enter("shares"), await enter("watches", publish=False)
    await sees(watches, "shares camera")
    await shares.evaluate("shareScreen()")
    found = await sees(watches, "shares camera", "shares screen")
    assert found["shares screen"]["width"] == 320


async def test_the_sender_is_let_above_300_kbit(enter: Enter) -> None:
    a, b = await enter("a"), await enter("b")
    await sees(b, "a camera")
    async with asyncio.timeout(60):
        while True:
            found = await a.evaluate("sent()")
            if max(s["target"] or 0 for s in found.values()) > 500_000:
                break
            await asyncio.sleep(0.5)


async def test_five_percent_loss_hardly_freezes(
    enter: Enter, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await enter("a"), await enter("b")
    await sees(b, "a camera")
    rng = random.Random(5)
    receive, seal = Peer.receive_srtp, fanout._protect

    def receive_some(peer: Peer, path: Path, slot: int) -> None:
        kind = peer.mux.inbox.memory[slot * SLOT + 1]
        if 191 < kind < 224 or rng.random() > 0.05:
            receive(peer, path, slot)

    def seal_some(key: Any, data: Any, length: Any) -> int:
        return seal(key, data, length) if rng.random() > 0.05 else 1

    monkeypatch.setattr(Peer, "receive_srtp", receive_some)
    monkeypatch.setattr(fanout, "_protect", seal_some)
    found = await sees(b, "a camera", frames=150)
    assert found["a camera"]["freezes"] <= 2
    await sees(a, "b camera", "b microphone")
    (camera,) = [p for p in node.rooms["r1"].seats["a"].producers if p.video]
    assert sum(sink.retransmitted for sink in camera.consumers) > 0


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_a_recording_plays_in_the_browser(enter: Enter, caller: Caller, codec: str) -> None:
    a, b = [await enter(seat, codec=codec, simulcast=True) for seat in "ab"]
    await sees(b, "a camera")
    await caller.call("record", room="r1", recording="rec", on=True)
    await sees(b, "a camera", "a microphone", frames=80)
    files = (await caller.call("record", room="r1", recording="rec", on=False))["files"]
    assert {tuple(file["codecs"]) for file in files} == {(codec, "opus")}
    for file in files:
        played = await a.evaluate("name => play(name)", file["name"])
        assert played["error"] is None
        assert played["time"] >= 1.5
        assert played["frames"] > 15
        assert played["width"] >= 320
        assert played["duration"] == pytest.approx(file["duration_s"], abs=1.0)


async def width(page: Page, track: str, wanted: int) -> None:
    """Wait until a track is seen in a size, and goes on."""
    for _ in range(300):
        found = (await page.evaluate("received()")).get(track)
        if found and found["width"] == wanted:
            await sees(page, track)
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{track} is not {wanted} wide: {found}")


async def test_each_receiver_gets_a_size_of_its_own(enter: Enter, node: Node) -> None:
    a = await enter("a", simulcast=True)
    near, far = await enter("near", publish=False), await enter("far", publish=False)
    await width(near, "a camera", 640)
    await width(far, "a camera", 640)
    (camera,) = [p for p in node.rooms["r1"].seats["a"].producers if p.video]
    small, _ = camera.layers
    (weak,) = [c for c in camera.consumers if c.peer is subscribing(node, "far")]
    for _ in range(2):
        weak.hold(small)
        await width(far, "a camera", 320)
        weak.hold(None)
        await width(far, "a camera", 640)
    found = (await far.evaluate("received()"))["a camera"]
    assert found["lost"] <= 5, "the seam shows as loss"  # a gap in the numbers would be hundreds
    assert (await near.evaluate("received()"))["a camera"]["width"] == 640
    assert {layer.rid for layer in camera.layers} == {"h", "f"}
    assert (await a.evaluate("problems")) == []


def subscribing(node: Node, seat: str) -> Peer:
    subscription = node.rooms["r1"].seats[seat].subscription
    assert subscription is not None
    return subscription.peer
