"""`python -m bench.fanout.bare URL SANDBOX FOLDER FIRST COUNT AT_ONCE`: the client alone.

The database holds the access token and nothing else.
"""

import asyncio
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvloop

from app.packages import APPS
from bench.booking.door import KEYS
from bench.fanout.county import TEMPLATE
from bench.saying import say
from core import crypto, db, garbage
from core.errors import Problem
from wechat.bindings import WeChat
from wechat.sandbox import credentials

VALUES = {
    "name1": "张**",
    "thing2": "云河县人民医院",
    "time3": datetime(2026, 11, 4, 1, tzinfo=UTC),
    "thing4": "请看预约详情",
    "thing5": "来不了请早点取消",
}


async def work(url: str, sandbox: str, folder: str, first: int, count: int, at_once: int) -> None:
    """So many messages, so many at once."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    crypto.configure(KEYS)
    await db.connect(url, APPS)
    wechat = WeChat(lambda: credentials(Path(folder), sandbox, "https://127.0.0.1/notify"))
    await wechat.api.tokens.get()
    waiting, sent = iter(range(first, first + count)), 0

    async def send() -> None:
        nonlocal sent
        for n in waiting:
            with suppress(Problem):  # a busy machine is late for some; they do not count
                await wechat.api.send(f"o-bench-{n}", TEMPLATE, VALUES, page=f"pages/bare?id={n}")
                sent += 1

    garbage.spare_what_stays()
    began, used = time.time(), time.process_time()
    await asyncio.gather(*(send() for _ in range(at_once)))
    used = time.process_time() - used
    say({"began": began, "ended": time.time(), "cpu": used, "sent": sent})
    await wechat.close()
    await db.close()


if __name__ == "__main__":
    uvloop.run(work(*sys.argv[1:4], *map(int, sys.argv[4:7])))
