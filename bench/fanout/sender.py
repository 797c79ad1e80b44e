"""`python -m bench.fanout.sender URL SANDBOX FOLDER LEASE_S WORD_S BATCH`: one sender.

Sends until nothing waits, then says when it began and ended. It may be killed at any moment.
"""

import asyncio
import sys
import time
from datetime import time as hour
from datetime import timedelta
from pathlib import Path

import structlog
import uvloop

from app.packages import APPS
from bench.booking.door import KEYS
from bench.saying import say
from core import crypto, db, garbage
from core.quiet import Quiet
from notifications import policy
from notifications.models import Channel
from notifications.sending.official import OfficialChannel
from notifications.sending.sender import Sender
from notifications.sending.wechat import WechatChannel
from wechat.bindings import WeChat
from wechat.sandbox import credentials

LEFT = """
SELECT 1 FROM notifications_communication
WHERE status = 'waiting' AND channel IN ('wechat', 'official')
UNION ALL SELECT 1 FROM notifications_communication WHERE status = 'sending'
UNION ALL SELECT 1 FROM notifications_communication WHERE status = 'unsure' LIMIT 1
"""


async def work(
    url: str, sandbox: str, folder: str, lease_s: float, word_s: float, batch: int
) -> None:
    """Until nothing is left."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    crypto.configure(KEYS)
    policy.configure(
        policy.Params(
            per_second=dict.fromkeys(Channel, 1e6),
            batch=batch,
            lease=timedelta(seconds=lease_s),
            word=timedelta(seconds=word_s),
            quiet=Quiet(hour(0), hour(0)),
        )
    )
    await db.connect(url, APPS)
    wechat = WeChat(lambda: credentials(Path(folder), sandbox, "https://127.0.0.1/notify"))
    await wechat.api.tokens.get()
    sender = Sender([WechatChannel(wechat), OfficialChannel(wechat)])
    garbage.spare_what_stays()
    began, used = time.time(), time.process_time()
    running = asyncio.ensure_future(sender.run(poll_s=0.2))
    while await db.fetch(LEFT):  # noqa: ASYNC110  (another process may have them)
        await asyncio.sleep(0.2)
    used = time.process_time() - used
    say({"began": began, "ended": time.time(), "cpu": used})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await wechat.close()
    await db.close()


if __name__ == "__main__":
    uvloop.run(work(*sys.argv[1:4], float(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6])))
