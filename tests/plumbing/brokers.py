"""A real MQTT broker of the test's own, started as in production: by deploy/start-mosquitto.

It can be stopped and started again, with its sessions.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.plumbing.servers import free_port

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
START_S: Final = 20
HOUSE: Final = "secret-of-the-house"


@dataclass
class Mosquitto:
    """One broker with accounts: the house, and devices by their code."""

    folder: Path
    devices: tuple[str, ...]
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    def url(self, user: str = "house") -> str:
        """As MQTT_URL says it."""
        password = HOUSE if user == "house" else f"password-of-{user}"
        return f"mqtt://{user}:{password}@127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it listens. Fails the test without the Debian package."""
        path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
        if shutil.which("mosquitto", path=path) is None:
            pytest.fail("no mosquitto: install the Debian package mosquitto")
        folder = str(self.folder)
        (self.folder / "mqtt_password").write_text(HOUSE)
        accounts = "".join(f"{code}:password-of-{code}\n" for code in self.devices)
        (self.folder / "mqtt_devices").write_text(accounts)
        environment = os.environ | {
            "PATH": path,
            "MQTT_RUN_DIR": folder,
            "MQTT_SECRETS_DIR": folder,
            "MQTT_DATA_DIR": folder,
            "MQTT_CONFIG_DIR": str(DEPLOY),
            "MQTT_PORT": str(self.port),
            "MQTT_ADDRESS": "127.0.0.1",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(DEPLOY / "start-mosquitto"), env=environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(START_S):
            while not self._listens():
                assert self.process.returncode is None, (self.folder / "log").read_text()
                await asyncio.sleep(0.02)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    async def stop(self) -> None:
        """End it; what it keeps for sessions is on its disk."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A broker that runs, with accounts for YH-BP-1 and YH-BP-2."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder, ("YH-BP-1", "YH-BP-2"))
    await broker.start()
    yield broker
    await broker.stop()
