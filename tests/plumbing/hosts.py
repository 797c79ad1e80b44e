"""Real test hosts: network namespaces joined by veth through a router, on this machine only.

    async def test_a_cut(village: Village, village_rooms: Rooms) -> None:
        await village_rooms.start_node()                 # node and app run on `village.county`
        app = await village_rooms.start_app()
        clinic = await village.clinic("shimen")          # a PC of its own behind a line of its own
        zhou = await Person(await village.profile(clinic), "zhou").join(app, room_id)
        await clinic.line.set(up_kbit=300, loss_down=0.05, delay_ms=75)
        await clinic.line.cut()                          # packets vanish; .restore() ends it
        await clinic.line.set(udp=False)                 # only TCP passes
        await clinic.line.unplug()                       # the PC sees its cable out; .plug_in()
        await clinic.change_address()                    # Wi-Fi gone, 4G there, on a new address
        await clinic.freeze()                            # every process stands still; .thaw()

- `village.county` is the host of the servers; `village.host("turn")` makes another. Each host has
  IPv4 and IPv6 (`.address`, `.address6`, `.addresses`) and hosts reach one another.
- `host.start(*argv)` runs a program there, `host.run(*argv)` waits for one, `host.command(argv)`
  gives the arguments for a `Process`; `host.http()` is an aiohttp session whose sockets live there;
  `host.socket(...)` any socket. `clinic.profile` options are Playwright's.
- A line's own words are in `tests.plumbing.lines`: loss is a share of packets, delay one way.
- Chromium counts the county's ports 8000 to 8009 as secure, so that http has cameras.

Namespaces are named `doorstep-PID-NAME`, removed with all their processes at the end of the test,
and by the next test of any run when this one was killed. Where the machine forbids namespaces the
test is skipped with the reason, and fails when CI is set. It runs on SQLite only: the servers of
the other databases listen on this machine's loopback, which is another host.
"""

import asyncio
import ctypes
import itertools
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Playwright

from tests.plumbing import network
from tests.plumbing.browsers import FLAGS, chromium_path, faults, new_profile
from tests.plumbing.databases import on_postgres
from tests.plumbing.lines import Line, sh
from tests.plumbing.rooms import Rooms, started

