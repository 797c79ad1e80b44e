"""Who follows the official account. A push says that something changed, `user/info` what is true.

Pushes come twice, late and in any order, and have to be answered within five seconds: so they only
write down that WeChat is to be asked, and `keep_asking` asks.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

import structlog
from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core import clock, db
from core.errors import Problem
from wechat.errors import UnknownUser
from wechat.models import Follower
from wechat.official.api import OfficialApi
from wechat.schemas import FollowerAnswer

log = structlog.get_logger(__name__)

EVERY_S: Final = 1.0
AT_ONCE: Final = 50
MOST: Final = 10
"""So often WeChat is asked about one push; then it waits for the next push."""
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
FOLLOWING: Final = """
SELECT asked.unionid, follower.openid FROM wechat_follower AS follower
JOIN {asked} ON follower.unionid = asked.unionid WHERE follower.follows
"""


async def heard(openid: str, *, came: bool) -> None:
    """WeChat says that somebody came or went; a repeat only has it asked again."""
    moment = clock.now()
    forget = {} if came else {"unionid": None}
    new = Follower(openid=openid, follows=came, heard=0, changed_at=moment)
    async with db.atomic():
        await Follower.bulk_create([new], ignore_conflicts=True)
        await Follower.filter(openid=openid).update(
            follows=came, heard=F("heard") + 1, ask_at=moment, asked=0, changed_at=moment, **forget
        )


async def gone(openid: str) -> None:
    """WeChat refused a message, because they do not follow (any more)."""
    mine = Follower.filter(openid=openid)
    await mine.update(follows=False, unionid=None, changed_at=clock.now())


async def openids(unionids: Collection[str]) -> dict[str, str]:
    """Of these people, those who follow, by their unionid."""
    asked = [{"unionid": one} for one in unionids]
    query = FOLLOWING.format(asked=db.asked(unionid="text"))
    found = await db.fetch(query, db.listed(asked)) if asked else []
    return {row["unionid"]: row["openid"] for row in found}


async def unionid_of(openid: str) -> str | None:
    """Who the follower is in all our apps, where that is known."""
    found = await Follower.get_or_none(openid=openid)
    return found.unionid if found else None


async def ask(api: OfficialApi) -> int:
    """Ask WeChat about those it has pushed something about; how many were asked. Call with no
    transaction open."""
    rows = await _due().order_by("ask_at").limit(AT_ONCE)
    for row in rows:
        await _ask(api, row)
    return len(rows)


def _due() -> QuerySet[Follower]:
    return Follower.filter(ask_at__lte=clock.now())


async def _ask(api: OfficialApi, row: Follower) -> None:
    mine = Follower.filter(openid=row.openid, heard=row.heard)  # nothing was pushed meanwhile
    try:
        found = await api.user(row.openid)
    except UnknownUser:
        found = FollowerAnswer(subscribe=0)
    except Problem as problem:
        log.warning("wechat_follower_unknown", code=problem.code, asked=row.asked + 1)
        await mine.update(asked=row.asked + 1, ask_at=_again(row.asked + 1))
        return
    follows = found.subscribe == 1
    await mine.update(follows=follows, unionid=found.unionid if follows else None, ask_at=None)


def _again(asked: int) -> datetime | None:
    if asked >= MOST:
        return None
    wait: timedelta = min(FIRST_WAIT * 2**asked, LONGEST_WAIT)
    return clock.now() + wait


async def keep_asking(api: Callable[[], OfficialApi]) -> None:
    """Until cancelled. `api` is wanted only when there is something to ask."""
    while True:
        try:
            asked = await ask(api()) if await _due().exists() else 0
        except Exception:
            log.exception("wechat_followers_failed")
            asked = 0
        if not asked:
            await asyncio.sleep(EVERY_S)
