"""To WeChat: within what people agreed to, once, at decent hours, nothing private on the screen."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core import clock as time
from core.errors import Conflict
from notifications import preferences, receipts
from notifications.models import Attempt, Channel, Communication, Receipt
from notifications.policy import params
from notifications.sending import beginning, recovery
from notifications.sending.sender import Sender
from notifications.sending.wechat import WechatChannel
from notifications.service import Message, tell_accounts
from notifications.states import Delivery, Stage
from notifications.topics import Group
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat import messages
from wechat.bindings import Told, WeChat
from wechat.credits import Answer

Write = Callable[..., Awaitable[Communication]]
BOOKED, CHANGED = "tmpl-appointment-booked", "tmpl-appointment-changed"


@pytest.fixture
async def write(household: Household, wechat: WeChat) -> Write:
    """Something about her appointment for the mother, who agreed to one message of each kind."""
    agreed = {BOOKED: Answer.ACCEPT, CHANGED: Answer.ACCEPT}
    await messages.agreed(wechat, household.mother.openid, agreed)

    async def written(
        subject: str = "Appointment/1", *, topic: str = "appointment_booked", to: UUID | None = None
    ) -> Communication:
        words = {
            "patient": "张**",
            "place": "县医院",
            "at": at(4, 9),
            "state": "停诊",
            "note": "请看",
        }
        message = Message(topic, "预约成功", "张桂英:心内科 county1 门诊", words)
        account = to or household.mother.account_id
        await tell_accounts([account], household.patient_id, subject, message)
        return await Communication.get(recipient_id=account, subject=subject, topic=topic)

    return written


async def received(sandbox: RunningSandbox, openid: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sandbox.get(f"/messages?openid={openid}"))["items"]
    return found


async def test_within_what_was_agreed_and_fit_for_a_locked_screen(
    household: Household, write: Write, sender: Sender, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    row = await write()
    hers = await write(to=household.daughter.account_id)
    await sender.drain()
    (message,) = await received(sandbox, household.mother.openid)
    text = json.dumps(message, ensure_ascii=False)
    assert "张**" in text
    assert "2026年11月4日 09:00" in text
    for private in ("张桂英", "心内科", "county1"):  # PIPL 28: health data
        assert private not in text
    assert (await Attempt.get(communication_id=row.id)).status is Delivery.SENT
    assert await received(sandbox, household.daughter.openid) == []
    lacking = await Attempt.get(communication_id=hers.id)
    assert (lacking.status, lacking.code) == (Delivery.NO_CONSENT, "wechat_no_credit")
    assert (await Communication.get(id=hers.id)).status is Stage.INBOX


async def test_a_busy_wechat_is_asked_again_and_not_for_ever(
    household: Household,
    wechat: WeChat,
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    await wechat.api.tokens.get()
    sandbox.state.options.busy = 3  # one call asks three times by itself
    row = await write()
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.WAITING
    clock.move(minutes=1)
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.SENT
    sandbox.state.options.busy = 10_000
    await messages.agreed(wechat, household.mother.openid, {BOOKED: Answer.ACCEPT})
    other = await write("Appointment/2")
    for _ in range(6):
        await sender.drain()
        clock.move(minutes=31)
    assert (await Communication.get(id=other.id)).status is Stage.PARKED
    assert await Attempt.filter(communication_id=other.id, status=Delivery.FAILED).count() == 5
    assert len(await received(sandbox, household.mother.openid)) == 1


async def killed(wechat: WeChat) -> None:
    """A process has written its attempts down, and is no more."""
    assert (await beginning.begin(WechatChannel(wechat), 10)).ready


async def test_what_a_killed_process_left_is_settled_by_wechats_own_word(
    household: Household,
    wechat: WeChat,
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    row = await write()
    await killed(wechat)
    await sender.drain()  # it still has its lease
    assert (await Communication.get(id=row.id)).status is Stage.SENDING
    clock.move(seconds=61)
    await recovery.recover([WechatChannel(wechat)])
    assert (await Communication.get(id=row.id)).status is Stage.UNSURE
    told = Told(openid=household.mother.openid, template_id=BOOKED, message_id="77", error=0)
    for _ in range(2):  # WeChat repeats itself
        await receipts.heard_from_wechat(told)
    attempt = await Attempt.get(communication_id=row.id)
    assert (attempt.status, attempt.message_id) == (Delivery.SENT, "77")
    assert (await Communication.get(id=row.id)).status is Stage.SENT
    assert await Receipt.all().count() == 1
    clock.move(minutes=10)
    await sender.drain()
    assert await received(sandbox, household.mother.openid) == []  # nobody is told twice


async def test_silence_means_not_sent_only_where_we_can_hear(
    household: Household,
    wechat: WeChat,
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    row = await write(topic="appointment_changed")
    await killed(wechat)
    clock.move(seconds=61)
    await recovery.recover([WechatChannel(wechat)])
    other = await write("Appointment/2")
    await sender.drain()
    name = (await Attempt.get(communication_id=other.id)).message_id
    told = Told(openid=household.mother.openid, template_id=BOOKED, message_id=name, error=0)
    await receipts.heard_from_wechat(told)
    clock.move(seconds=params().word.total_seconds() + 1)
    await sender.drain()
    first, second = await Attempt.filter(communication_id=row.id).order_by("at")
    assert (first.status, first.code) == (Delivery.FAILED, "not_heard_of")
    assert second.status is Delivery.SENT  # the agreement it had taken was still there
    assert len(await received(sandbox, household.mother.openid)) == 2


async def test_where_nothing_is_heard_the_next_channel_has_its_turn(
    household: Household, wechat: WeChat, write: Write, sender: Sender, clock: HeldClock
) -> None:
    row = await write(topic="appointment_changed")
    await killed(wechat)
    clock.move(seconds=61)
    await recovery.recover([WechatChannel(wechat)])
    clock.move(minutes=4)
    await recovery.recover([WechatChannel(wechat)])
    assert (await Attempt.get(communication_id=row.id)).status is Delivery.GIVEN_UP
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel) == (Stage.WAITING, "sms")


async def test_two_that_wechat_could_confuse_leave_one_after_the_other(
    household: Household,
    wechat: WeChat,
    write: Write,
    sender: Sender,
    sandbox: RunningSandbox,
    clock: HeldClock,
) -> None:
    carrier = WechatChannel(wechat)
    await messages.agreed(wechat, household.mother.openid, {BOOKED: Answer.ACCEPT})
    first = await write("Appointment/1")
    clock.move(seconds=1)
    await write("Appointment/2")
    batch = await beginning.begin(carrier, 10)
    assert [ready.row.id for ready in batch.ready] == [first.id]
    clock.move(seconds=3)
    assert (await beginning.begin(carrier, 10)).ready == []  # the first has not come to its end


async def test_nobody_is_disturbed_at_night(
    household: Household, write: Write, sender: Sender, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    clock.moment = at(3, 21)
    asked_for, waits = await write(), await write(topic="appointment_changed")
    await sender.drain()
    assert (await Communication.get(id=asked_for.id)).status is Stage.SENT
    waits = await Communication.get(id=waits.id)
    assert (waits.status, waits.next_at) == (Stage.WAITING, at(4, 8))
    clock.moment = at(4, 8)
    await sender.drain()
    assert (await Communication.get(id=waits.id)).status is Stage.SENT


async def test_what_is_too_late_is_not_said(write: Write, sender: Sender, clock: HeldClock) -> None:
    row = await write()
    await Communication.filter(id=row.id).update(expires_at=time.now() + timedelta(minutes=1))
    clock.move(minutes=1)
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.EXPIRED


async def test_a_failed_end_goes_on_to_the_next_channel(
    household: Household, write: Write, sender: Sender, clock: HeldClock
) -> None:
    row = await write(topic="appointment_changed")
    await sender.drain()
    name = (await Attempt.get(communication_id=row.id)).message_id
    told = Told(openid=household.mother.openid, template_id=CHANGED, message_id=name, error=43101)
    await receipts.heard_from_wechat(told)
    row = await Communication.get(id=row.id)
    assert (row.status, row.channel) == (Stage.WAITING, "sms")
    assert (await Attempt.get(communication_id=row.id)).status is Delivery.REFUSED


async def test_what_is_switched_off_is_not_sent_but_what_the_law_wants_is(
    household: Household, write: Write, sender: Sender, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    await preferences.switch(household.mother, Group.VISITS, Channel.WECHAT, on=False)
    row = await write()
    await sender.drain()
    assert (await Communication.get(id=row.id)).status is Stage.INBOX
    assert (await Attempt.get(communication_id=row.id)).code == "switched_off"
    await preferences.switch(household.mother, Group.VISITS, Channel.WECHAT, on=True)
    again = await write("Appointment/2")
    await sender.drain()
    assert (await Communication.get(id=again.id)).status is Stage.SENT
    with pytest.raises(Conflict, match="法律要求"):  # 个人信息保护法 art. 44
        await preferences.switch(household.mother, Group.PRIVACY, Channel.SMS, on=False)