PREFIX: Final = "doorstep-"
NAMED: Final = Path("/run/netns")
FIRST_PORT: Final = 8000
SECURE_PORTS: Final = range(FIRST_PORT, FIRST_PORT + 10)
_CLONE_NEWNET: Final = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Host:
    """A machine of its own: addresses, ports and processes. Made by `Village`."""

    def __init__(self, village: "Village", name: str, number: int) -> None:
        self.village, self.name, self.number = village, name, number
        self.namespace = f"{PREFIX}{os.getpid()}-{name}"
        self.line = Line(village.router, self.namespace, f"v{number}")
        self._ports = itertools.count(FIRST_PORT)
        self._started: list[asyncio.subprocess.Process] = []

    @property
    def address(self) -> str:
        """Its IPv4 address just now (RFC 2544's range for tests)."""
        return f"198.18.{self.number}.2"

    @property
    def address6(self) -> str:
        """Its IPv6 address just now (a unique local one)."""
        return f"fd5e:d00:{self.number:x}::2"

    @property
    def addresses(self) -> tuple[str, str]:
        """Both."""
        return self.address, self.address6

    def port(self) -> int:
        """A port that nobody else uses here; the first ones count as secure for browsers."""
        return next(self._ports)

    # -- processes

    def command(self, argv: Sequence[str]) -> list[str]:
        """The same command, on this host."""
        return ["ip", "netns", "exec", self.namespace, *argv]

    async def start(self, *argv: str, **options: Any) -> asyncio.subprocess.Process:
        """Start a program here; it ends with the test at the latest."""
        process = await asyncio.create_subprocess_exec(*self.command(argv), **options)
        self._started.append(process)
        return process

    async def run(self, *argv: str) -> str:
        """Run a program here to its end; its output. Fails the test when the program fails."""
        return await sh(*self.command(argv))

    async def freeze(self) -> None:
        """Stop every process here at once, as a sleeping laptop does; `thaw` wakes them."""
        for pid in _pids(self.namespace):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    async def thaw(self) -> None:
        """Wake every process."""
        for pid in _pids(self.namespace):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    # -- sockets of the test itself, on this host

    def socket(self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> socket.socket:
        """A socket on this host for the test's own process; it stays there when used elsewhere."""
        with _inside(self.namespace):
            return socket.socket(family, kind)

    def http(self) -> aiohttp.ClientSession:
        """A client on this host."""

        def make(info: Any) -> socket.socket:
            made = self.socket(info[0], info[1])
            made.setblocking(False)
            return made

        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=make))

    # -- life

    async def build(self) -> Self:
        """Make the namespace and its cable to the router."""
        await sh("ip", "netns", "add", self.namespace)
        await sh(*self.command(["ip", "link", "set", "lo", "up"]))
        await self._connect()
        return self

    async def _connect(self) -> None:
        """A cable under the present number: `v<number>` at the router, `eth0` here."""
        far, router, number = f"v{self.number}", self.village.router, self.number
        await sh(
            *["ip", "link", "add", far, "netns", router, "type", "veth"],
            *["peer", "name", "eth0", "netns", self.namespace],
        )
        # Chromium drops what it is loading when an address comes later, as a link-local one would.
        await sh(*self.command(["sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=0"]))
        here = ["ip", "-n", self.namespace]
        there = ["ip", "-n", router]
        addresses = ((f"198.18.{number}.", "24"), (f"fd5e:d00:{number:x}::", "64"))
        for start, length in addresses:
            flags = ["nodad"] if ":" in start else []
            await sh(*there, "addr", "add", f"{start}1/{length}", "dev", far, *flags)
            await sh(*here, "addr", "add", f"{start}2/{length}", "dev", "eth0", *flags)
        await sh(*there, "link", "set", far, "up")
        await sh(*here, "link", "set", "eth0", "up")
        for start, _ in addresses:
            await sh(*here, "route", "add", "default", "via", f"{start}1")
        network.test_hosts.update(self.addresses)

    async def change_address(self) -> None:
        """Leave the line for another one on another address, as a phone leaves Wi-Fi for 4G.

        The new line has what was set for the old one. What was under way on the old is lost.
        """
        await self.line.take_down()
        await sh("ip", "-n", self.village.router, "link", "del", f"v{self.number}")
        self.number = self.village.next_number()
        await self._connect()
        await self.line.move(f"v{self.number}")

    async def remove(self) -> None:
        """End all that runs here, and the namespace."""
        await self.line.take_down()
        _end(self.namespace)
        for process in self._started:
            await process.wait()


