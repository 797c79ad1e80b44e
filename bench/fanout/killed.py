"""`python -m bench.fanout.killed ADDRESS COUNT KILLS [official]`: the sender is killed repeatedly.

A sender works for a random moment, then SIGKILL, then the next one begins; what arrived is counted
at the sandbox. Prints what was counted.
"""

import asyncio
import logging
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import structlog
from aiohttp import web

from bench.fanout import county, followers
from bench.fanout.place import Place, place_of, sender
from bench.media.server import free_port
from bench.saying import say
from notifications import receipts
from notifications.models import Attempt, Communication
from notifications.states import Delivery, Stage
from wechat.bindings import HEARING, WECHAT, WeChat
from wechat.routes import PATH, routes
from wechat.sandbox import credentials

PAGE = "pages/appointment/"
MESSAGES = {False: "/messages", True: "/template-messages"}


@dataclass(frozen=True)
class Killed:
    """What was counted after a sender was killed again and again."""

    kills: int
    arrived: county.Arrived
    unsure: int
    given_up: int
    open: int


async def killed_again(address: str, count: int, often: int, *, official: bool = False) -> Killed:
    """Send `count`; about so many senders are killed at random moments, the last one ends.

    `official`: by the official account, of which no word is heard: WeChat's memory of our numbers
    alone keeps anybody from being told twice.
    """
    port, kills, batch = free_port(), 0, max(10, count // 200)
    push_url = f"http://127.0.0.1:{port}{PATH}"
    async with (
        place_of(address, count, credits=3, push_url=push_url) as place,
        _ear(place, port),
    ):
        until = 0.0
        if official:
            await followers.follow(place, count)
        while (until := until + count / often * random.uniform(0.5, 1.3)) < count * 0.9:
            process = await sender(place, lease_s=3, word_s=4, batch=batch)
            async with asyncio.timeout(120):
                while await Attempt.all().count() < until:  # noqa: ASYNC110  (another process's)
                    await asyncio.sleep(random.uniform(0, 0.03))
            process.kill()
            kills += 1
            await process.wait()
        last = await sender(place, lease_s=3, word_s=4, batch=batch)
        await asyncio.wait_for(last.wait(), 180)
        return Killed(
            kills,
            await county.arrived(place.sandbox, page=PAGE, path=MESSAGES[official]),
            await Attempt.filter(code__in=["killed", "not_heard_of"]).count(),
            await Attempt.filter(status=Delivery.GIVEN_UP).count(),
            await Communication.exclude(status=Stage.SENT).count(),
        )


@asynccontextmanager
async def _ear(place: Place, port: int) -> AsyncIterator[None]:
    """The house's address for WeChat's pushes, as it is in the web process."""
    app = web.Application()
    app[WECHAT] = WeChat(lambda: credentials(place.folder, place.sandbox, "https://127.0.0.1/n"))
    app[HEARING] = receipts.heard_from_wechat
    app.router.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    given = (sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    found = asyncio.run(killed_again(*given, official="official" in sys.argv[4:]))
    say(asdict(found))
