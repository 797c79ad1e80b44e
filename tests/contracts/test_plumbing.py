"""The plumbing itself: clean databases, own servers, a closed network, a browser that watches."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import asyncpg
import pytest
import redis
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from core import clock as county_clock
from core import db
from core.outbox import OutboxEntry
from tests.plumbing import browsers, network
from tests.plumbing.browsers import Profile
from tests.plumbing.clocks import HeldClock
from tests.plumbing.network import OutsideNetworkError, is_local
from tests.plumbing.order import deal
from tests.plumbing.servers import own_postgres, own_redis

Serve = Callable[[web.Application], Awaitable[TestServer]]


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_gets_an_empty_database(database: str, turn: int) -> None:
    assert await OutboxEntry.all().count() == 0
    await db.connection().execute_query("CREATE TABLE left_behind (turn INTEGER)")
    await db.connection().execute_insert(f"INSERT INTO left_behind VALUES ({turn})", [])


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_gets_an_empty_redis(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left_behind", turn)


def test_own_postgres_comes_and_goes() -> None:
    async def version(url: str) -> str:
        connection = await asyncpg.connect(f"{url}/postgres")
        try:
            return str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()

    with own_postgres() as url:
        assert asyncio.run(version(url))
    with pytest.raises(OSError, match="Connect call failed"):
        asyncio.run(version(url))


def test_own_redis_comes_and_goes() -> None:
    with own_redis() as url, redis.Redis.from_url(url) as client:
        assert client.ping()
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


async def test_the_clock_moves_only_when_told(clock: HeldClock) -> None:
    before = county_clock.now()
    await asyncio.sleep(0.01)
    assert county_clock.now() == before == datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    clock.move(minutes=5)
    assert (county_clock.now() - before).total_seconds() == 300


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_nothing_leaves_the_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as leaving:
        for send in (leaving.connect, lambda to: leaving.sendto(b"?", to)):
            with pytest.raises(OutsideNetworkError):
                send((host, 9))
    assert len(network.attempts) == 2
    network.attempts.clear()


def test_no_name_is_looked_up() -> None:
    with pytest.raises(OutsideNetworkError):
        socket.getaddrinfo("doorstep.example", 443)
    assert network.attempts == ["looked up doorstep.example"]
    network.attempts.clear()


def test_the_machine_itself_may_be_reached() -> None:
    assert is_local("127.0.0.1")
    assert is_local("::1")
    assert is_local("::ffff:127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


async def page_with(serve: Serve, profile: Profile, body: str, script: str = "") -> Page:
    """Open a small page in a new profile."""
    html = f"<!doctype html><html lang='zh-CN'><title>门</title><main><h1>门</h1>{body}</main>"

    async def answer(_: web.Request) -> web.Response:
        policy = {"Content-Security-Policy": "default-src 'self'"}
        return web.Response(
            text=f"{html}<script src=s.js></script>", headers=policy, content_type="text/html"
        )

    async def answer_script(_: web.Request) -> web.Response:
        return web.Response(text=script, content_type="text/javascript")

    application = web.Application()
    application.router.add_get("/", answer)
    application.router.add_get("/s.js", answer_script)
    server = await serve(application)
    page = await (await profile()).new_page()
    await page.goto(str(server.make_url("/")))
    return page


@pytest.mark.browser
async def test_a_profile_has_camera_and_microphone(aiohttp_server: Serve, profile: Profile) -> None:
    page = await page_with(aiohttp_server, profile, "")
    ask = "navigator.mediaDevices.getUserMedia({video: true, audio: true})"
    kinds = await page.evaluate(f"{ask}.then(s => s.getTracks().map(t => t.kind).sort())")
    assert kinds == ["audio", "video"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("throw new Error('oh')", "uncaught: oh"),
        ("eval('1')", "Content Security Policy"),
        (
            "document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/a.png'}))",
            "http://192.0.2.1/a.png",
        ),
    ],
)
async def test_a_page_that_misbehaves_is_noticed(
    aiohttp_server: Serve, profile: Profile, script: str, fault: str
) -> None:
    page = await page_with(aiohttp_server, profile, "", script)
    await page.wait_for_timeout(100)
    assert any(fault in seen for seen in browsers.faults)
    browsers.faults.clear()


@pytest.mark.browser
async def test_axe_finds_a_picture_without_words(
    aiohttp_server: Serve, profile: Profile, accessible: Callable[[Page], Awaitable[None]]
) -> None:
    await accessible(await page_with(aiohttp_server, profile, "<p>好</p>"))
    with pytest.raises(pytest.fail.Exception, match="image-alt"):
        await accessible(await page_with(aiohttp_server, profile, "<img src='/s.js'>"))


@pytest.mark.browser
async def test_a_screenshot_shows_desk_and_phone(
    aiohttp_server: Serve,
    profile: Profile,
    screenshot: Callable[[Page, str], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_SCREENS", "1")
    page = await page_with(aiohttp_server, profile, "<p>好</p>")
    await screenshot(page, "plumbing")
    for size, word in ((browsers.DESK, "desk"), (browsers.PHONE, "phone")):
        picture = (browsers.SCREENS / f"plumbing-{word}.png").read_bytes()
        assert int.from_bytes(picture[16:20], "big") == size["width"]


def test_calls_are_dealt_to_as_many_workers_as_may_have_them() -> None:
    calls, rest = list("ABCDE"), list("abcdefghijklmno")
    four = deal(calls, rest, workers=4, hands=2)
    assert "".join(four) == "ACEabBDcdefghijklmno"
    assert deal(calls, rest, workers=2, hands=1) == [*calls, *rest]
    assert deal(calls, rest[:2], workers=4, hands=2) == [*calls, *rest[:2]]
