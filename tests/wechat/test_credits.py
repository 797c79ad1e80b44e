"""Agreements to messages: counted, used up once, given back when nothing was sent."""

import asyncio
from typing import Any

import pytest

from tests.plumbing.wechat import RunningSandbox
from wechat import credits, errors
from wechat.bindings import WeChat
from wechat.credits import Answer
from wechat.models import SubscribeCredit

pytestmark = pytest.mark.usefixtures("database")
OFFER, PAYMENT = "tmpl-slot-offer", "tmpl-payment"
VALUES: dict[str, Any] = {"thing1": "挂号费", "amount2": 1200, "character_string4": "DS1"}


@pytest.fixture
async def wang(sandbox: RunningSandbox) -> str:
    return await sandbox.openid("wang")


@pytest.fixture
def values(clock: Any) -> dict[str, Any]:
    return VALUES | {"time3": clock()}


async def take(openid: str, template_id: str) -> bool:
    return (await credits.take_many([(openid, template_id)]))[0]


async def test_each_tap_is_one_message(wang: str) -> None:
    for _ in range(2):
        await credits.record(wang, {OFFER: Answer.ACCEPT, PAYMENT: Answer.REJECT})
    assert await credits.left(wang) == {OFFER: 2, PAYMENT: 0}
    assert [await take(wang, OFFER) for _ in range(3)] == [True, True, False]
    assert not await take(wang, PAYMENT)
    assert not await take("somebody-else", OFFER)


async def test_a_later_no_leaves_what_was_agreed_but_a_ban_ends_it(wang: str) -> None:
    await credits.record(wang, {OFFER: Answer.ACCEPT})
    await credits.record(wang, {OFFER: Answer.REJECT})
    assert await credits.left(wang) == {OFFER: 1}
    assert (await SubscribeCredit.get(openid=wang)).muted
    await credits.record(wang, {OFFER: Answer.FILTER})
    await credits.record(wang, {OFFER: Answer.BAN})
    assert await credits.left(wang) == {OFFER: 0}


async def test_a_long_term_template_needs_one_agreement(wang: str) -> None:
    await credits.record(wang, {OFFER: Answer.ACCEPT}, long_term={OFFER})
    assert all([await take(wang, OFFER) for _ in range(5)])
    await credits.record(wang, {OFFER: Answer.BAN}, long_term={OFFER})
    assert not await take(wang, OFFER)


async def test_two_senders_never_share_the_last_one(wang: str) -> None:
    await credits.record(wang, {OFFER: Answer.ACCEPT})
    taken = await asyncio.gather(*(take(wang, OFFER) for _ in range(10)))
    assert sorted(taken) == [False] * 9 + [True]


async def test_there_is_a_limit_to_what_a_client_may_claim(wang: str) -> None:
    many = {f"t{n}": Answer.ACCEPT for n in range(50)}
    await credits.record(wang, many)
    assert len(await credits.left(wang)) == credits.MOST_AT_ONCE
    await SubscribeCredit.filter(openid=wang, template_id="t0").update(credits=credits.MOST)
    await credits.record(wang, {"t0": Answer.ACCEPT})
    assert (await credits.left(wang))["t0"] == credits.MOST


async def test_a_message_uses_up_what_wechat_was_told_too(
    wechat: WeChat, sandbox: RunningSandbox, wang: str, values: dict[str, Any]
) -> None:
    await sandbox.post("/subscriptions", openid=wang, template_ids=[PAYMENT])
    await credits.record(wang, {PAYMENT: Answer.ACCEPT})
    assert await take(wang, PAYMENT)
    assert await credits.send(wechat.api, wang, PAYMENT, values)
    assert not await take(wang, PAYMENT)
    (message,) = (await sandbox.get(f"/messages?openid={wang}"))["items"]
    assert message["data"]["amount2"] == "¥12.00"


async def test_wechats_count_is_the_one_that_counts(
    wechat: WeChat, sandbox: RunningSandbox, wang: str, values: dict[str, Any]
) -> None:
    for _ in range(3):
        await credits.record(wang, {PAYMENT: Answer.ACCEPT})
    assert await take(wang, PAYMENT)
    with pytest.raises(errors.NoCredit, match="接收提醒"):
        await credits.send(wechat.api, wang, PAYMENT, values)
    assert sandbox.state.counts["subscribe_send"] == 1
    assert await credits.left(wang) == {PAYMENT: 0}


@pytest.mark.parametrize(
    ("wrong", "problem"), [({"thing1": 5.5}, ValueError), ({}, errors.MessageRefused)]
)
async def test_what_was_not_sent_is_given_back(
    wechat: WeChat, wang: str, sandbox: RunningSandbox, wrong: Any, problem: type[Exception]
) -> None:
    await sandbox.post("/subscriptions", openid=wang, template_ids=[PAYMENT])
    await credits.record(wang, {PAYMENT: Answer.ACCEPT})
    assert await take(wang, PAYMENT)
    with pytest.raises(problem):
        await credits.send(wechat.api, wang, PAYMENT, wrong)
    assert await credits.left(wang) == {PAYMENT: 1}


@pytest.mark.parametrize(("uncertain", "left"), [(True, 0), (False, 1)])
async def test_a_lost_answer_counts_as_sent(
    wechat: WeChat,
    wang: str,
    values: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    uncertain: bool,
    left: int,
) -> None:
    async def lost(*_: Any, **__: Any) -> None:
        raise errors.Unreachable("wechat_unreachable", errors.BUSY, uncertain=uncertain)

    monkeypatch.setattr(wechat.api, "send", lost)
    await credits.record(wang, {PAYMENT: Answer.ACCEPT})
    assert await take(wang, PAYMENT)
    with pytest.raises(errors.Unreachable):
        await credits.send(wechat.api, wang, PAYMENT, values)
    assert await credits.left(wang) == {PAYMENT: left}
