"""A repeated write answers as the first did; another body under the same key is refused."""

import asyncio

import pytest
from aiohttp import web

from core import idempotency, pages
from core.http import Schema, endpoint


class NumberIn(Schema):
    number: int


class NumberOut(Schema):
    count: int


class Counter:
    """An app whose writes can be counted and held up."""

    def __init__(self) -> None:
        self.count = 0
        self.hold = asyncio.Event()
        self.hold.set()
        self.fail = False

    def app(self) -> web.Application:
        app = web.Application(middlewares=[pages.problems])
        app.router.add_post("/api/numbers", idempotency.once(endpoint(self.add, status=201)))
        app.router.add_post("/form", idempotency.once(self.submit))
        return app

    async def add(self, request: web.Request, *, body: NumberIn) -> NumberOut:
        await self.hold.wait()
        if self.fail:
            raise RuntimeError("died in the middle")
        self.count += 1
        return NumberOut(count=self.count)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        self.count += 1
        raise pages.see_other(f"/done/{self.count}")


@pytest.fixture
async def counter(database):
    return Counter()


@pytest.fixture
async def client(counter, aiohttp_client):
    return await aiohttp_client(counter.app())


async def add(client, number: int, key: str | None):
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post("/api/numbers", json={"number": number}, headers=headers)


async def test_the_same_key_and_body_give_the_same_answer(client, counter):
    first, second = await add(client, 1, "k"), await add(client, 1, "k")
    assert (first.status, second.status) == (201, 201)
    assert await first.json() == await second.json() == {"count": 1}
    assert counter.count == 1


async def test_the_same_key_with_another_body_is_refused(client, counter):
    await add(client, 1, "k")
    refused = await add(client, 2, "k")
    assert refused.status == 422
    assert (await refused.json())["code"] == "idempotency_key_reused"
    assert counter.count == 1


async def test_without_a_key_every_write_counts(client, counter):
    await add(client, 1, None)
    await add(client, 1, None)
    assert counter.count == 2


async def test_a_second_click_while_the_first_runs_is_told_to_wait(client, counter):
    counter.hold.clear()
    first = asyncio.ensure_future(add(client, 1, "k"))
    await asyncio.sleep(0.1)
    assert (await add(client, 1, "k")).status == 409
    counter.hold.set()
    assert (await first).status == 201
    assert counter.count == 1


async def test_a_refused_form_may_be_mended_and_sent_again(client, counter):
    headers = {"Idempotency-Key": "k"}
    assert (await client.post("/api/numbers", json={}, headers=headers)).status == 422
    assert (await add(client, 1, "k")).status == 201


async def test_a_crash_frees_the_key(client, counter):
    counter.fail = True
    assert (await add(client, 1, "k")).status == 500
    counter.fail = False
    assert (await add(client, 1, "k")).status == 201


async def test_a_form_submitted_twice_leads_to_the_same_page(client, counter):
    form = {"once": "abc", "note": "x"}
    answers = [await client.post("/form", data=form, allow_redirects=False) for _ in range(2)]
    assert [a.status for a in answers] == [303, 303]
    assert {a.headers["Location"] for a in answers} == {"/done/1"}
