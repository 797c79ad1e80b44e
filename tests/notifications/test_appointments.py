"""What a family hears of an appointment: each account once, and nobody else."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from booking import service, stopping, waiting
from booking.models import Appointment, CancelledBy, Channel, Slot
from booking.schemas import ClosureIn
from core.outbox import Dispatcher, OutboxEntry
from notifications import appointments, queries, receipts, reminders, reminding
from notifications.events import ReminderDue
from notifications.models import Communication
from notifications.sending.sender import Sender
from notifications.sending.wechat import WechatChannel
from notifications.states import Stage
from payments.events import RefundSettled
from people.residents import accounts
from tests.booking.conftest import at
from tests.notifications.conftest import Household
from tests.plumbing.actors import actor
from tests.plumbing.clocks import HeldClock
from wechat.bindings import WeChat

OpenSlot = Callable[..., Awaitable[Slot]]
Book = Callable[[Slot], Awaitable[Appointment]]


async def told(topic: str) -> list[Communication]:
    return await Communication.filter(topic=topic)


async def test_those_who_may_see_her_hear_it_once(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    row = await book(await slot(at(4, 9)))
    await dispatcher.drain()
    found = await told("appointment_booked")
    assert {one.recipient_id for one in found} == {
        household.mother.account_id,
        household.daughter.account_id,
    }
    assert "张桂英" in found[0].text
    assert "心内科" in found[0].text
    await appointments.tell_booked(  # the fact comes a second time
        appointments.events.AppointmentBooked(
            appointment_id=str(row.id), patient_id="", schedule_id="", starts_at=""
        )
    )
    assert len(await told("appointment_booked")) == 2
    assert await queries.inbox(household.stranger.account_id) == []


async def test_a_reminder_the_evening_before(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    row = await book(await slot(at(4, 9)))
    await dispatcher.drain()
    waiting = await OutboxEntry.get(name=ReminderDue.name)
    assert waiting.due_at == at(3, 18)
    clock.moment = at(3, 18, 1)
    await dispatcher.drain()
    (first, second) = await told("appointment_reminder")
    assert first.subject == second.subject == f"Appointment/{row.id}"
    assert "明天" in first.text


async def test_nobody_is_reminded_of_what_was_given_up_or_is_over(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    given_up = await book(await slot(at(4, 9)))
    await dispatcher.drain()
    await service.cancel(await actor("village1"), given_up, by=CancelledBy.STAFF)
    clock.moment = at(3, 18, 1)
    await dispatcher.drain()
    assert await told("appointment_reminder") == []
    slept_through = await book(await slot(at(5, 9)))
    await dispatcher.drain()
    clock.moment = at(5, 9, 30)
    await dispatcher.drain()
    assert slept_through.status == "booked"
    assert await told("appointment_reminder") == []


async def test_a_reminder_that_waited_for_the_morning_is_asked_once_more(
    household: Household,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    wechat: WeChat,
    clock: HeldClock,
) -> None:
    reminders.bring(*reminding.OWN)
    given_up = await book(await slot(at(4, 9)))
    await dispatcher.drain()
    clock.moment = at(3, 22)  # the machine slept over the evening
    await dispatcher.drain()
    sender = Sender([WechatChannel(wechat)])
    await sender.drain()
    assert {one.status for one in await told("appointment_reminder")} == {Stage.WAITING}
    await service.cancel(await actor("village1"), given_up, by=CancelledBy.STAFF)
    clock.moment = at(4, 8)
    await sender.drain()
    assert {one.status for one in await told("appointment_reminder")} == {Stage.WITHDRAWN}


async def test_a_cancellation_says_what_becomes_of_the_money(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    row = await book(await slot(at(4, 9), fee_fen=1500))
    row = await service.confirm(await actor("village1"), row.id, service.Payment.ONLINE)
    await service.cancel(await actor("village1"), row, by=CancelledBy.STAFF)
    await dispatcher.drain()
    first, _ = await told("appointment_changed")
    assert "15.00 元原路退回" in first.text


async def test_who_would_be_on_the_way_by_the_morning_hears_of_a_stop_at_night(
    household: Household,
    slot: OpenSlot,
    book: Book,
    dispatcher: Dispatcher,
    wechat: WeChat,
    clock: HeldClock,
) -> None:
    tomorrow, after = await slot(at(3, 9)), await slot(at(4, 9))
    early, late = await book(tomorrow), await book(after)
    clock.moment = at(2, 22)
    for one in (tomorrow, after):
        entry = ClosureIn(starts_at=one.starts_at, ends_at=one.ends_at, reason="医生急诊手术")
        await stopping.stop(await actor("scheduler1"), one.schedule_id, entry)
    await dispatcher.drain()
    now, waits = await told("appointment_changed_now"), await told("appointment_changed")
    assert {one.subject for one in now} == {f"Appointment/{early.id}/stopped"}
    assert {one.subject for one in waits} == {f"Appointment/{late.id}/stopped"}
    await Sender([WechatChannel(wechat)]).drain()
    assert {one.next_at for one in await told("appointment_changed")} == {at(3, 8)}
    assert all(one.next_at < at(3, 8) for one in await told("appointment_changed_now"))


async def test_who_waits_for_a_day_that_is_stopped_is_told(
    household: Household, slot: OpenSlot, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    full = await slot(at(4, 9))
    await Slot.filter(id=full.id).update(remaining=0)
    await waiting.join(
        await actor("village1"),
        schedule_id=full.schedule_id,
        day=full.day,
        patient_id=household.patient_id,
        channel=Channel.VILLAGE,
    )
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生外出")
    await stopping.stop(await actor("scheduler1"), full.schedule_id, entry)
    await dispatcher.drain()
    found = await told("line_ended")
    assert {one.recipient_id for one in found} == {
        household.mother.account_id,
        household.daughter.account_id,
    }
    assert "11月4日 周三" in found[0].text
    assert "没有收钱" in found[0].text


async def test_an_offer_is_told_as_long_as_it_stands(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    row = await book(await slot(at(5, 9)))
    await dispatcher.drain()
    offer = appointments.events.PlaceOffered(
        appointment_id=str(row.id),
        patient_id=str(row.patient_id),
        schedule_id=str(row.schedule_id),
        until=at(2, 9, 30).isoformat(),
    )
    await appointments.tell_offered(offer)
    assert {one.expires_at for one in await told("slot_offer")} == {at(2, 9, 30)}


async def test_what_nobody_paid_in_time(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    row = await book(await slot(at(4, 9), fee_fen=1500))
    clock.move(minutes=16)
    assert await service.expire(row.id)
    await dispatcher.drain()
    first, _ = await told("appointment_changed")
    assert first.subject == f"Appointment/{row.id}/expired"


async def test_an_inbox_by_pages_and_what_was_read(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    for day in (4, 5, 6):
        await book(await slot(at(day, 9)))
        await dispatcher.drain()
        clock.move(minutes=1)
    mine, hers = household.mother.account_id, household.daughter.account_id
    first = await queries.inbox(mine, limit=2)
    rest = await queries.inbox(mine, before=(first[-1].created_at, first[-1].id), limit=2)
    assert [len(first), len(rest), await queries.unread(mine)] == [2, 1, 3]
    assert datetime.fromisoformat(str(first[0].created_at)) > first[1].created_at
    everything = [one.id for one in await Communication.all()]
    assert await receipts.read(mine, everything) == 3
    assert await receipts.read(mine, everything) == 0
    assert await queries.unread(hers) == 3


async def test_a_closed_account_hears_nothing(
    household: Household, slot: OpenSlot, book: Book, dispatcher: Dispatcher, clock: HeldClock
) -> None:
    await accounts.close_account(household.mother)
    await book(await slot(at(4, 9)))
    await dispatcher.drain()
    assert await queries.inbox(household.mother.account_id) == []


async def test_a_refund_is_told_by_its_own_name(
    household: Household, slot: OpenSlot, book: Book, clock: HeldClock
) -> None:
    row = await book(await slot(at(4, 9), fee_fen=1500))
    event = RefundSettled(
        payment_id="p",
        subject=f"Appointment/{row.id}",
        patient_id=str(household.patient_id),
        refund_id="r1",
        refund_fen=1500,
        refunded_fen=1500,
    )
    for _ in range(2):
        await appointments.tell_refunded(event)
    first, _ = await told("refund")
    assert "15.00 元" in first.text
    assert str(row.id) in first.page
