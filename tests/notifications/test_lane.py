"""A lane that runs: what it has begun comes to its end when it is stopped, the rest waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import time as hour

import pytest

from core.quiet import Quiet
from notifications import policy
from notifications.models import Attempt, Communication
from notifications.sending.batch import Carrier, Parcel
from notifications.sending.sender import Sender
from notifications.sending.wechat import WechatChannel
from notifications.service import Message, tell_accounts
from notifications.states import Delivery, Stage
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.wechat import RunningSandbox
from wechat import messages
from wechat.bindings import WeChat
from wechat.credits import Answer

TOPICS = {
    "appointment_booked": "tmpl-appointment-booked",
    "appointment_changed": "tmpl-appointment-changed",
}
WORDS = {"patient": "张**", "place": "县医院", "at": at(4, 9), "state": "停诊", "note": "请看"}

NEVER = Quiet(hour(0), hour(0))


class Gated(WechatChannel):
    """WeChat behind a gate: a call that has come so far is under way, and goes on when it opens."""

    def __init__(self, wechat: WeChat) -> None:
        super().__init__(wechat)
        self.gate, self.under_way = asyncio.Event(), 0

    async def send(self, parcel: Parcel) -> str:
        """Wait, then send."""
        self.under_way += 1
        await self.gate.wait()
        return await super().send(parcel)


@pytest.fixture
async def four(household: Household, wechat: WeChat) -> list[Communication]:
    """Two things to tell two people, who agreed to one message of each."""
    for person in (household.mother, household.daughter):
        agreed = dict.fromkeys(TOPICS.values(), Answer.ACCEPT)
        await messages.agreed(wechat, person.openid, agreed)
        for topic in TOPICS:
            message = Message(topic, "您有新消息", "张桂英:请看。", WORDS)
            await tell_accounts([person.account_id], household.patient_id, f"A/{topic}", message)
    return await Communication.all()


async def until(status: Stage, count: int) -> None:
    """So many communications stand there."""
    async with asyncio.timeout(10):
        while await Communication.filter(status=status).count() < count:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(carrier: Carrier) -> AsyncIterator[asyncio.Task[None]]:
    """A sender that is stopped in the end."""
    task = asyncio.ensure_future(Sender([carrier]).run(poll_s=0.05))
    try:
        yield task
    finally:
        task.cancel()
        if isinstance(carrier, Gated):
            carrier.gate.set()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_stop_ends_what_is_on_its_way_and_puts_the_rest_back(
    four: list[Communication], wechat: WeChat, household: Household, sandbox: RunningSandbox
) -> None:
    policy.configure(policy.Params(batch=2, at_once=1, quiet=NEVER))
    gated = Gated(wechat)
    async with running(gated) as task:
        await until(Stage.SENDING, 4)
        task.cancel()
        await asyncio.sleep(0.1)
        assert gated.under_way == 1
        assert not task.done()  # it waits for the call that is under way

    assert await Communication.filter(status=Stage.SENT).count() == 1
    assert await Communication.filter(status=Stage.WAITING, lease__isnull=True).count() == 3
    assert await Attempt.filter(status=Delivery.SENDING).count() == 0
    assert len((await sandbox.get("/messages"))["items"]) == 1

    async with running(WechatChannel(wechat)):
        await until(Stage.SENT, 4)
    items = (await sandbox.get("/messages"))["items"]
    people = (household.mother.openid, household.daughter.openid)
    assert sorted((one["openid"], one["template_id"]) for one in items) == sorted(
        (who, what) for who in people for what in TOPICS.values()
    )


async def test_no_hand_waits_for_the_slowest_of_a_batch(
    four: list[Communication], wechat: WeChat
) -> None:
    policy.configure(policy.Params(batch=1, at_once=4, quiet=NEVER))
    gated = Gated(wechat)
    async with running(gated):
        async with asyncio.timeout(10):
            while gated.under_way < len(four):  # batches of one, and none of them has ended
                await asyncio.sleep(0.02)
        gated.gate.set()
        await until(Stage.SENT, len(four))


async def test_no_more_is_begun_than_there_is_room_for_and_nothing_after_a_stop(
    four: list[Communication], wechat: WeChat
) -> None:
    policy.configure(policy.Params(batch=1, ahead=1, at_once=1, quiet=NEVER))
    gated = Gated(wechat)
    async with running(gated):
        await until(Stage.SENDING, 3)  # one in the hand, one ready for it, one begun meanwhile
        await asyncio.sleep(0.2)
        assert await Attempt.all().count() == 3
    assert await Attempt.all().count() == 3
    assert await Communication.filter(status=Stage.WAITING).count() == 3
