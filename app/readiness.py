"""What this process needs before it takes anybody in (`/readyz`)."""

import functools

import redis.asyncio
from aiohttp import web

from core import db, observability
from rtc import switchboard


def checks(app: web.Application, redis_url: str | None) -> dict[str, observability.Check]:
    """Each by its name; one raises what is wrong, or Unused where the house does without."""
    return {
        "database": db.ping,
        "redis": functools.partial(_ping_redis, redis_url),
        "media": functools.partial(_media_answers, app),
    }


async def _ping_redis(url: str | None) -> None:
    if not url:
        raise observability.Unused
    client = redis.asyncio.from_url(url, socket_timeout=2)
    try:
        await client.ping()
    finally:
        await client.aclose()


async def _media_answers(app: web.Application) -> None:
    board = app.get(switchboard.SWITCHBOARD)
    if board is None or not board.plan.nodes:
        raise observability.Unused
    await switchboard.ready(board)
