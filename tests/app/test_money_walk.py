"""Payments × booking × WeChat, walked at random; when all is quiet, booked means paid, and only so.

Notices are caught on their way and brought late, twice, in another order or never; processes die
before and after each call to WeChat. What WeChat's sandbox holds in the end is the truth.
"""

import asyncio
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import booking.reconcile
import payments.reconcile
from app import money, money_check, reactions
from app.demo import people as demo
from app.packages import APPS
from booking import cash, clockwork, policy, service, stopping
from booking.models import Appointment, CancelledBy, Channel, Disruption
from booking.models import Payment as Paid
from booking.rules import Params
from booking.schemas import ClosureIn
from booking.states import LIVE, Remedy, Status
from core import db
from core.audit import SYSTEM
from core.clock import set_clock
from core.errors import Problem
from core.outbox import Dispatcher, OutboxEntry, OutboxStatus
from payments import clockwork as cashier
from payments import refunding
from payments import service as till
from payments.models import Payment, Refund
from payments.routes import notifications
from payments.states import RefundStatus
from tests.booking.conftest import actor, new_patients, new_schedule, new_slot
from tests.plumbing.clocks import HeldClock
from tests.plumbing.databases import copy_of, on_postgres
from wechat.bindings import WECHAT, WeChat
from wechat.sandbox import SANDBOX, Options, create, credentials, world

some = st.integers(0, 40)
seldom = st.sampled_from([True, False, False])
LIES = st.sampled_from([None, None, None, None, None, 1])
FEE = 1500
CALLS = ("order", "query", "close_order", "refund", "query_refund")


class Killed(BaseException):
    """The process died here."""


def step(verb):
    """A rule's coroutine; a refusal in words is a fine answer, and so is death."""

    def run(self, **given):
        async def go():
            with suppress(Killed):
                try:
                    await verb(self, **given)
                except Problem as refused:
                    if refused.status not in (403, 404, 409, 422, 503):
                        raise

        self.loop.run_until_complete(go())

    run.__name__ = verb.__name__
    return run


