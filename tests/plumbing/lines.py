"""The line between a test host and the router: rate by `tc tbf`, loss by an `nft` drop rule with
`numgen random`, delay and jitter by a TUN shuttle of our own (`netem` is not in every kernel).

A line is bad at the router, so the host's own programs see what they would see behind a bad line:
silence, not an error from their kernel.
"""

import asyncio
import itertools
import sys
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Final

QUEUE_MS: Final = 300  # what a home router's buffer holds
BURST: Final = 6000  # bytes; tbf needs a packet or two, and more would hide the rate
ROOT: Final = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Weather:
    """How a line is. `up` is from the host to the router. A rate of 0 is unlimited."""

    up_kbit: int = 0
    down_kbit: int = 0
    queue_ms: int = QUEUE_MS
    loss_up: float = 0.0
    loss_down: float = 0.0
    delay_ms: float = 0.0  # one way, each way
    jitter_ms: float = 0.0  # at most so much more, evenly spread; packets keep their order
    udp: bool = True
    cut: bool = False


class Line:
    """One host's line. `await line.set(loss_up=0.05)` changes what is named and nothing else."""

    _lines: ClassVar[dict[str, list["Line"]]] = {}  # by router
    _tunnels = itertools.count(1)

    def __init__(self, router: str, namespace: str, device: str) -> None:
        self._router, self._namespace, self._device = router, namespace, device
        self._shuttle: asyncio.subprocess.Process | None = None
        self._tunnel = ""
        self.weather = Weather()
        self._lines.setdefault(router, []).append(self)

    @classmethod
    async def prepare(cls, router: str) -> None:
        """A router with no rules yet."""
        cls._lines[router] = []

    # -- what a test says

    async def set(self, **changes: Any) -> None:
        """Change the line's rates, losses, delay, or whether UDP passes; names as in `Weather`."""
        before, self.weather = self.weather, replace(self.weather, **changes)
        if _differ(before, self.weather, "delay_ms", "jitter_ms"):
            await self._delay()
        if _differ(before, self.weather, "up_kbit", "down_kbit", "queue_ms", "delay_ms"):
            await self._limit()
        await self._filter()

    async def clear(self) -> None:
        """A good line again."""
        await self.set(**{f.name: f.default for f in fields(Weather)})

    async def cut(self) -> None:
        """Nothing passes and nobody is told, as when the router or the village loses its line."""
        await self.set(cut=True)

    async def restore(self) -> None:
        """End a cut."""
        await self.set(cut=False)

    async def unplug(self) -> None:
        """Pull the host's cable: it sees that it has no network."""
        await sh("ip", "-n", self._namespace, "link", "set", "eth0", "down")

    async def plug_in(self) -> None:
        """Put it back; what the kernel forgot is set up again."""
        await sh("ip", "-n", self._namespace, "link", "set", "eth0", "up")
        number = int(self._device[1:])
        for via in (f"198.18.{number}.1", f"fd5e:d00:{number:x}::1"):
            kept = [] if "." in via else ["-6"]
            if kept:
                own = f"fd5e:d00:{number:x}::2/64"
                await sh(
                    "ip", "-n", self._namespace, "addr", "replace", own, "dev", "eth0", "nodad"
                )
            await sh("ip", "-n", self._namespace, *kept, "route", "replace", "default", "via", via)
        if self.weather.delay_ms or self.weather.jitter_ms:
            await self._delay()

    async def counters(self) -> str:
        """What the drop rules have counted, for a failing test's words."""
        return await sh("ip", "netns", "exec", self._router, "nft", "list", "table", "inet", "line")

    # -- how it is done

    async def move(self, device: str) -> None:
        """The host has another cable: the same weather there."""
        self._device = device
        await self._delay()
        await self._limit()
        await self._filter()

    async def take_down(self) -> None:
        """End the shuttle."""
        shuttle, self._shuttle = self._shuttle, None
        if shuttle is not None:
            with suppress(ProcessLookupError):
                shuttle.kill()
            await shuttle.wait()

    async def _filter(self) -> None:
        rules = [rule for line in self._lines[self._router] for rule in line._rules()]
        text = "add table inet line\ndelete table inet line\ntable inet line {\n"
        text += " chain forward {\n  type filter hook forward priority 0;\n"
        text += "".join(f"  {rule}\n" for rule in rules) + " }\n}\n"
        await sh("ip", "netns", "exec", self._router, "nft", "-f", "-", text=text)

    def _rules(self) -> list[str]:
        weather = self.weather
        names = ", ".join(f'"{name}"' for name in (self._device, self._tunnel) if name)
        rules = []
        for direction, loss in (("iifname", weather.loss_up), ("oifname", weather.loss_down)):
            if weather.cut:
                rules.append(f"{direction} {{ {names} }} counter drop")
            if not weather.udp:
                rules.append(f"{direction} {{ {names} }} meta l4proto udp counter drop")
            if loss:
                share = round(loss * 1000)
                random = f"numgen random mod 1000 < {share}"
                rules.append(f"{direction} {{ {names} }} {random} counter drop")
        return rules

    async def _limit(self) -> None:
        tunnel = [self._tunnel] if self._tunnel else []
        for namespace, devices, rate in (
            (self._namespace, ["eth0", *tunnel], self.weather.up_kbit),
            (self._router, [self._device, *tunnel], self.weather.down_kbit),
        ):
            for device in devices:
                qdisc = ["tc", "-n", namespace, "qdisc"]
                if rate:
                    burst, queue = str(max(BURST, rate * 1000 // 8 // 100)), self.weather.queue_ms
                    shape = ["rate", f"{rate}kbit", "burst", burst, "latency", f"{queue}ms"]
                    await sh(*qdisc, "replace", "dev", device, "root", "tbf", *shape)
                else:
                    with suppress(RuntimeError):  # there is none
                        await sh(*qdisc, "del", "dev", device, "root")

    async def _delay(self) -> None:
        await self.take_down()
        self._tunnel = ""
        weather = self.weather
        if not weather.delay_ms and not weather.jitter_ms:
            await self._route("eth0")
            return
        self._tunnel = f"d{next(self._tunnels)}"
        self._shuttle = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "tests.plumbing.shuttle", self._tunnel],
            *[self._namespace, self._router, str(weather.delay_ms), str(weather.jitter_ms)],
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._shuttle.stdout is not None
        if await self._shuttle.stdout.readline() != b"ready\n":
            raise RuntimeError("the shuttle did not start")
        await self._route(self._tunnel)

    async def _route(self, device: str) -> None:
        """Both ends of the line send over this device."""
        number = int(self._device[1:])
        for version, start in (("-4", f"198.18.{number}."), ("-6", f"fd5e:d00:{number:x}::")):
            here = ["ip", version, "-n", self._namespace, "route", "replace", "default"]
            there = ["ip", version, "-n", self._router, "route"]
            if device == "eth0":
                await sh(*here, "via", f"{start}1", "dev", device)
                with suppress(RuntimeError):  # it went with its device
                    await sh(*there, "del", f"{start}2")
            else:
                await sh(*here, "dev", device, "src", f"{start}2")
                await sh(*there, "replace", f"{start}2", "dev", device)


def _differ(one: Weather, other: Weather, *names: str) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)


async def sh(*argv: str, text: str = "") -> str:
    """Run a program and return its output; its words in the exception when it fails."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(text.encode())
    if process.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {err.decode().strip()}")
    return out.decode()
