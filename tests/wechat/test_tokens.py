"""One access token for all processes, fetched by one of them at a time."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

import pytest

from core import clock as county_clock
from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat.bindings import WeChat
from wechat.errors import Misconfigured, Unreachable
from wechat.models import AccessToken
from wechat.sandbox.keys import APP_ID
from wechat.tokens import LEASE, Token, Tokens

PATIENCE_S = 60


async def processes(sandbox: RunningSandbox, database_url: str, *, stale: str = "") -> set[str]:
    """Let two processes ask twenty times each, at the same moment; return the tokens they got."""
    program = sandbox.configuration().mini_program
    assert program
    given = {"database_url": database_url, "program": asdict(program), "stale": stale}
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.wechat.token_process")
    both = [
        await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe) for _ in range(2)
    ]
    try:
        async with asyncio.timeout(PATIENCE_S):
            for process in both:
                assert process.stdin
                assert process.stdout
                process.stdin.write(json.dumps(given).encode() + b"\n")
                assert await process.stdout.readline() == b"ready\n"
            ends = [process.communicate(b"go\n") for process in both]
            outputs = [out for out, _ in await asyncio.gather(*ends)]
    finally:
        for process in both:
            if process.returncode is None:
                process.kill()
                await process.wait()
    answers = [json.loads(out.splitlines()[-1]) for out in outputs]  # after the log
    assert [len(answer) for answer in answers] == [20, 20]
    return set(answers[0]) | set(answers[1])


async def test_two_cold_processes_fetch_one_token(
    sandbox: RunningSandbox, database_url: str
) -> None:
    assert len(await processes(sandbox, database_url)) == 1
    assert sandbox.state.counts["stable_token"] == 1


async def test_two_processes_with_a_refused_token_renew_it_once(
    sandbox: RunningSandbox, database: str, wechat: WeChat
) -> None:
    """WeChat still thinks the token good, so it takes a second, forced fetch; but not four."""
    stale = await wechat.api.tokens.get()
    sandbox.state.counts.clear()
    (token,) = await processes(sandbox, database, stale=stale)
    assert token != stale
    assert sandbox.state.counts["stable_token"] == 2


class WeChatsToken:
    """What WeChat would give: counted, with a brake."""

    def __init__(self) -> None:
        self.fetched = 0
        self.failing: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, force: bool) -> Token:
        self.fetched += 1
        await self.gate.wait()
        if self.failing:
            raise self.failing
        return Token(f"token-{self.fetched}", county_clock.now() + timedelta(hours=2))


@pytest.fixture
def given_by() -> WeChatsToken:
    return WeChatsToken()


Make = Callable[[], Tokens]


@pytest.fixture
def process(database: str, given_by: WeChatsToken) -> Make:
    """Each call is another process's view of the same token."""
    return lambda: Tokens(APP_ID, given_by)


async def test_another_process_uses_the_token_that_is_there(
    process: Make, given_by: WeChatsToken
) -> None:
    assert await process().get() == await process().get() == "token-1"
    assert given_by.fetched == 1


async def test_it_is_renewed_before_its_end(
    process: Make, given_by: WeChatsToken, clock: HeldClock
) -> None:
    mine = process()
    await mine.get()
    clock.move(hours=1, minutes=55)
    assert await mine.get() == "token-1"
    clock.move(minutes=1, seconds=1)
    assert await mine.get() == "token-2"
    assert await process().get() == "token-2"


async def test_the_old_token_serves_while_somebody_fetches(
    process: Make, given_by: WeChatsToken, clock: HeldClock
) -> None:
    first, second = process(), process()
    await first.get()
    clock.move(hours=1, minutes=57)
    given_by.gate.clear()
    fetching = asyncio.ensure_future(first.get())
    while given_by.fetched < 2:
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
    assert await second.get() == "token-1"
    given_by.gate.set()
    assert await fetching == "token-2"
    assert await second.get() == "token-2"


async def test_the_old_token_serves_when_wechat_is_away(
    process: Make, given_by: WeChatsToken, clock: HeldClock
) -> None:
    mine = process()
    await mine.get()
    clock.move(hours=1, minutes=57)
    given_by.failing = Unreachable("wechat_unreachable", "")
    assert await mine.get() == "token-1"
    clock.move(minutes=4)
    with pytest.raises(Unreachable):
        await mine.get()


async def test_waiting_callers_share_a_failure(process: Make, given_by: WeChatsToken) -> None:
    mine = process()
    given_by.failing = Misconfigured("wechat_refused", "")
    answers: list[Awaitable[str]] = [mine.get() for _ in range(20)]
    results = await asyncio.gather(*answers, return_exceptions=True)
    assert all(isinstance(result, Misconfigured) for result in results)
    assert given_by.fetched == 1


async def test_a_process_that_died_while_fetching_holds_nobody_up(
    process: Make, given_by: WeChatsToken, clock: HeldClock
) -> None:
    await AccessToken.create(
        app_id=APP_ID, lease="of the dead", leased_until=clock() + LEASE, generation=7
    )
    waiting = asyncio.ensure_future(process().get())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    assert given_by.fetched == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert await waiting == "token-1"


async def test_a_cancelled_fetch_gives_its_lease_back(
    process: Make, given_by: WeChatsToken
) -> None:
    given_by.gate.clear()
    fetching = asyncio.ensure_future(process().get())
    while not given_by.fetched:
        await asyncio.sleep(0.001)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    given_by.gate.set()
    assert await process().get() == "token-2"
