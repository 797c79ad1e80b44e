"""A body that comes in pieces is read to its end, and no further than allowed."""

import asyncio

import pytest
from aiohttp import ClientSession, web

from core.streams import up_to


@pytest.mark.parametrize(
    ("most", "wanted"), [(100, b"one two three"), (6, b"one tw"), (4, b"one ")]
)
async def test_a_body_in_pieces_is_whole_and_no_larger_than_wanted(most, wanted):
    heard = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await up_to(request.content, most))
        return web.Response(body=heard[-1])

    app = web.Application()
    app.router.add_post("/", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]

    async def pieces():
        for piece in (b"one ", b"two ", b"three"):
            yield piece
            await asyncio.sleep(0.05)

    async with (
        ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}/", data=pieces()) as answer,
    ):
        assert await up_to(answer.content, 100) == wanted
    await runner.cleanup()
    assert heard == [wanted]
