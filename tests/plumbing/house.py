"""The real application in the test's own process, and people who knock at it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from jinja2.bccache import Bucket

from app import caretaking
from app.demo import people as demo
from app.main import create_app
from app.settings import Settings
from core import clock, crypto, csrf
from people import sessions
from people.models import Account, Session
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from wechat.sandbox import SANDBOX

SEED: Final = "a-seed-for-tests"
PAGE: Final = {"Accept": "text/html"}


class Compiled(jinja2.BytecodeCache):
    """Templates compiled for one house serve the next ones of this process too."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED: Final = Compiled()


class Visitor:
    """Somebody with a browser of their own: cookies, and the token every form carries."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.client.session.cookie_jar.update_cookies(
            {csrf.COOKIE: SEED}, self.client.make_url("/")
        )

    async def get(self, path: str, **options: Any) -> ClientResponse:
        """Ask for a page, and stay where the answer is."""
        return await self.client.get(path, **self._as_page(options))

    async def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form of our own pages."""
        data = {csrf.FIELD: form_token(), **(fields or {})}
        return await self.client.post(path, data=data, **self._as_page(options))

    async def sign_in(self, username: str, password: str = demo.PASSWORD) -> ClientResponse:
        """Use the sign-in form."""
        answer = await self.post("/login", {"username": username, "password": password})
        assert isinstance(answer, ClientResponse)
        return answer

    @property
    def token(self) -> str:
        """The session cookie, empty when there is none."""
        found = self.client.session.cookie_jar.filter_cookies(self.client.make_url("/"))
        return found[sessions.COOKIE].value if sessions.COOKIE in found else ""

    def _as_page(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = PAGE | options.pop("headers", {})
        return {"allow_redirects": False, "headers": headers, **options}


def form_token() -> str:
    """The hidden field of every form for these visitors."""
    return crypto.keyring().mac("csrf", SEED.encode())


class House:
    """The running application. `address` is where real browsers reach it."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.address = str(server.make_url("/")).rstrip("/")
        self.clients: list[TestClient] = []

    @property
    def app(self) -> web.Application:
        """The application, for its keys."""
        return self.server.app

    async def visitor(self) -> Visitor:
        """Somebody who is not signed in."""
        client = TestClient(self.server)
        self.clients.append(client)
        return Visitor(client)  # type: ignore[arg-type]

    async def signed_in(self, username: str) -> Visitor:
        """A member of staff with an open session, made without the slow password."""
        account, moment = await Account.get(username=username), clock.now()
        token, hashed = sessions.new_token()
        await Session.create(
            token_hash=hashed,
            account=account,
            created_at=moment,
            seen_at=moment,
            second_factor_at=moment,
            reauthenticated_at=moment,
        )
        visitor = await self.visitor()
        jar = visitor.client.session.cookie_jar
        jar.update_cookies({sessions.COOKIE: token}, visitor.client.make_url("/"))
        return visitor


Build = Callable[..., Awaitable[House]]

TICK_S: Final = 0.4
REFUND_S: Final = 0.4


@pytest.fixture(scope="session", autouse=True)
def quick_caretaker() -> None:
    """What a house looks after every other second, it looks after more often.

    Processes of their own keep the house's own pace.
    """
    for name in ("BOOKING", "PAYMENTS", "PARCELS", "PHARMACY"):
        setattr(caretaking, f"{name}_EVERY_S", TICK_S)


def _hurry(app: web.Application) -> None:
    """WeChat gives money back within a moment."""
    for part in app._subapps:
        if SANDBOX in part:
            part[SANDBOX].options.refund_s = REFUND_S


@pytest.fixture
async def build_house(
    database_url: str, tmp_path: Path, sandbox_folder: Path
) -> AsyncIterator[Build]:
    """`await build_house(demo=False)`: the application with other settings."""
    built: list[House] = []

    async def build(**options: Any) -> House:
        settings = Settings(
            **{
                "database_url": database_url,
                "data_dir": tmp_path / "var",
                "demo": True,
                "secret_key": SECRET_KEY,
                "field_key": FIELD_KEY,
                **options,
            }
        )
        if not settings.sandbox_dir().exists():
            shutil.copytree(sandbox_folder, settings.sandbox_dir())
        app = create_app(settings)
        aiohttp_jinja2.get_env(app).bytecode_cache = COMPILED
        _hurry(app)
        server = TestServer(app)
        await server.start_server()
        settings.port = server.port or 0  # where the WeChat sandbox finds the house, and it itself
        house = House(server)
        built.append(house)
        await demo.found_organizations()
        await demo.hire_staff()
        return house

    yield build
    for house in built:
        for client in house.clients:
            await client.session.close()  # TestClient.close would close the server each time
        await house.server.close()


@pytest.fixture
async def house(build_house: Build) -> House:
    """The application as in the demo, with organizations and staff and nobody else."""
    return await build_house()
