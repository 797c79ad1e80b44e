"""Payments × booking in the running house: what is paid is booked, what is not goes back."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from app import money, money_check
from booking import service as booking
from booking import stopping
from booking.models import Appointment, CancelledBy, Channel, Disruption
from booking.models import Payment as Paid
from booking.schemas import ClosureIn
from booking.states import Status
from core import clock
from core.audit import SYSTEM
from core.outbox import OutboxEntry, OutboxStatus
from payments import service as payments
from payments.models import Payment
from payments.states import Status as Money
from tests.booking.conftest import actor, new_patients, new_schedule, new_slot
from tests.payments.conftest import Cashier
from tests.payments.test_notices import Mounted
from wechat.bindings import WECHAT


class Desk(Cashier):
    """A resident with an appointment that costs 15 yuan."""

    async def hold(self):
        self.schedule = await new_schedule(fee_fen=1500)
        first = clock.now() + timedelta(days=2)
        self.slots = [await new_slot(self.schedule, first + timedelta(hours=n)) for n in range(2)]
        row = await booking.hold(
            SYSTEM,
            slot_id=self.slots[0].id,
            patient_id=self.patient.id,
            channel=Channel.RESIDENT,
        )
        self.id, self.subject = row.id, money.subject_of(row.id)
        return row

    async def booked(self):
        await self.hold()
        await self.pay(await self.order())
        return await self.until(Status.BOOKED)

    async def until(self, status):
        async with asyncio.timeout(15):
            while (row := await Appointment.get(id=self.id)).status is not status:
                await asyncio.sleep(0.02)
        return row

    async def quiet(self):
        """Until everything that happened was told; what is under way is not a fault yet."""
        due = {"status": OutboxStatus.WAITING, "due_at__lte": clock.now() + timedelta(minutes=5)}
        async with asyncio.timeout(15):
            while await OutboxEntry.filter(**due).exists():
                await asyncio.sleep(0.05)

    async def until_refunded(self):
        async with asyncio.timeout(30):
            while (
                not (view := await payments.of_subject(self.subject)) or view.refund != "refunded"
            ):
                await asyncio.sleep(0.05)
        return view


@pytest.fixture
async def desk(build_house, sandbox_options):
    house = await build_house(wechat_sandbox_dir=sandbox_options.folder)
    found = Desk(Mounted(house), house.app[WECHAT], (await new_patients(1))[0])
    found.sandbox.state.options.pace = 0.001
    found.sandbox.state.options.refund_s = 0.05
    return found


async def test_what_is_paid_is_booked(desk):
    row = await desk.booked()
    assert row.payment is Paid.ONLINE
    assert await money_check.check() == []


async def test_a_paid_appointment_cancelled_in_time_is_refunded(desk):
    row = await desk.booked()
    await booking.cancel(SYSTEM, row, by=CancelledBy.PATIENT)
    view = await desk.until_refunded()
    assert view.refunded_fen == 1500
    async with asyncio.timeout(5):
        while (await Appointment.get(id=desk.id)).refunded_at is None:
            await asyncio.sleep(0.02)
    assert await money_check.check() == []


async def test_a_hold_given_up_cannot_be_paid_any_more(desk):
    row = await desk.hold()
    request = await desk.order()
    await booking.cancel(SYSTEM, row, by=CancelledBy.PATIENT)
    async with asyncio.timeout(10):
        while (await desk.row()).status is not Money.CLOSED:
            await asyncio.sleep(0.05)
    assert (await desk.pay(request))["status"] == 409


async def test_money_for_a_place_that_is_gone_goes_back(desk):
    await desk.hold()
    request = await desk.order()
    assert await booking.expire(desk.id)
    await desk.pay(request)
    view = await desk.until_refunded()
    assert (view.status, view.refunded_fen) == (Money.PAID, 1500)
    assert (await Appointment.get(id=desk.id)).status is Status.EXPIRED
    assert await money_check.check() == []


async def test_a_hold_that_ran_out_is_kept_when_it_was_paid(desk):
    await desk.hold()
    desk.sandbox.state.options.late = 1
    await desk.pay(await desk.order())
    await Appointment.filter(id=desk.id).update(hold_expires_at=clock.now())
    await desk.until(Status.BOOKED)


async def test_after_a_stop_the_payment_goes_along_and_comes_back_from_there(desk, monkeypatch):
    monkeypatch.setattr(money_check, "AT_ONCE", 1)  # chains cross pages
    row = await desk.booked()
    office = await actor("scheduler1")
    entry = ClosureIn(starts_at=row.starts_at, ends_at=row.ends_at, reason="医生手术")
    await stopping.stop(office, row.schedule_id, entry)
    assert await money_check.check() == [], "the patient has not chosen yet"
    told = await Disruption.get(appointment_id=desk.id)
    moved = await stopping.move(SYSTEM, told.id, desk.slots[1].id)
    assert await money.paid_subject(moved.id) == desk.subject
    assert await money_check.check() == []
    await booking.cancel(SYSTEM, moved, by=CancelledBy.PATIENT)
    await desk.until_refunded()
    assert await money_check.check() == []


async def test_a_stopped_patient_who_wants_the_money_gets_it(desk):
    row = await desk.booked()
    office = await actor("scheduler1")
    entry = ClosureIn(starts_at=row.starts_at, ends_at=row.ends_at, reason="医生手术")
    await stopping.stop(office, row.schedule_id, entry)
    await stopping.refund(SYSTEM, (await Disruption.get(appointment_id=desk.id)).id)
    await desk.until_refunded()
    assert await money_check.check() == []


async def test_the_check_finds_what_does_not_agree(desk):
    await desk.booked()
    await desk.quiet()
    paid = await desk.row()
    await Payment.filter(id=paid.id).update(subject=money.subject_of(uuid4()))
    faults = await money_check.check()
    assert len(faults) == 2
    assert any("no payment" in fault for fault in faults)
    await Payment.filter(id=paid.id).update(subject=desk.subject)
    await Appointment.filter(id=desk.id).update(status=Status.EXPIRED)
    assert len(await money_check.check()) == 1


async def test_the_check_goes_through_all_pages(desk, monkeypatch):
    """Five that say they were paid, and nobody did: each is found, on whichever page."""
    monkeypatch.setattr(money_check, "AT_ONCE", 2)
    schedule = await new_schedule(fee_fen=1500)
    slot = await new_slot(schedule, clock.now() + timedelta(days=3), places=9)
    rows = []
    for patient in await new_patients(5):
        row = await booking.hold(
            SYSTEM, slot_id=slot.id, patient_id=patient.id, channel=Channel.RESIDENT
        )
        rows.append(await booking.confirm(SYSTEM, row.id, Paid.ONLINE))
    faults = await money_check.check()
    assert len(faults) == 5
    assert all("no payment does" in fault for fault in faults)
    assert {str(row.id) for row in rows} == {fault.split()[1] for fault in faults}