class Town(RuleBasedStateMachine):
    """Four places, four residents, two payers each, one WeChat."""

    template: str
    folder: Path

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HeldClock()
        self.held = set_clock(self.clock)
        self.held.__enter__()
        policy.configure(Params(cancel_days_before=0))
        self.copy = copy_of(self.template, self.folder)
        self.post, self.dies = [], None
        self.loop.run_until_complete(self.open())

    async def open(self):
        await db.connect(await self.copy.__aenter__(), APPS)
        await demo.found_organizations()
        await demo.hire_staff()
        self.office = await actor("scheduler1")
        await self.open_wechat()
        self.patients = await new_patients(4)
        schedule = await new_schedule(fee_fen=FEE)
        first = self.clock.moment + timedelta(days=3)
        self.slots = [await new_slot(schedule, first + timedelta(hours=n)) for n in range(4)]
        self.dispatcher = Dispatcher(reactions.MONEY)

    async def open_wechat(self):
        """The sandbox brings each notice once, to a letter box; the walk brings it on."""
        box = web.Application()
        box.router.add_post("/notify", self.catch)
        options = Options(
            folder=self.folder / "wechat", remember=False, pace=1e9, repeats=0, refund_s=1e9
        )
        self.box, self.sandbox = TestServer(box), TestServer(create(options))
        await self.box.start_server()
        await self.sandbox.start_server()
        self.url = str(self.sandbox.make_url("/")).rstrip("/")
        notify = str(self.box.make_url("/notify"))
        found = credentials(options.folder, self.url, notify)
        self.wechat = WeChat(lambda: found)
        self.world = self.sandbox.app[SANDBOX].world
        house = web.Application()
        house[WECHAT] = self.wechat
        house.router.add_routes(notifications.routes)
        self.house = TestServer(house)
        await self.house.start_server()
        self.browser = ClientSession()
        for name in CALLS:
            setattr(self.wechat.pay, name, self.mortal(name, getattr(self.wechat.pay, name)))

    def mortal(self, name, call):
        """A call to WeChat around which the process may die."""

        async def run(*args, **given):
            if self.dies == (name, "before"):
                self.dies = None
                raise Killed
            try:
                return await call(*args, **given)
            finally:
                if self.dies == (name, "after"):
                    self.dies = None
                    raise Killed

        return run

    async def catch(self, request):
        self.post.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    async def bring(self, number):
        """One notice reaches the house."""
        if self.post:
            headers, body = self.post[number % len(self.post)]
            wanted = {k: v for k, v in headers.items() if k.startswith(("Wechatpay", "Content-T"))}
            async with self.browser.post(
                self.house.make_url(notifications.NOTIFY_PATH), data=body, headers=wanted
            ) as answer:
                assert answer.status == 204, await answer.text()

    async def console(self, path, **body):
        async with self.browser.post(self.url + path, json=body) as answer:
            return await answer.json()

    async def pick(self, model, number, *order, **wanted):
        found = await model.filter(**wanted).order_by(*order)
        return found[number % len(found)] if found else None

    async def appointment(self, number, **wanted):
        order = ("starts_at", "held_at", "patient__name")
        return await self.pick(Appointment, number, *order, **wanted)

    @initialize(paid=st.lists(st.booleans(), min_size=4, max_size=4))
    @step
    async def begin(self, paid):
        for who, pays in enumerate(paid):
            await self.take(who, who)
            row = await self.appointment(0, patient_id=self.patients[who].id)
            await self.order_for(row, 0)
            if pays:
                await self.pay_last(None)

    async def pay_last(self, lie):
        orders = [o for o in self.world.all(world.Order) if o.state == "NOTPAY"]
        if orders:
            prepay = orders[-1].prepay_id
            await self.console("/pay", prepay_id=prepay, notified_fen=lie)

    async def take(self, who, slot):
        await service.hold(
            SYSTEM,
            slot_id=self.slots[slot % 4].id,
            patient_id=self.patients[who % 4].id,
            channel=Channel.RESIDENT,
        )

    @rule(who=some, slot=some)
    @step
    async def hold(self, who, slot):
        await self.take(who, slot)

    async def order_for(self, row, payer):
        await till.request_payment(
            SYSTEM,
            subject=money.subject_of(row.id),
            openid=self.world.user(f"payer{payer}").id,
            account_id=uuid4(),
            patient_id=row.patient_id,
            amount_fen=row.fee_fen,
            description="心血管内科 门诊挂号费",
            expires_at=row.hold_expires_at or self.clock.moment,
            wechat=self.wechat,
        )

    @rule(which=some, payer=st.integers(0, 1))
    @step
    async def order(self, which, payer):
        if row := await self.appointment(which, status=Status.HELD):
            await self.order_for(row, payer)

    @rule(which=some, lie=LIES)
    @step
    async def pay(self, which, lie):
        orders = [o for o in self.world.all(world.Order) if o.state == "NOTPAY"]
        if orders:
            prepay = orders[which % len(orders)].prepay_id
            await self.console("/pay", prepay_id=prepay, notified_fen=lie)

    @rule(who=some, slot=some, lie=LIES, payer=st.integers(0, 1))
    @step
    async def come_and_pay(self, who, slot, lie, payer):
        with suppress(Problem):
            await self.take(who, slot)
        if row := await self.appointment(who, status=Status.HELD):
            await self.order_for(row, payer)
            await self.pay_last(lie)

    @rule(which=some)
    @step
    async def notice(self, which):
        await self.bring(which)

    @rule(first=some, second=some)
    @step
    async def two_notices_at_once(self, first, second):
        await asyncio.gather(self.bring(first), self.bring(second))

    @rule(which=some, really=seldom)
    @step
    async def cancel(self, which, really):
        row = await self.appointment(which, status__in=list(LIVE))
        if really and row:
            await service.cancel(SYSTEM, row, by=CancelledBy.PATIENT)

    @rule(which=some, really=seldom)
    @step
    async def pay_cash(self, which, really):
        row = await self.appointment(which, status__in=list(LIVE))
        if really and row:
            await cash.take(self.office, row)

    @rule(which=some, really=seldom)
    @step
    async def stop(self, which, really):
        row = await self.appointment(which, status__in=list(LIVE))
        if really and row:
            entry = ClosureIn(starts_at=row.starts_at, ends_at=row.ends_at, reason="医生手术")
            await stopping.stop(self.office, row.schedule_id, entry)

    @rule(which=some, slot=st.sampled_from([None, 0, 1, 2, 3]))
    @step
    async def choose(self, which, slot):
        told = await self.pick(
            Disruption, which, "appointment__starts_at", "appointment__held_at",
            remedy=Remedy.OPEN,
        )  # fmt: skip
        if told and slot is None:
            await stopping.refund(SYSTEM, told.id)
        elif told:
            await stopping.move(SYSTEM, told.id, self.slots[slot].id)

    @rule(status=st.sampled_from(["SUCCESS", "SUCCESS", "CLOSED", "ABNORMAL"]))
    @step
    async def refund_ends(self, status):
        await self.end_refunds(status)

    async def end_refunds(self, status):
        for refund in self.world.all(world.Refund):
            if refund.status == "PROCESSING":
                await self.console("/refunds", out_refund_no=refund.id, status=status)

    @rule(seconds=st.sampled_from([1, 61, 61, 120, 16 * 60]))
    @step
    async def time_goes_on(self, seconds):
        self.clock.move(seconds=seconds)
        await self.tick()

    async def tick(self):
        await clockwork.tick(may_expire=lambda row: money.may_expire(row, wechat=self.wechat))
        await cashier.tick(self.wechat)

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
            found = (await payments.reconcile.check()).faults + (
                await booking.reconcile.check()
            ).faults
            assert [fault for fault in found if "long ago" not in fault] == []

        self.loop.run_until_complete(look())

    async def settle_down(self):
        """Everybody lives, all post arrives, WeChat ends its refunds, a person does the rest."""
        self.dies = None
        for round_ in range(14):
            for number in range(len(self.post)):
                await self.bring(number)
            await self.end_refunds("SUCCESS")
            for row in await Refund.filter(status=RefundStatus.STUCK):
                await refunding.settle_by_hand(self.office, row.id, "窗口退现金,收据 0012")
            self.clock.move(minutes=20 if round_ < 9 else 61)
            await self.tick()
            await self.dispatcher.drain()
        assert not await OutboxEntry.filter(status=OutboxStatus.PARKED).exists()
        assert not await OutboxEntry.filter(status=OutboxStatus.WAITING).exists()

    async def look_at_the_end(self):
        """Against what WeChat holds: the money of an order is here exactly if a place is for it."""
        assert (await payments.reconcile.check()).faults == []
        assert (await booking.reconcile.check()).faults == []
        assert await money_check.check() == []
        held = await self.money_at_wechat()
        undecided = await Disruption.filter(remedy=Remedy.OPEN).values_list(
            "appointment_id", flat=True
        )
        for row in await Appointment.all():
            booked = row.status in service.CONFIRMED and row.payment is Paid.ONLINE
            waits = row.id in undecided and row.payment is Paid.ONLINE
            first = await money.paid_subject(row.id)
            if booked or waits:
                assert held.pop(first, 0) == FEE, (row.status, row.payment)
        assert not any(held.values()), "money is kept for nothing"

    async def money_at_wechat(self):
        subjects = dict(await Payment.all().values_list("out_trade_no", "subject"))
        held = {}
        for order in self.world.all(world.Order):
            if order.state in ("SUCCESS", "REFUND"):
                back = sum(
                    r.refund
                    for r in self.world.all(world.Refund)
                    if r.out_trade_no == order.id and r.status == "SUCCESS"
                )
                subject = subjects[order.id]
                held[subject] = held.get(subject, 0) + order.total - back
        for refund in await Refund.filter(status=RefundStatus.BY_HAND).select_related("payment"):
            held[refund.payment.subject] -= refund.amount_fen
        return held

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
            policy.configure(Params())


async def test_booked_means_paid_and_only_so(template_database, tmp_path, sandbox_folder):
    class Here(Town):
        template, folder = template_database, tmp_path

    shutil.copytree(sandbox_folder, tmp_path / "wechat")
    few = settings(
        max_examples=4 if on_postgres() else 10,
        stateful_step_count=40,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=few)
    await db.forget_statements()
