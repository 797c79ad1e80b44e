"""A process of its own that wants the access token: `python -m tests.wechat.token_process`.

Reads JSON from stdin, says "ready", waits for a line, then asks for the token many times at once
and prints the tokens it got.
"""

import asyncio
import json
import sys

from app.packages import APPS
from core import crypto, db
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from wechat.api import Api
from wechat.settings import MiniProgram


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> None:
    given = json.loads(sys.stdin.readline())
    field_keys = crypto.parse_field_keys(FIELD_KEY)
    crypto.configure(crypto.Keyring(secret_key=SECRET_KEY, field_keys=field_keys))
    await db.connect(given["database_url"], APPS)
    api = Api(MiniProgram(**given["program"]))
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    tokens = await asyncio.gather(*(api.tokens.get(stale=given["stale"]) for _ in range(20)))
    say(json.dumps(tokens))
    await api.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main())
