"""One question for all who ask at the same moment."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from core import db
from core.audit import AuditHead
from core.gathering import Gathered
from tests.plumbing.databases import on_postgres

pytestmark = pytest.mark.usefixtures("database")


class Source:
    """Doubles numbers, and remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def answer(self, keys):
        self.asked.append(list(keys))
        await asyncio.sleep(0)
        if 13 in keys:
            raise ValueError("unlucky")
        return [key * 2 for key in keys]


@pytest.fixture
def source():
    return Source()


async def test_who_asks_at_the_same_moment_is_asked_together(source):
    gathered = Gathered(source.answer)
    assert await asyncio.gather(*(gathered.ask(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert source.asked == [[0, 1, 2, 3, 4]]


async def test_a_round_has_a_limit_and_the_rest_comes_next(source):
    gathered = Gathered(source.answer, most=2)
    assert await asyncio.gather(*(gathered.ask(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert source.asked == [[0, 1], [2, 3], [4]]


async def test_who_comes_while_a_question_is_under_way_is_in_the_next(source):
    gathered = Gathered(source.answer)
    first = asyncio.create_task(gathered.ask(1))
    while not source.asked:
        await asyncio.sleep(0)
    assert await asyncio.gather(first, gathered.ask(2), gathered.ask(3)) == [2, 4, 6]
    assert source.asked == [[1], [2, 3]]


async def test_one_bad_key_harms_nobody_else(source):
    gathered = Gathered(source.answer)
    found = await asyncio.gather(*(gathered.ask(n) for n in (1, 13, 3)), return_exceptions=True)
    assert found[0] == 2
    assert found[2] == 6
    assert isinstance(found[1], ValueError)
    assert await gathered.ask(4) == 8, "it goes on"


async def test_who_goes_away_takes_nothing_from_the_others(source):
    gathered = Gathered(source.answer)
    gone = asyncio.create_task(gathered.ask(1))
    stays = asyncio.create_task(gathered.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_transaction_asks_for_itself(source):
    gathered = Gathered(source.answer)

    async def inside() -> int:
        async with db.atomic():
            return await gathered.ask(1)

    assert await asyncio.gather(inside(), gathered.ask(2)) == [2, 4]
    assert sorted(source.asked) == [[1], [2]]


async def test_what_follows_a_round_comes_after_its_answers_and_before_the_next(source):
    told = []

    async def then(values):
        told.append((list(values), len(source.asked)))

    gathered = Gathered(source.answer, most=2, then=then)
    assert await asyncio.gather(*(gathered.ask(n) for n in range(3))) == [0, 2, 4]
    await asyncio.sleep(0)
    assert told == [([0, 2], 1), ([4], 2)]


PID = "SELECT pg_backend_pid() AS pid"
only_postgres = pytest.mark.skipif(not on_postgres(), reason="the pool is PostgreSQL's")


async def _pid(_: object = None) -> int:
    return int((await db.fetch(PID))[0]["pid"])


@only_postgres
async def test_what_one_task_asks_in_a_row_takes_one_connection():
    async with db.one_connection():
        first, again = await _pid(), await _pid()
        beside = await asyncio.gather(_pid(), _pid())
        async with db.atomic():
            inside = await _pid()
    assert first == again
    assert first not in {*beside, inside}


@only_postgres
async def test_a_lost_connection_is_lost_for_one_question_only():
    async with db.one_connection():
        lost = await _pid()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await db.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        assert await _pid() != lost


async def test_what_breaks_an_index_is_said_as_ever():
    insert = "INSERT INTO core_audit_head (id, seq, chain, mac) VALUES (7, 1, 'c', 'm')"
    async with db.one_connection():
        await db.fetch(insert)
        with pytest.raises(IntegrityError):
            await db.fetch(insert)
        assert len(await db.fetch("SELECT id FROM core_audit_head WHERE id = 7")) == 1


async def test_a_transaction_in_a_round_sees_what_it_wrote():
    async def answer(keys):
        async with db.atomic():
            await AuditHead.create(id=8, seq=1, chain="c", mac="m")
            rows = await db.fetch("SELECT id FROM core_audit_head WHERE id = 8")
        return [len(rows)] * len(keys)

    assert await Gathered(answer).ask("x") == 1


async def test_who_asks_while_the_connection_is_given_back_is_answered(source):
    async def answer(keys):
        await db.fetch("SELECT 1 AS one")
        return await source.answer(keys)

    gathered = Gathered(answer)
    for turns in range(12):
        first = asyncio.create_task(gathered.ask(turns))
        await first
        for _ in range(turns):
            await asyncio.sleep(0)
        assert await asyncio.wait_for(gathered.ask(turns + 1), 5) == 2 * turns + 2
