"""Orders × payments × stock × desk, walked at random with lost notices, repeats and deaths.

Whatever happens: no payment without the drugs or a refund, no drugs without payment or recorded
cash, no drugs twice, and no trace code sold beyond its pack.
"""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import payments.reconcile
from app import reactions
from app.demo import people as demo
from app.packages import APPS
from core import clock, db
from core.clock import set_clock
from core.outbox import Dispatcher, OutboxEntry, OutboxStatus
from notifications import reminders, reminding
from payments import clockwork as cashier
from payments import refunding
from payments.models import Payment, Refund
from payments.states import RefundStatus
from people.residents.actor import Resident
from pharmacy.dispensing import picking
from pharmacy.dispensing import service as desk
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.rules import TEN
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.orders import cash, clockwork, paying, reconcile, service
from pharmacy.orders.models import MedicationOrder, Paid
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing import steps
from pharmacy.prescribing.events import MedicationRequestCancelled
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import LIVE
from pharmacy.prescribing.states import Status as Rx
from tests.app.test_money_walk import Town, some, step
from tests.booking.conftest import actor, new_patients
from tests.pharmacy.formulary.conftest import new_drug, new_lot, new_pharmacy
from tests.pharmacy.formulary.conftest import sound as shelves_agree
from tests.pharmacy.orders.conftest import PREFIX, approved, trace
from tests.plumbing.clocks import HeldClock
from tests.plumbing.databases import copy_of, on_postgres

seldom = st.sampled_from([True, False, False, False])
CALLS = ("order", "query", "close_order", "refund")

KEPT = (Status.PAID, Status.PREPARING, Status.READY, Status.PICKED_UP)