class Village:
    """All hosts of one test and the router between them."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.router = f"{PREFIX}{os.getpid()}-router"
        self.county: Host
        self.flags: list[str] = []  # more of them for Chromium, before its first start on a host
        self._playwright, self._folder = playwright, folder
        self._numbers = itertools.count(1)
        self._hosts: list[Host] = []
        self._browsers: dict[str, Browser] = {}

    def next_number(self) -> int:
        """A number for a cable and its addresses."""
        return next(self._numbers)

    async def build(self) -> None:
        """Make the router and the county's host."""
        await sh("ip", "netns", "add", self.router)
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            await sh("ip", "netns", "exec", self.router, "sysctl", "-qw", f"{name}=1")
        await Line.prepare(self.router)
        self.county = await self.host("county")

    async def host(self, name: str) -> Host:
        """Another host at the router."""
        made = Host(self, name, self.next_number())
        self._hosts.append(made)
        return await made.build()

    clinic = host  # every host has a line; a clinic is one whose line is not left alone

    async def browser(self, host: Host) -> Browser:
        """The Chromium that runs on a host, started at its first use."""
        if host.name not in self._browsers:
            wrapper = self._folder / f"chromium-{host.name}"
            wrapper.write_text(
                f'#!/bin/sh\nexec {" ".join(host.command([chromium_path()]))} "$@"\n'
            )
            wrapper.chmod(0o755)
            secure = ",".join(f"http://{self.county.address}:{port}" for port in SECURE_PORTS)
            names = [n for h in self._hosts for n in (*h.addresses, f"[{h.address6}]")]
            known = "".join(f", EXCLUDE {name}" for name in names)
            flags = [f"{f}{known}" if f.startswith("--host-resolver-rules") else f for f in FLAGS]
            self._browsers[host.name] = await self._playwright.chromium.launch(
                executable_path=wrapper,
                args=[*flags, *self.flags, f"--unsafely-treat-insecure-origin-as-secure={secure}"],
            )
        return self._browsers[host.name]

    async def profile(self, host: Host, **options: Any) -> BrowserContext:
        """A browser profile on a host, watched for faults like those of `profile`."""
        return await new_profile(await self.browser(host), options)

    async def remove(self) -> None:
        """Take everything down."""
        for host in self._hosts:
            with suppress(OSError):
                await host.thaw()
        for browser in self._browsers.values():
            with suppress(Exception):  # its host may have been cut off in the middle of a word
                await asyncio.wait_for(browser.close(), 20)
        for host in self._hosts:
            await host.remove()
        _end(self.router)
        network.test_hosts.clear()


class _inside:  # noqa: N801  (reads as a word: `with _inside(namespace)`)
    """This thread, for a moment, in another network namespace."""

    def __init__(self, namespace: str) -> None:
        self._there = NAMED / namespace

    def __enter__(self) -> None:
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        target = os.open(self._there, os.O_RDONLY)
        try:
            self._set(target)
        finally:
            os.close(target)

    def __exit__(self, *_: object) -> None:
        self._set(self._home)
        os.close(self._home)

    @staticmethod
    def _set(namespace: int) -> None:
        if _libc.setns(namespace, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _pids(namespace: str) -> list[int]:
    found = subprocess.run(
        ["ip", "netns", "pids", namespace], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split() if int(pid) != os.getpid()]


def _end(namespace: str) -> None:
    """End a namespace with all that runs in it; nothing when it is gone already."""
    for pid in _pids(namespace):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)


def _sweep() -> None:
    """Remove what killed test processes left behind."""
    for path in NAMED.glob(f"{PREFIX}*") if NAMED.exists() else ():
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _end(path.name)


def why_not() -> str:
    """Why there can be no test hosts on this machine; empty when there can."""
    for program in ("ip", "tc", "nft", "sysctl"):
        if shutil.which(program) is None:
            return f"there is no {program}: install the Debian packages iproute2, nftables, procps"
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    trial = f"{PREFIX}{os.getpid()}-trial"
    made = subprocess.run(
        ["ip", "netns", "add", trial], capture_output=True, text=True, check=False
    )
    _end(trial)
    return f"this machine forbids network namespaces: {made.stderr}" if made.returncode else ""


@pytest.fixture
async def village(calm: None, playwright: Playwright, tmp_path: Path) -> AsyncIterator[Village]:
    """Hosts of this test's own; see the module."""
    if on_postgres():
        pytest.skip("test hosts run once, with SQLite")
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    _sweep()
    faults.clear()
    made = Village(playwright, tmp_path)
    try:
        await made.build()
        yield made
    finally:
        await made.remove()
    if faults:
        pytest.fail("pages misbehaved:\n" + "\n".join(dict.fromkeys(faults)))


@pytest.fixture
async def village_rooms(
    village: Village, database_url: str, tmp_path: Path
) -> AsyncIterator[Rooms]:
    """Nodes and app processes on the county's host."""
    async with started(Rooms(tmp_path, database_url, place=village.county)) as found:
        yield found
