"""The media node of this machine, which may outlive the supervisor that started it.

`DATA_DIR/media-node.json` remembers where it listens, so the next supervisor finds it and the
rooms on it go on. A node that no web process speaks to for two minutes ends by itself.
"""

import asyncio
import json
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import aiohttp

from app.settings import Settings

ORPHAN_EXIT_S: Final = 120
LOOK_EVERY_S: Final = 1.0


@dataclass
class LocalNode:
    """Where the node listens, and its process when it is known to run."""

    settings: Settings
    port: int
    pid: int | None = None

    @classmethod
    async def find(cls, settings: Settings) -> Self:
        """The node that still runs here, else a place for a new one."""
        with suppress(OSError, ValueError, KeyError):
            note = json.loads(_note(settings).read_text())
            found = cls(settings, int(note["port"]), int(note["pid"]))
            if await found.answers():
                return found
        return cls(settings, settings.media_control_port or _free_port())

    @property
    def url(self) -> str:
        """Its control address."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings of `python -m rtc`."""
        return {
            "MEDIA_CONTROL_HOST": "127.0.0.1",
            "MEDIA_CONTROL_PORT": str(self.port),
            "MEDIA_SECRET": self.settings.control_secret(),
            "MEDIA_UDP_PORT": str(self.settings.media_udp_port),
            "MEDIA_PUBLIC_IP": self.settings.media_public_ip,
            "MEDIA_RECORDINGS": str(self.settings.data_dir.resolve() / "recordings"),
            "MEDIA_FAULTS": "1" if self.settings.demo else "0",
            "MEDIA_ORPHAN_EXIT_S": str(ORPHAN_EXIT_S),
        }

    def remember(self, pid: int) -> None:
        """Note the process for the supervisor after us."""
        self.pid = pid
        place = _note(self.settings)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".part")
        draft.write_text(json.dumps({"port": self.port, "pid": pid}))
        draft.replace(place)

    async def answers(self) -> bool:
        """Whether a node is alive at that place."""
        timeout = aiohttp.ClientTimeout(total=1)
        with suppress(aiohttp.ClientError, TimeoutError):
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(f"{self.url}/healthz") as answer,
            ):
                return answer.status == 200
        return False

    async def gone(self) -> None:
        """Wait while a node that somebody else started is alive."""
        while self.pid is not None and await self.answers():  # noqa: ASYNC110  (not our child)
            await asyncio.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """End a node that somebody else started."""
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGTERM)


def _note(settings: Settings) -> Path:
    return settings.data_dir / "media-node.json"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
