"""Real Firefox, headless, with its fake camera and microphone, driven over Marionette.

Marionette is what geckodriver itself speaks to Firefox: JSON arrays with their length before them,
`[0, id, command, parameters]` and `[1, id, error, result]` (Firefox source docs, "Marionette
protocol"). Playwright drives only a Firefox of its own.
"""

import asyncio
import itertools
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.plumbing.servers import free_port

START_S: Final = 90
ANSWER_S: Final = 60
PREFERENCES: Final[dict[str, bool | int | str]] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "intl.accept_languages": "zh-CN",
    # Nothing of its own accord to the outside
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "services.settings.server": "http://127.0.0.1:9/none",
    "toolkit.telemetry.enabled": False,
}


class FirefoxError(Exception):
    """What Firefox answered instead of a result."""


class Firefox:
    """One Firefox with one window."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._process: asyncio.subprocess.Process
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def start(self) -> None:
        """Start it and open a session. Fails the test without the Debian package."""
        binary = shutil.which("firefox-esr") or shutil.which("firefox")
        if binary is None:
            pytest.fail("no Firefox: install the Debian package firefox-esr")
        port = free_port()
        profile = self._folder / "profile"
        profile.mkdir(parents=True)
        lines = {**PREFERENCES, "marionette.port": port}
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in lines.items())
        )
        with (self._folder / "firefox.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *[binary, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
                env={**os.environ, "HOME": str(self._folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
                stdout=log,
                stderr=log,
            )
        await self._connect(port)
        await self.call("WebDriver:NewSession", {"acceptInsecureCerts": True})

    async def _connect(self, port: int) -> None:
        until = time.monotonic() + START_S
        while True:
            try:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
                await self._read()  # who it is
            except (OSError, asyncio.IncompleteReadError):
                if self._process.returncode is not None or time.monotonic() > until:
                    log = (self._folder / "firefox.log").read_text(errors="replace")
                    raise AssertionError(f"Firefox did not start: {log[-3000:]}") from None
                await asyncio.sleep(0.2)
            else:
                return

    async def _read(self) -> Any:
        length = int((await self._reader.readuntil(b":"))[:-1])
        return json.loads(await self._reader.readexactly(length))

    async def call(self, command: str, parameters: dict[str, Any] | None = None) -> Any:
        """One command and its result. Raises FirefoxError."""
        number = next(self._numbers)
        text = json.dumps([0, number, command, parameters or {}]).encode()
        self._writer.write(b"%d:%s" % (len(text), text))
        async with asyncio.timeout(ANSWER_S):
            _, answered, problem, result = await self._read()
        assert answered == number
        if problem:
            raise FirefoxError(f"{problem['error']}: {problem['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    async def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        await self.call("WebDriver:Navigate", {"url": url})

    async def run(self, script: str, *arguments: Any) -> Any:
        """`return` a value from the page; a promise is awaited."""
        return await self.call("WebDriver:ExecuteScript", {"script": script, "args": arguments})

    async def until(self, script: str, *arguments: Any, within_s: float = 60.0) -> Any:
        """Wait until a script returns something true; that."""
        end = time.monotonic() + within_s
        while not (found := await self.run(script, *arguments)):
            if time.monotonic() > end:
                page = await self.run("return document.body.innerText")
                raise AssertionError(f"not within {within_s} s: {script}\n{page}")
            await asyncio.sleep(0.2)
        return found

    async def stop(self) -> None:
        """Quit."""
        if not hasattr(self, "_process"):
            return
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 15)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if hasattr(self, "_writer"):
            self._writer.close()


@pytest.fixture
async def firefox(tmp_path: Path) -> AsyncIterator[Firefox]:
    """A Firefox of this test's own."""
    fox = Firefox(tmp_path / "firefox")
    try:
        await fox.start()
        yield fox
    finally:
        await fox.stop()
