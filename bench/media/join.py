"""`media-join`: from the click on "join" to the first remote picture in Chromium.

The clock runs in the page: it starts with the click on `[data-testid=join]` (camera already open,
as after a device check) and stops when the first frame of a `[data-testid=remote-video]` has been
decoded and handed to the compositor. Two generated participants are in the room. A `Venue` says
which page is opened; any page with those two test ids will do.
"""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, async_playwright

from bench.machine import own_address
from bench.media.doorstep import Doorstep
from bench.media.janus import Janus
from bench.media.load import Case, crowd, percentile
from bench.media.server import Server
from bench.plan import Plan, Unavailable
from bench.rows import Row, row

ROOM = "1000"
TIMEOUT_MS = 15_000
RUN_SECONDS = 110
"""The generated participants stop after this at the latest."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]
STOPWATCH = """
() => new Promise((done) => {
  const join = document.querySelector("[data-testid=join]");
  let clicked;
  const look = () => {
    const found = document.querySelector("[data-testid=remote-video]");
    const video = found && (found.matches("video") ? found : found.querySelector("video"));
    if (!video) { setTimeout(look, 5); return; }
    video.requestVideoFrameCallback(() => done(performance.now() - clicked));
  };
  join.addEventListener("click", () => { clicked = performance.now(); look(); }, { once: true });
  join.click();
})
"""


class Venue(Protocol):
    """Where the browser goes to join."""

    def address(self, number: int) -> str:
        """The page of the n-th join, on which `[data-testid=join]` will be enabled."""

    async def after(self, number: int) -> None:
        """The n-th visitor's page has been closed."""


class OwnPage:
    """The benchmark's small page, wired to a server under test."""

    def __init__(self, server: Server, port: int) -> None:
        self._server, self._port = server, port

    def address(self, number: int) -> str:
        """The page, with its seat in the query."""
        return f"http://127.0.0.1:{self._port}/?seat=v{number}"

    async def after(self, number: int) -> None:
        """The visitor leaves the room."""
        await self._server.leave(ROOM, f"v{number}")


async def run(plan: Plan) -> list[Row]:
    """p50 and p95 of ours beside Janus with default settings."""
    chromium = shutil.which("chromium")
    if chromium is None:
        plan.say("media-join skipped: chromium is not installed")
        return []
    times: dict[str, Counter[int]] = {}
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        times["doorstep"] = await _joins(plan, browser, Doorstep())
        try:
            times["janus default"] = await _joins(plan, browser, Janus())
        except Unavailable as reason:
            plan.say(f"peer skipped: {reason}")
    rows = []
    for label, share in {"p50": 0.50, "p95": 0.95}.items():
        found = {name: percentile(taken, share) for name, taken in times.items()}
        rows.append(
            row(
                f"media-join-{label}",
                found["doorstep"],
                "ms from join to the first remote frame",
                better="lower",
                peer="janus default" if "janus" in found else None,
                peer_value=found.get("janus default"),
                notes=[f"{plan.joins} joins in Chromium, room with two others"],
            )
        )
    return rows


async def _joins(plan: Plan, browser: Browser, server: Server) -> Counter[int]:
    await server.start()
    try:
        async with crowd(server) as people, _page(server) as port:
            await people.fill([ROOM], 2)
            talking = asyncio.create_task(people.measure(Case(1, 2), RUN_SECONDS))
            try:
                taken = await visits(plan, browser, OwnPage(server, port))
            finally:
                talking.cancel()
        plan.say(f"media-join {server.name}: {sorted(taken.elements())} ms")
        return taken
    finally:
        await server.stop()


async def visits(plan: Plan, browser: Browser, venue: Venue) -> Counter[int]:
    """Milliseconds of each join, every one in a fresh page."""
    taken: Counter[int] = Counter()
    for number in range(plan.joins):
        page = await browser.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        await page.goto(venue.address(number))
        await page.wait_for_selector("[data-testid=join]:enabled")
        async with asyncio.timeout(TIMEOUT_MS / 1000):
            taken[round(await page.evaluate(STOPWATCH))] += 1
        await page.close()
        await venue.after(number)
    return taken


@asynccontextmanager
async def _page(server: Server) -> AsyncIterator[int]:
    """Serve the page and relay its signalling; yields the port."""

    async def show(_: web.Request) -> web.FileResponse:
        return web.FileResponse(Path(__file__).with_name("join.html"))

    async def signal(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await _Relay(server, socket, request.query["seat"]).serve()
        return socket

    app = web.Application()
    app.add_routes([web.get("/", show), web.get("/signal", signal)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Relay:
    """One page's signalling: enter, then publish and subscribe side by side."""

    def __init__(self, server: Server, socket: web.WebSocketResponse, seat: str) -> None:
        self._server, self._socket, self._seat = server, socket, seat
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self) -> None:
        async for message in self._socket:
            if message.type != WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            if "enter" in said:
                await self._server.enter(ROOM, self._seat)
                self._tasks.append(asyncio.create_task(self._subscribe()))
            elif "publish" in said:
                self._tasks.append(asyncio.create_task(self._publish(said["publish"])))
            elif "answer" in said:
                self._answers.put_nowait(said["answer"])
        for task in self._tasks:
            task.cancel()

    async def _publish(self, offer: str) -> None:
        answer = await self._server.publish(ROOM, self._seat, _reachable(offer))
        await self._socket.send_json({"answer": answer})

    async def _subscribe(self) -> None:
        await self._server.subscribe(ROOM, self._seat, 4, self._answer)

    async def _answer(self, offer: str) -> str:
        await self._socket.send_json({"offer": offer})
        return _reachable(await self._answers.get())


def _reachable(sdp: str) -> str:
    """Name the machine's address where Chromium hides it behind mDNS, which no server resolves."""
    lines = [line for line in sdp.split("\r\n") if ".local " not in line]
    return "\r\n".join(lines).replace("c=IN IP4 0.0.0.0", f"c=IN IP4 {own_address()}")
