"""`python -m bench.api.load SECONDS < requests.json`: the same GETs again and again.

Reads `[{"url": ..., "headers": {...}, "status": 200}]`; prints how many were answered as expected,
how many were not, and the latencies, as JSON.
"""

import asyncio
import itertools
import json
import sys
import time

import aiohttp
import uvloop

from bench.saying import say

AT_ONCE = 16


async def run(seconds: float) -> dict[str, object]:
    """Keep `AT_ONCE` requests under way."""
    calls = itertools.cycle(json.loads(sys.stdin.read()))
    latencies: list[float] = []
    wrong = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        end = time.perf_counter() + seconds

        async def caller() -> None:
            nonlocal wrong
            while (began := time.perf_counter()) < end:
                call = next(calls)
                async with session.get(call["url"], headers=call["headers"]) as answer:
                    await answer.read()
                    wrong += answer.status != call["status"]
                latencies.append(time.perf_counter() - began)

        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    return {"wrong": wrong, "latencies": latencies}


if __name__ == "__main__":
    say(uvloop.run(run(float(sys.argv[1]))))
