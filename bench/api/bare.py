"""`python -m bench.api.bare URL PORT`: aiohttp, asyncpg and one read by primary key.

No sessions, no rules, no ORM: what this machine's Python can do at most. Prints `ready`.
"""

import asyncio
import sys
from uuid import UUID

import asyncpg
import uvloop
from aiohttp import web


async def serve(url: str, port: int) -> None:
    """Serve until killed."""

    async def keep(connection: object) -> None:
        """As the house's pool does: no reset query."""

    pool = await asyncpg.create_pool(url, min_size=1, max_size=20, reset=keep)

    async def read(request: web.Request) -> web.Response:
        slot_id = UUID(request.match_info["id"])
        async with pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT id, starts_at, ends_at, remaining FROM booking_slot WHERE id = $1", slot_id
            )
        return web.json_response({name: str(value) for name, value in row.items()})

    app = web.Application()
    app.router.add_get("/slots/{id}", read)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
