"""Too many calls are told to wait, in words and in seconds."""

import pytest
from aiohttp import ClientSession

from core.errors import TooMany
from mini_program_api.limits import Limiter, Rates
from tests.mini_program_api.phones import Phone


async def test_an_account_is_told_to_wait_and_others_go_on(build_house):
    house = await build_house(api_calls_per_minute=5, api_writes_per_minute=2)
    async with ClientSession() as session:
        li, zhang = Phone(session, house), Phone(session, house)
        await li.sign_in("li")
        await zhang.sign_in("zhang")
        answers = [await li.get("/me") for _ in range(6)]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        refused = answers[-1]
        assert refused.type == "application/problem+json"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.body["retry_after_s"] == int(refused.headers["Retry-After"])
        assert f"{refused.body['retry_after_s']} 秒" in refused.body["detail"]
        assert (await zhang.get("/me")).status == 200
        writes = [await zhang.call("PUT", "/me/elder-mode", json={"on": True}) for _ in range(3)]
        assert [answer.status for answer in writes] == [200, 200, 429]


async def test_adding_people_is_counted_by_the_hour(build_house):
    house = await build_house(api_people_per_hour=2)
    async with ClientSession() as session:
        li = Phone(session, house)
        await li.sign_in("li")
        answers = [await li.post("/patients", {}) for _ in range(3)]
        assert [answer.status for answer in answers] == [422, 422, 429]
        assert "分钟" in answers[-1].body["detail"]


async def test_an_address_is_counted_but_not_the_demos_own(build_house):
    house = await build_house(api_address_per_minute=2)
    async with ClientSession() as session:
        stranger = Phone(session, house)
        assert {(await stranger.get("/consents")).status for _ in range(4)} == {200}


async def test_signing_in_is_counted_by_address():
    limiter = Limiter(Rates(sign_ins_per_minute=2))
    for _ in range(2):
        await limiter.address("10.0.0.1", "mp_sign_in")
    with pytest.raises(TooMany):
        await limiter.address("10.0.0.1", "mp_sign_in")
    await limiter.address("10.0.0.2", "mp_sign_in")
    await limiter.address("10.0.0.1", "mp_consents")


@pytest.mark.postgres
async def test_redis_counts_for_all_processes(redis_url):
    one, other = (Limiter(Rates(calls_per_minute=3), redis_url) for _ in range(2))
    try:
        for limiter in (one, other, one):
            await limiter.account("a", "mp_me", writes=False)
        with pytest.raises(TooMany):
            await other.account("a", "mp_me", writes=False)
    finally:
        await one.close()
        await other.close()


async def test_a_dead_redis_keeps_nobody_from_care():
    limiter = Limiter(Rates(calls_per_minute=1), "redis://127.0.0.1:9/0")
    try:
        for _ in range(3):
            await limiter.account("a", "mp_me", writes=False)
    finally:
        await limiter.close()
