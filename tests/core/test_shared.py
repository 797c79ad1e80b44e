"""What is the same for everybody is made once for all who ask at the same moment."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core import pages
from core.errors import NotFound
from core.etags import revalidated
from core.http import Schema, endpoint
from core.shared import same_for_all

pytestmark = pytest.mark.usefixtures("database")


class TimesIn(Schema):
    day: int


class TimesOut(Schema):
    day: int
    name: str = "上午"


@pytest.fixture
async def asked():
    """The days that were read, by a server whose reading takes a while."""
    read: list[int] = []

    @revalidated
    @same_for_all
    @endpoint
    async def times(request: web.Request, *, query: TimesIn) -> TimesOut:
        read.append(query.day)
        await asyncio.sleep(0.05)
        if query.day == 13:
            raise NotFound("no_such_day", "没有这一天。")
        return TimesOut(day=query.day)

    app = web.Application(middlewares=[pages.problems])
    app.router.add_get("/times", times)
    async with TestClient(TestServer(app)) as client:

        async def ask(*days: int, **headers: str) -> list[tuple[int, str]]:
            async def one(day: int) -> tuple[int, str]:
                answer = await client.get(f"/times?day={day}", headers=headers)
                return answer.status, await answer.text()

            return await asyncio.gather(*map(one, days))

        yield read, ask, client


async def test_many_share_one_reading(asked):
    read, ask, _ = asked
    answers = await ask(1, 1, 1, 1)
    assert {status for status, _ in answers} == {200}
    assert {text for _, text in answers} == {'{"day":1,"name":"上午"}'}
    assert len(read) <= 2, "the first alone, the others together"


async def test_another_address_is_another_answer_and_a_refusal_is_its_own(asked):
    _, ask, _ = asked
    answers = await ask(1, 2, 13, 2)
    assert [status for status, _ in answers] == [200, 200, 404, 200]
    assert '"day":2' in answers[1][1]
    assert "没有这一天" in answers[2][1]


async def test_what_is_asked_later_is_read_later(asked):
    read, ask, _ = asked
    await ask(1)
    await ask(1)
    assert read == [1, 1]


async def test_each_has_headers_of_its_own(asked):
    _, _, client = asked
    first, second = await asyncio.gather(client.get("/times?day=1"), client.get("/times?day=1"))
    tag = first.headers["ETag"]
    assert second.headers["ETag"] == tag
    assert first.headers["Content-Type"] == "application/json; charset=utf-8"
    again = await client.get("/times?day=1", headers={"If-None-Match": tag})
    assert (again.status, await again.read()) == (304, b"")


async def test_each_who_asked_gets_an_answer_of_their_own(asked):
    _, ask, _ = asked
    one, other = await asyncio.gather(ask(1), ask(1))
    assert one == other == [(200, '{"day":1,"name":"上午"}')]
