"""A repeated write answers as the first did; another body under the same key is refused."""

import asyncio
import json

import pytest
from aiohttp import web

from core import db, idempotency, pages
from core.http import Schema, endpoint


class NumberIn(Schema):
    number: int
    name: str = ""


class NumberOut(Schema):
    count: int
    name: str = ""


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
        return NumberOut(count=self.count, name=body.name)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        self.count += 1
        raise pages.see_other(f"/done/{self.count}")


@pytest.fixture
async def counter(database):
    return Counter()


@pytest.fixture
async def client(counter, aiohttp_client):
    return await aiohttp_client(counter.app())


async def add(client, number: int, key: str | None, **more):
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post("/api/numbers", json={"number": number, **more}, headers=headers)


async def test_the_same_key_and_body_give_the_same_answer(client, counter):
    first, second = await add(client, 1, "k"), await add(client, 1, "k")
    assert (first.status, second.status) == (201, 201)
    assert await first.json() == await second.json() == {"count": 1, "name": ""}
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


async def test_an_answer_about_a_person_is_kept_where_nobody_reads_it(client):
    given = {"name": "王桂英110105194912310021"}
    first, second = await add(client, 1, "k", **given), await add(client, 1, "k", **given)
    assert await first.json() == await second.json() == {"count": 1, **given}
    (row,) = await db.fetch("SELECT * FROM core_idempotent_answer")
    kept = json.dumps(dict(row), default=str, ensure_ascii=False)
    assert "王桂英" not in kept
    assert "\\u738b" not in kept
    assert "110105194912310021" not in kept
    assert row["body"].startswith("sealed1.")


async def test_the_hash_of_a_body_cannot_be_tried_out_by_who_reads_the_table(client):
    """Names and numbers are few enough to be guessed: a bare hash of the body would tell them."""
    await add(client, 1, "k")
    (row,) = await db.fetch("SELECT fingerprint FROM core_idempotent_answer")
    assert row["fingerprint"] != idempotency._hash(json.dumps({"number": 1}))


async def killed(client, counter):
    """A process that took the key and died with it; its row is all that is left."""
    counter.hold.clear()
    first = asyncio.ensure_future(add(client, 1, "k"))
    while not await idempotency.IdempotentAnswer.filter(status=0).exists():
        await asyncio.sleep(0.01)
    row = await idempotency.IdempotentAnswer.get()
    counter.hold.set()
    await first
    counter.count = 0
    await idempotency.IdempotentAnswer.filter(id=row.id).update(
        status=0, lease=row.lease, body="", at=row.at
    )


async def test_a_killed_process_holds_the_key_for_seconds_only(clock, client, counter):
    await killed(client, counter)
    waits = await add(client, 1, "k")
    assert (waits.status, waits.headers["Retry-After"]) == (409, "2")
    clock.move(seconds=idempotency.LEASE.total_seconds() + 1)
    assert (await add(client, 1, "k")).status == 201
    assert counter.count == 1
    assert (await add(client, 1, "k")).status == 201
    assert counter.count == 1


async def test_a_long_attempt_keeps_the_key_as_long_as_it_lives(
    clock, client, counter, monkeypatch
):
    monkeypatch.setattr(idempotency, "BEAT_S", 0.01)
    counter.hold.clear()
    first = asyncio.ensure_future(add(client, 1, "k"))
    answers = idempotency.IdempotentAnswer.all()
    while not await answers.exists():
        await asyncio.sleep(0.01)
    for _ in range(3):
        moment = clock.move(seconds=10) or clock.now()
        while not await answers.filter(at=moment).exists():  # it said that it lives
            await asyncio.sleep(0.01)
        assert (await add(client, 1, "k")).status == 409
    counter.hold.set()
    assert (await first).status == 201
    assert counter.count == 1


async def test_an_attempt_that_comes_back_to_life_changes_nothing(clock, client, counter):
    """It stood still (a frozen machine), another took its place, then it went on."""
    counter.hold.clear()
    first = asyncio.ensure_future(add(client, 1, "k"))
    while not await idempotency.IdempotentAnswer.all().exists():
        await asyncio.sleep(0.01)
    clock.move(seconds=idempotency.LEASE.total_seconds() + 1)
    second = asyncio.ensure_future(add(client, 1, "k"))
    row = await idempotency.IdempotentAnswer.get()
    while (now := await idempotency.IdempotentAnswer.get()).lease == row.lease:
        await asyncio.sleep(0.01)
    await idempotency.IdempotentAnswer.filter(id=row.id).update(lease="of somebody else")
    counter.hold.set()
    await asyncio.gather(first, second)
    assert now.lease != row.lease
    assert (await idempotency.IdempotentAnswer.get()).status == 0  # neither of the two wrote there
