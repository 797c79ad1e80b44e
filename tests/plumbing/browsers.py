"""Real Chromium with a fake camera and microphone; a profile for each person in a test.

A profile remembers what no page may do: throw, break the content security policy, or ask another
machine for anything. Its test fails at the end.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.plumbing.network import is_local
from tests.plumbing.priority import calls_at_a_time, in_front, makes_calls

ROOT: Final = Path(__file__).parent.parent.parent
SCREENS: Final = ROOT / "test-results" / "screens"
DESK: Final = ViewportSize(width=1366, height=768)  # the clinic's old PC
PHONE: Final = ViewportSize(width=390, height=844)
WAIT_MS: Final = 30_000  # a busy machine is slow, not wrong
TOOLBAR: Final = ("WebUIToolbar", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Pages of Chromium's own around each of ours: more than half of what an empty page costs."""
PLAYWRIGHTS: Final = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
"""What Playwright switches off itself; the last list of several counts."""
FLAGS: Final = [
    f"--disable-features={','.join((*TOOLBAR, *PLAYWRIGHTS))}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
]

Profile = Callable[..., Awaitable[BrowserContext]]

expect.set_options(timeout=WAIT_MS)

faults: list[str] = []  # what pages of the running test did wrong
examined: set[Page] = set()  # pages whose console is ours for the moment
dressed: set[Page] = set()  # pages into which axe or the camera have put styles, until they go on


def chromium_path() -> str:
    """Find Chromium: $CHROMIUM, or Debian's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.fail("no Chromium: install the Debian package chromium, or set CHROMIUM")
    return found


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """The driver, started once for each worker."""
    async with AsyncExitStack() as stack:
        with in_front():
            driver = await stack.enter_async_context(async_playwright())
        yield driver


@pytest.fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """Chromium, started once for each worker; use `profile` to open pages."""
    chromium = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield chromium
    await chromium.close()


@pytest.fixture
async def calm(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """At most one test for two cores has calls with pictures in browsers at a time.

    Without a core to spare for the programs they talk to, all of them slow down together until
    none meets its time limits: what is measured then is the machine. Pages without a media node
    behind them cost no more than other tests, and wait for nobody.
    """
    if not makes_calls(request.node):
        yield
        return
    places = Path(tempfile.gettempdir()) / f"doorstep-calls-{os.getuid()}"
    places.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        found = [
            stack.enter_context((places / str(number)).open("w"))
            for number in range(calls_at_a_time())
        ]
        while not any(_takes(place) for place in found):
            await asyncio.sleep(0.2)
        yield


def _takes(place: IO[str]) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.fixture
async def profile(calm: None, browser: Browser) -> AsyncIterator[Profile]:
    """Open browser profiles: `await profile()`, with Playwright's context options if needed."""
    opened: list[BrowserContext] = []
    faults.clear()

    async def open_profile(**options: Any) -> BrowserContext:
        context = await new_profile(browser, options)
        opened.append(context)
        return context

    yield open_profile
    for context in opened:
        await context.close()
    if faults:
        pytest.fail("pages misbehaved:\n" + "\n".join(dict.fromkeys(faults)))


async def new_profile(browser: Browser, options: dict[str, Any]) -> BrowserContext:
    """A profile of a browser, watched for faults."""
    defaults: dict[str, Any] = {
        "viewport": DESK,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "permissions": ["camera", "microphone"],
    }
    context = await browser.new_context(**{**defaults, **options})
    context.set_default_timeout(WAIT_MS)
    _watch(context)
    return context


def _watch(context: BrowserContext) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.page in examined:
            return
        if message.page in dressed and message.text.startswith(INLINE_STYLE):
            return
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not is_local(
            address.hostname or ""
        ):
            faults.append(f"asked another machine: {request.url}")

    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: faults.append(f"uncaught: {error.error}"))


@asynccontextmanager
async def examination(page: Page) -> AsyncIterator[None]:
    """While axe and the camera put styles of their own into a page, which its CSP refuses."""
    if page not in dressed:
        page.on("framenavigated", lambda _: dressed.discard(page))
    examined.add(page)
    dressed.add(page)
    yield
    async with page.expect_console_message(lambda message: message.text == "examined"):
        await page.evaluate(DRAWN_THEN_SAID)
    examined.discard(page)


INLINE_STYLE: Final = "Applying inline style violates"
DRAWN_THEN_SAID: Final = """async () => {
  const drawn = new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
  await Promise.race([drawn, new Promise((done) => setTimeout(done, 3000))]);
  console.debug("examined");
}"""
"""A style is refused when it is drawn, so the last refusals come before this word. A page that
nobody sees is not drawn and does not wait for it."""


@pytest.fixture
def screenshot() -> Callable[[Page, str], Awaitable[None]]:
    """`await screenshot(page, name)`: the whole page at desk and at phone size, as PNG.

    For people to look at, so only when they ask: `TEST_SCREENS=1 pytest tests/browser`.
    """

    async def take(page: Page, name: str) -> None:
        if "TEST_SCREENS" not in os.environ:
            return
        SCREENS.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for size, word in ((DESK, "desk"), (PHONE, "phone")):
            await page.set_viewport_size(size)
            async with examination(page):
                await page.screenshot(path=SCREENS / f"{name}-{word}.png", full_page=True)
        if before:
            await page.set_viewport_size(before)

    return take


@pytest.fixture
def accessible() -> Callable[[Page], Awaitable[None]]:
    """`await accessible(page)`: fail with what axe finds against WCAG 2.2 A and AA."""
    source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    async def look(page: Page) -> None:
        async with examination(page):
            if not await page.evaluate("'axe' in window"):
                await page.evaluate(source)  # through the debugger, which the CSP does not bind
            found = await page.evaluate(
                "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", tags
            )
        violations = [
            f"{rule['id']}: {rule['help']}\n    {node['html']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        if violations:
            pytest.fail(f"{page.url} is not accessible:\n" + "\n".join(violations))

    return look