class Counter(RuleBasedStateMachine):
    """Three patients, one pharmacy with three packs and a half, one WeChat."""

    template: str
    folder: Path
    open_wechat, mortal, catch, bring, console, end_refunds = (
        Town.open_wechat,
        Town.mortal,
        Town.catch,
        Town.bring,
        Town.console,
        Town.end_refunds,
    )
    pay_last, money_at_wechat = Town.pay_last, Town.money_at_wechat

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HeldClock()
        self.held = set_clock(self.clock)
        self.held.__enter__()
        self.copy = copy_of(self.template, self.folder)
        self.post, self.dies = [], None
        self.loop.run_until_complete(self.open())

    async def open(self):
        await db.connect(await self.copy.__aenter__(), APPS)
        await demo.found_organizations()
        await demo.hire_staff()
        self.first, self.second = await actor("pharmacist1"), await actor("pharmacist2")
        self.doctor, self.office = await actor("county1"), await actor("scheduler1")
        await self.open_wechat()
        self.patients = await new_patients(3)
        self.place = await new_pharmacy()
        self.drug = await new_drug(trace_prefix=PREFIX)
        await new_lot(self.place, self.drug, 70)
        await new_lot(self.place, self.drug, 28, lot="L2", expires=500)
        reminders.bring(*reminding.OWN)
        self.dispatcher = Dispatcher(reactions.DRUGS)

    async def pick(self, model, number, *order, **wanted):
        found = await model.filter(**wanted).order_by(*order)
        return found[number % len(found)] if found else None

    async def order_of(self, number, *states):
        wanted = {"status__in": list(states)} if states else {}
        return await self.pick(MedicationOrder, number, "created_at", "id", **wanted)

    async def dispense_of(self, number, *states):
        return await self.pick(
            MedicationDispense, number, "opened_at", "id", status__in=list(states)
        )

    @initialize()
    @step
    async def begin(self):
        for patient in self.patients:
            await self.prescribed(patient)

    async def prescribed(self, patient):
        days = timedelta(hours=15 + 24)
        units = 28 if await MedicationRequest.all().count() % 2 else 20
        await approved(patient.id, self.drug, units=units, valid_until=clock.now() + days)

    @rule(who=st.integers(0, 2), really=seldom)
    @step
    async def prescribe(self, who, really):
        if really:
            await self.prescribed(self.patients[who])

    async def rx(self, number, *states):
        wanted = list(states or LIVE)
        return await self.pick(MedicationRequest, number, "signed_at", "id", status__in=wanted)

    def payer(self):
        user = self.world.user("payer").id
        return Resident(account_id=uuid4(), session_id=uuid4(), openid=user)

    async def order_for(self, row):
        await paying.request_payment(self.payer(), row, self.wechat)

    @rule(which=some)
    @step
    async def place_it(self, which):
        if rx := await self.rx(which):
            await service.place(self.doctor, rx.id, self.place.id)

    @rule(which=some)
    @step
    async def order(self, which):
        if row := await self.order_of(which):
            await self.order_for(row)

    @rule(which=some)
    @step
    async def come_and_pay(self, which):
        if rx := await self.rx(which, Rx.ACTIVE):
            await self.order_for(await service.place(self.doctor, rx.id, self.place.id))
            await self.pay_last(None)

    @rule(lie=st.sampled_from([None, None, None, 1]))
    @step
    async def pay(self, lie):
        await self.pay_last(lie)

    @rule(which=some)
    @step
    async def notice(self, which):
        await self.bring(which)

    @rule(which=some)
    @step
    async def twice_at_once(self, which):
        await asyncio.gather(self.bring(which), self.bring(which))

    @rule(which=some, really=seldom)
    @step
    async def pay_cash(self, which, really):
        row = await self.order_of(which, Status.PAY_PENDING)
        if really and row:
            await cash.take(self.first, row)

    @rule(which=some)
    @step
    async def give_cash_back(self, which):
        if row := await self.order_of(which, Status.REFUNDING):
            await cash.give_back(self.second, row)

    @rule(which=some, really=seldom)
    @step
    async def give_up(self, which, really):
        row = await self.order_of(which)
        if really and row:
            await service.give_up(self.doctor, row)

    @rule(which=some, really=seldom)
    @step
    async def doctor_cancels(self, which, really):
        row = await self.rx(which)
        if really and row:
            event = MedicationRequestCancelled(**steps.ids(row))
            await steps.move(self.doctor, row, "cancel", event)

    @rule(which=some)
    @step
    async def begin_to_pick(self, which):
        if row := await self.dispense_of(which, Desk.PREPARATION):
            await desk.take(self.first, row)

    @rule(which=some, code=st.integers(1, 6))
    @step
    async def scan(self, which, code):
        if row := await self.dispense_of(which, Desk.IN_PROGRESS):
            await picking.scan(self.first, row, trace(code))

    @rule(which=some)
    @step
    async def pick_and_check(self, which):
        if row := await self.dispense_of(which, Desk.PREPARATION, Desk.IN_PROGRESS):
            if row.status is Desk.PREPARATION:
                await desk.take(self.first, row)
            for line in await picking.pick_list(row):
                if line.remaining:
                    await picking.pick_without_code(
                        self.first, row, line.line.id, units=line.remaining, reason="damaged"
                    )
            await desk.finish(self.first, row)
            await desk.check(self.second, row, list(TEN))

    @rule(which=some, who=st.booleans())
    @step
    async def check(self, which, who):
        if row := await self.dispense_of(which, Desk.PICKED):
            await desk.check(self.first if who else self.second, row, list(TEN))

    @rule(which=some)
    @step
    async def hand_over(self, which):
        if row := await self.dispense_of(which, Desk.READY):
            await desk.hand_over(self.first, row, code=row.code)

    @rule(which=some)
    @step
    async def hand_over_twice_at_once(self, which):
        row = await self.dispense_of(which, Desk.READY)
        if row:
            both = [await MedicationDispense.get(id=row.id) for _ in range(2)]
            await asyncio.gather(
                *(desk.hand_over(self.first, one, code=row.code) for one in both),
                return_exceptions=True,
            )

    @rule(which=some, really=seldom)
    @step
    async def another_pick(self, which, really):
        row = await self.dispense_of(which, Desk.READY, Desk.PICKED)
        if really and row:
            verb = desk.reopen if row.status is Desk.READY else desk.send_back
            await verb(self.second, row, "盒子破损")

    @rule(which=some, really=seldom)
    @step
    async def cannot_fill(self, which, really):
        row = await self.dispense_of(which, Desk.IN_PROGRESS, Desk.PICKED, Desk.READY)
        if really and row:
            await desk.cannot_fill(self.first, row, "没有货")

    @rule(which=some)
    @step
    async def put_back(self, which):
        if row := await self.dispense_of(which, Desk.STOPPED):
            await desk.put_back(self.first, row)

    @rule(which=some, really=seldom)
    @step
    async def quality(self, which, really):
        row = await self.order_of(which, Status.PICKED_UP)
        if really and row:
            await service.take_back(self.first, row.id, "药片变色")

    @rule(status=st.sampled_from(["SUCCESS", "SUCCESS", "CLOSED"]))
    @step
    async def refund_ends(self, status):
        await self.end_refunds(status)

    @rule(minutes=st.sampled_from([1, 1, 10, 31, 16 * 60]))
    @step
    async def time_goes_on(self, minutes):
        self.clock.move(minutes=minutes)
        await self.tick()

    async def tick(self):
        asked = self.wechat
        await clockwork.tick(may_expire=lambda row: paying.may_expire(row, wechat=asked))
        await cashier.tick(self.wechat)
        for row in await MedicationRequest.filter(status__in=list(LIVE)):
            await prescribing.expire(row.id)

    @rule()
    @step
    async def react(self):
        await self.dispatcher.deliver()

    @rule(call=st.sampled_from(CALLS), when=st.sampled_from(["before", "after"]))
    def die_at(self, call, when):
        self.dies = (call, when)

    @invariant()
    def the_books_agree(self):
        async def look():
            found = (await payments.reconcile.check()).faults + (await reconcile.check()).faults
            assert [fault for fault in found if "long ago" not in fault] == []
            await shelves_agree()

        self.loop.run_until_complete(look())

    async def settle_down(self):
        """Everybody lives, all post arrives, WeChat ends its refunds, cash is given back."""
        self.dies = None
        self.clock.move(hours=40)  # every prescription has had its days
        for round_ in range(12):
            for number in range(len(self.post)):
                await self.bring(number)
            await self.end_refunds("SUCCESS")
            for row in await Refund.filter(status=RefundStatus.STUCK):
                await refunding.settle_by_hand(self.office, row.id, "窗口退现金,收据 0012")
            for row in await MedicationOrder.filter(status=Status.REFUNDING, payment=Paid.CASH):
                await cash.give_back(self.first, row)
            for row in await MedicationDispense.filter(status=Desk.STOPPED):
                await desk.put_back(self.first, row)
            self.clock.move(minutes=20 if round_ < 8 else 61)
            await self.tick()
            await self.dispatcher.drain()
        assert not await OutboxEntry.filter(status=OutboxStatus.PARKED).exists()

    async def look_at_the_end(self):
        """Against what WeChat holds: money of an order is here exactly if drugs are for it."""
        assert (await payments.reconcile.check()).faults == []
        assert (await reconcile.check()).faults == []
        await shelves_agree()
        held = await self.money_at_wechat()
        for row in await MedicationOrder.all():
            here = row.status in KEPT and row.payment is Paid.ONLINE
            assert held.pop(service.subject_of(row.id), 0) == (row.amount_fen if here else 0)
            assert row.status is not Status.REFUNDING
        assert not any(held.values()), "money is kept for nothing"
        assert await Refund.all().count() <= await Payment.all().count()

    def teardown(self):
        async def close():
            try:
                await self.settle_down()
                await self.look_at_the_end()
            finally:
                await self.browser.close()
                await self.wechat.close()
                for server in (self.sandbox, self.house, self.box):
                    await server.close()
                await db.close()
                await self.copy.__aexit__(None, None, None)

        try:
            self.loop.run_until_complete(close())
        finally:
            self.loop.close()
            self.held.__exit__(None, None, None)


async def test_who_paid_has_the_drugs_or_the_money(template_database, tmp_path, sandbox_folder):
    class Here(Counter):
        template, folder = template_database, tmp_path

    shutil.copytree(sandbox_folder, tmp_path / "wechat")
    few = settings(
        max_examples=3 if on_postgres() else 8,
        stateful_step_count=50,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    await asyncio.to_thread(run_state_machine_as_test, Here, settings=few)
    await db.forget_statements()
