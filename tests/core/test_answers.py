"""What goes out in one piece is what aiohttp would have written."""

import asyncio

import pytest
from aiohttp import web

from core import pages
from core.answers import SECURITY, Whole

BODY = '{"name":"心内科"}'.encode()
JSON = "application/json; charset=utf-8"


def whole(request: web.Request) -> Whole:
    answer = Whole(BODY, content_type=JSON, status=201)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def short(request: web.Request) -> web.Response:
    return whole(request)


async def ordinary(request: web.Request) -> web.Response:
    kept = {"Content-Type": JSON, "Cache-Control": "no-store"}
    return web.Response(body=BODY, status=201, headers=kept)


async def packed(request: web.Request) -> web.Response:
    answer = whole(request)
    answer.enable_compression()
    return answer


async def with_cookie(request: web.Request) -> web.Response:
    answer = whole(request)
    answer.set_cookie("doorstep", "1")
    return answer


async def last(request: web.Request) -> web.Response:
    answer = whole(request)
    answer.force_close()
    return answer


async def elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/short")


async def smuggled(request: web.Request) -> web.Response:
    answer = whole(request)
    answer.headers["X-Name"] = request.query["name"]
    return answer


@pytest.fixture
async def client(aiohttp_client):
    app = web.Application()
    app.on_response_prepare.append(pages.headers)
    for handler in (short, ordinary, packed, with_cookie, last, elsewhere, smuggled):
        app.router.add_get(f"/{handler.__name__}", handler)
    return await aiohttp_client(app)


async def test_it_says_what_any_other_answer_says(client):
    for ask in (client.get, client.head):
        ours, theirs = await ask("/short"), await ask("/ordinary")
        assert (ours.status, ours.reason) == (theirs.status, theirs.reason) == (201, "Created")
        assert set(ours.headers.items()) == set(theirs.headers.items())
        assert await ours.read() == await theirs.read()
    assert SECURITY.items() <= dict(ours.headers).items()


async def test_a_redirect_that_is_raised_has_the_security_headers(client):
    answer = await client.get("/elsewhere", allow_redirects=False)
    assert answer.status == 303
    assert SECURITY.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("way", ["packed", "with_cookie", "last", "short"])
async def test_with_more_to_do_it_is_written_by_aiohttp(client, way):
    for _ in range(2):
        answer = await client.get(f"/{way}")
        assert await answer.read() == BODY
        assert SECURITY.items() <= dict(answer.headers).items()
        assert answer.headers.getall("Content-Length") == [answer.headers["Content-Length"]]
    assert ("Content-Encoding" in answer.headers) is (way == "packed")
    assert ("doorstep" in answer.cookies) is (way == "with_cookie")
    assert (answer.headers.get("Connection") == "close") is (way == "last")


@pytest.mark.parametrize("name", ["a%0d%0aSet-Cookie:b=1", "a%0ab", "a%0db", "a%00"])
async def test_a_header_never_becomes_two(client, name):
    for connection in ("keep-alive", "close"):
        assert await _raw(client, f"/smuggled?name={name}", "1.1", connection) == b""


async def test_an_older_http_gets_its_answer_and_the_connection_ends(client):
    answer = await _raw(client, "/short", "1.0")
    assert answer.startswith(b"HTTP/1.0 201 Created\r\n")
    assert answer.endswith(BODY)
    assert b"nosniff" in answer


async def test_pipelined_requests_are_answered_in_their_order(client):
    reader, writer = await asyncio.open_connection(client.host, client.port)
    last = b"GET /last HTTP/1.1\r\nHost: here\r\n\r\n"
    writer.write(b"GET /short HTTP/1.1\r\nHost: here\r\n\r\n" * 3 + last)
    answers = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answers.count(BODY) == answers.count(b"HTTP/1.1 201 Created\r\n") == 4


async def test_who_asks_and_does_not_read_is_waited_for(aiohttp_client):
    asked = []

    async def large(request: web.Request) -> web.Response:
        asked.append(request)
        return Whole(bytes(1 << 20), content_type=JSON)

    app = web.Application()
    app.router.add_get("/", large)
    client = await aiohttp_client(app)
    _, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n" * 100)
    before = -1
    while before < len(asked):  # as long as it goes on answering
        before = len(asked)
        for _ in range(100):
            await asyncio.sleep(0)
    assert len(asked) < 30, "what the network holds, and no more"
    writer.close()


async def _raw(client, path: str, version: str, connection: str = "close") -> bytes:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    head = f"GET {path} HTTP/{version}\r\nHost: here\r\nConnection: {connection}\r\n\r\n"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer
