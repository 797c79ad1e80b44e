"""The same residents as followers of the official account, whose turn it is to bring the words."""

import asyncio
from collections.abc import Iterator
from typing import Final

import aiohttp

from bench.fanout.place import Place
from core import clock, db
from notifications.models import Channel, Communication
from wechat.models import Follower
from wechat.sandbox.world import official_openid_of, unionid_of

AT_ONCE: Final = 32
KNOWN: Final = """
UPDATE people_resident_account SET unionid = follower.unionid FROM wechat_follower AS follower
WHERE follower.openid = $2 AND people_resident_account.openid = $1
"""


async def follow(place: Place, count: int) -> None:
    """Everybody follows, we know who that is, and nothing is left to the mini program."""
    names = iter(f"bench-{n}" for n in range(1, count + 1))
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(_some(session, place, names) for _ in range(AT_ONCE)))
    await Communication.all().update(channel=Channel.OFFICIAL)


async def _some(session: aiohttp.ClientSession, place: Place, names: Iterator[str]) -> None:
    for name in names:
        async with session.post(f"{place.sandbox}/followers", json={"name": name}) as answer:
            answer.raise_for_status()
        openid = official_openid_of(name)
        await Follower.create(
            openid=openid, unionid=unionid_of(name), follows=True, changed_at=clock.now()
        )
        await db.connection().execute_query(KNOWN, [f"o-{name}", openid])
