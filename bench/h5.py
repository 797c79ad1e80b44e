"""`python -m bench h5`: what the resident's pages cost on a slow 3G line, in a real Chromium.

A house of its own with the demo county; a phone-sized Chromium behind 400 kbit/s with 400 ms
(DevTools throttling: each request waits, all share the rate). Usable means that what the person
came for can be tapped: the sign-in, or 看医生 beside the next appointment. Bytes are those on the
wire until then, headers included.
"""

import asyncio
import os
import shutil
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from bench.plan import Plan, Unavailable
from bench.rows import Row, row
from people.rules import check_character

RATE: Final = 400_000 / 8  # bytes a second
LATENCY_MS: Final = 400
LIMIT_KB: Final = 60.0  # the issue's
WARM_S: Final = 8.0  # what is fetched ahead has come by then
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_S: Final = 120


@dataclass
class Load:
    """One visit: milliseconds since the address was opened, bytes and requests until usable."""

    painted_ms: float = 0
    usable_ms: float = 0
    bytes: float = 0
    requests: int = 0
    finished: list[float] = field(default_factory=list)


async def run(plan: Plan) -> list[Row]:
    """Rows of a stranger's first visit, a resident's with nothing cached, and a resident's next."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise Unavailable("chromium is not installed")
    async with _house() as address, async_playwright() as playwright:
        token = await _resident(address)
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        loads: dict[str, list[Load]] = {"first": [], "home": [], "again": []}
        for number in range(plan.rounds):
            stranger = await _phone(browser)
            loads["first"].append(await _visit(stranger, address, "button:has-text('登录')"))
            await stranger.close()
            known = await _phone(browser, token)
            loads["home"].append(await _visit(known, address, "a.tile"))
            await asyncio.sleep(WARM_S)
            loads["again"].append(await _visit(known, address, "a.tile"))
            await known.close()
            plan.say(f"h5 round {number + 1}/{plan.rounds}")
        await browser.close()
    return [made for name, several in loads.items() for made in _rows(name, several)]


def _rows(name: str, loads: list[Load]) -> list[Row]:
    middle = {
        what: statistics.median(getattr(load, what) for load in loads)
        for what in ("painted_ms", "usable_ms", "bytes", "requests")
    }
    requests = f"{middle['requests']:g} requests"
    kilobytes = middle["bytes"] / 1024
    return [
        row(
            f"h5-{name}-kb",
            kilobytes,
            "KB",
            better="lower",
            peer="limit",
            peer_value=LIMIT_KB,
            notes=["on the wire until usable", requests],
        ),
        row(f"h5-{name}-painted", middle["painted_ms"], "ms", better="lower", notes=["FCP"]),
        row(
            f"h5-{name}-usable",
            middle["usable_ms"],
            "ms",
            better="lower",
            notes=["400 kbit/s, 400 ms", f"{len(loads)} rounds, median"],
        ),
    ]


async def _phone(browser: Browser, token: str = "") -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True
    )
    if token:
        script = f"localStorage.setItem('doorstep.token', JSON.stringify('{token}'))"
        await context.add_init_script(script)
    return context


async def _visit(context: BrowserContext, address: str, wanted: str) -> Load:
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    load = Load()
    await _slow(line, load)
    await page.goto(f"{address}/h5/", wait_until="commit")
    await page.wait_for_selector(wanted, state="visible")
    load.usable_ms = await page.evaluate("performance.now()")
    load.bytes, load.requests = sum(load.finished), len(load.finished)
    load.painted_ms = await _painted(page)
    await page.wait_for_timeout(WARM_S * 1000)  # what is fetched ahead may arrive
    await page.close()
    return load


async def _slow(line: CDPSession, load: Load) -> None:
    await line.send("Network.enable")
    await line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": RATE,
            "uploadThroughput": RATE,
        },
    )
    line.on("Network.loadingFinished", lambda done: load.finished.append(done["encodedDataLength"]))


async def _painted(page: Page) -> float:
    found: float = await page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    return found


@asynccontextmanager
async def _house() -> AsyncIterator[str]:
    """The whole program as `make run` starts it, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="doorstep-h5-") as name:
        port = _free_port()
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            "DEMO": "1",
            "DATA_DIR": name,
            "PORT": str(port),
            "LOG_LEVEL": "WARNING",
        }
        for command in ("migrate", "demo"):
            await (await _app(command, environment)).wait()
        server = await _app("serve", environment)
        try:
            await _answers(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            await server.wait()


async def _app(command: str, environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app",
        command,
        cwd=Path(__file__).parent.parent,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def _answers(address: str) -> None:
    async with asyncio.timeout(START_S), ClientSession() as session:
        while True:
            try:
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            await asyncio.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _resident(address: str) -> str:
    """Somebody who has added themselves and holds a place; their token."""
    async with ClientSession(f"{address}/api/mp/v1/", raise_for_status=True) as session:
        signed_in = await _post(session, "session", {"code": "demo-bench"})
        session.headers["Authorization"] = f"Bearer {signed_in['token']}"
        texts = (await _get(session, "consents"))["items"]
        first = "37139819600312402"
        patient = await _post(
            session,
            "patients",
            {
                "name": "王桂英",
                "id_number": first + check_character(first),
                "phone": "13800000001",
                "relation": "self",
                "consents": [
                    {"kind": text["kind"], "version": text["version"]}
                    for text in texts
                    if text["needed_for"] in ("account", "patient")
                ],
            },
        )
        doctor = (await _get(session, "practitioners?department=cardiology"))["items"][0]
        days = (await _get(session, f"schedule-days?practitioner_id={doctor['id']}"))["items"]
        day = days[2]["day"]
        slots = (await _get(session, f"slots?practitioner_id={doctor['id']}&date={day}"))["items"]
        await _post(
            session, "appointments", {"slot_id": slots[0]["id"], "patient_id": patient["id"]}
        )
        token: str = signed_in["token"]
        return token


async def _get(session: ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        return await answer.json()


async def _post(session: ClientSession, path: str, body: dict[str, Any]) -> Any:
    async with session.post(path, json=body, headers={"Idempotency-Key": path}) as answer:
        return await answer.json()
