"""`python -m bench.booking.crowd PORT TRIES < residents.json`: residents who all book at once.

Reads `{"slots": [...], "residents": [{"patient", "token"}]}`; prints the answers, the latencies and
when it began and ended, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter

import aiohttp
import uvloop

from bench.saying import say

AT_ONCE = 32


async def run(port: int, tries: int) -> dict[str, object]:
    """Each resident tries a few times at random; a broken connection is tried again."""
    given = json.loads(sys.stdin.read())
    answers: Counter[str] = Counter()
    latencies: list[float] = []
    won: list[str] = []
    gate = asyncio.Semaphore(AT_ONCE)
    dice = random.Random(given.get("seed", 7))
    plans = [(r, dice.sample(given["slots"], tries)) for r in given["residents"]]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def resident(who: dict[str, str], slots: list[str]) -> None:
            for slot in slots:
                async with gate:
                    began = time.perf_counter()
                    answer = await _book(session, port, who, slot)
                latencies.append(time.perf_counter() - began)
                answers[
                    answer["code"] if "code" in answer and "slot_id" not in answer else "won"
                ] += 1
                if "slot_id" in answer:
                    won.append(str(answer["id"]))
                    return

        began = time.time()
        await asyncio.gather(*(resident(*plan) for plan in plans))
        ended = time.time()
    return {
        "began": began,
        "ended": ended,
        "answers": answers,
        "latencies": latencies,
        "won": won,
    }


async def _book(
    session: aiohttp.ClientSession, port: int, who: dict[str, str], slot: str
) -> dict[str, object]:
    body = {"slot_id": slot, "patient_id": who["patient"]}
    headers = {"Idempotency-Key": f"{who['patient']}-{slot}"}
    if token := who.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    for _ in range(400):
        try:
            async with session.post(
                f"http://127.0.0.1:{port}/api/mp/v1/appointments", json=body, headers=headers
            ) as answer:
                found: dict[str, object] = await answer.json(content_type=None)
                return found
        except (aiohttp.ClientError, ConnectionError):
            await asyncio.sleep(0.05)
    return {"code": "unreachable"}


if __name__ == "__main__":
    say(uvloop.run(run(int(sys.argv[1]), int(sys.argv[2]))))
