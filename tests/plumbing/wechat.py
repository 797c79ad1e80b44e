"""WeChat for tests: the sandbox on a port of its own, and clients that talk to it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from wechat.bindings import WeChat
from wechat.sandbox import SANDBOX, Options, Sandbox, create, credentials, keys
from wechat.sandbox.world import World
from wechat.settings import Configuration

NOWHERE = "http://127.0.0.1:9/notify"


class RunningSandbox:
    """A sandbox that answers at `url`."""

    def __init__(self, server: TestServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.url = str(server.make_url("/")).rstrip("/")
        self.state: Sandbox = server.app[SANDBOX]

    @property
    def world(self) -> World:
        """What it remembers."""
        return self.state.world

    def configuration(self, notify_url: str = NOWHERE) -> Configuration:
        """Settings for a client of this sandbox."""
        return credentials(self.folder, self.url, notify_url)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Do what a person does in WeChat (`wechat.sandbox.console`)."""
        async with ClientSession() as session, session.post(self.url + path, json=body) as answer:
            found: dict[str, Any] = await answer.json()
            return found | {"status": answer.status}

    async def get(self, path: str) -> Any:
        """Look at the console."""
        async with ClientSession() as session, session.get(self.url + path) as answer:
            return await answer.json()

    async def code(self, name: str, purpose: str = "login") -> str:
        """A one-time code of the user `name`."""
        return str((await self.post("/codes", name=name, purpose=purpose))["code"])

    async def openid(self, name: str) -> str:
        """The user's openid."""
        return self.world.user(name).id


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made once for the worker, because RSA keys take their time."""
    folder = tmp_path_factory.mktemp("wechat") / "sandbox"
    keys.load(folder)
    return folder


@pytest.fixture
def sandbox_options(sandbox_folder: Path, tmp_path: Path) -> Options:
    """A folder of this test's own with the worker's keys; no pauses to speak of."""
    folder = tmp_path / "wechat-sandbox"
    shutil.copytree(sandbox_folder, folder)
    return Options(folder=folder, remember=False, pace=0.002, refund_s=0.05)


@pytest.fixture
async def sandbox(sandbox_options: Options) -> AsyncIterator[RunningSandbox]:
    """A running sandbox."""
    server = TestServer(create(sandbox_options))
    await server.start_server()
    yield RunningSandbox(server, sandbox_options.folder)
    await server.close()


@pytest.fixture
async def wechat(sandbox: RunningSandbox) -> AsyncIterator[WeChat]:
    """Clients of the sandbox. The API client needs `database` for its token."""
    clients = WeChat(sandbox.configuration)
    yield clients
    await clients.close()
