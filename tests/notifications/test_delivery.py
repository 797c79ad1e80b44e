"""To WeChat: within what people agreed to, at most once, and nothing private on the screen."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from booking.models import Appointment, Slot
from core import clock as time
from core.outbox import Dispatcher
from notifications.models import Attempt, Channel, Communication
from notifications.states import Delivery
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat import messages
from wechat.bindings import WeChat
from wechat.credits import Answer

OpenSlot = Callable[..., Awaitable[Slot]]
Book = Callable[[Slot], Awaitable[Appointment]]


@pytest.fixture
async def agreed(household: Household, wechat: WeChat) -> None:
    """The mother agreed to one message about a booking, the daughter to none."""
    answers = {"tmpl-appointment-booked": Answer.ACCEPT}
    await messages.agreed(wechat, household.mother.openid, answers)


async def received(sandbox: RunningSandbox, openid: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.get(f"/messages?openid={openid}"))["items"]
    return found


async def attempts() -> dict[str, Delivery]:
    rows = await Attempt.all().select_related("communication")
    return {str(row.communication.account_id): row.status for row in rows}


async def test_within_what_was_agreed_and_fit_for_a_locked_screen(
    household: Household,
    agreed: None,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    await book(await slot(at(4, 9)))
    await dispatcher.drain()
    (message,) = await received(sandbox, household.mother.openid)
    text = json.dumps(message, ensure_ascii=False)
    assert "张**" in text
    assert "2026年11月4日 09:00" in text
    for private in ("张桂英", "心内科", "county1"):  # PIPL 28: health data
        assert private not in text
    assert await received(sandbox, household.daughter.openid) == []
    assert await attempts() == {
        str(household.mother.account_id): Delivery.SENT,
        str(household.daughter.account_id): Delivery.NO_CONSENT,
    }
    assert await Communication.all().count() == 2  # both have it in the inbox


async def test_a_busy_wechat_is_asked_again(
    household: Household,
    agreed: None,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    sandbox.state.options.busy = 50
    await book(await slot(at(4, 9)))
    await dispatcher.drain()
    mine = str(household.mother.account_id)
    assert (await attempts())[mine] is Delivery.FAILED
    sandbox.state.options.busy = 0
    for _ in range(3):  # a busy machine may lose a call of its own
        clock.move(minutes=1)
        await dispatcher.drain()
    assert (await attempts())[mine] is Delivery.SENT
    assert len(await received(sandbox, household.mother.openid)) == 1


async def test_it_does_not_ask_for_ever(
    household: Household,
    agreed: None,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    sandbox.state.options.busy = 10_000
    await book(await slot(at(4, 9)))
    for _ in range(8):
        await dispatcher.drain()
        clock.move(minutes=15)
    row = await Attempt.get(communication__account_id=household.mother.account_id)
    assert (row.status, row.tries) == (Delivery.REFUSED, 5)


async def test_killed_while_sending_nobody_is_told_twice(
    household: Household,
    agreed: None,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    await book(await slot(at(4, 9)))
    await dispatcher.deliver()  # written down, not yet sent
    for row in await Communication.all():
        await Attempt.create(communication=row, channel=Channel.WECHAT, at=time.now())
    await dispatcher.drain()
    assert set((await attempts()).values()) == {Delivery.UNSURE}
    assert await received(sandbox, household.mother.openid) == []
