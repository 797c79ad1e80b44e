"""The whole life of appointments, walked at random; after each step everything must agree."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.demo import people as demo
from app.packages import APPS
from booking import (
    appeals,
    cash,
    clockwork,
    places,
    policy,
    reconcile,
    service,
    stopping,
    visits,
    waiting,
)
from booking.models import (
    Appointment,
    CancelledBy,
    Channel,
    Closure,
    Disruption,
    Payment,
    Pool,
    Slot,
    WaitingWish,
)
from booking.rules import POOLS, Params
from booking.schemas import ClosureIn
from booking.states import LIVE, PRESENT, Remedy, Status, Wish
from core import db
from core.clock import set_clock
from core.errors import Problem
from people.models import Patient
from tests.booking.conftest import actor, at, new_patients, new_schedule, weekly
from tests.plumbing.clocks import HeldClock
from tests.plumbing.databases import copy_of, on_postgres

some = st.integers(0, 40)
ORDER = {
    Appointment: ("starts_at", "schedule__name", "held_at", "slot__pool", "patient__name"),
    Slot: ("starts_at", "schedule__name", "pool"),
    WaitingWish: ("id",),
    Closure: ("created_at", "starts_at", "ends_at"),
    Disruption: (
        "closure__created_at",
        "appointment__starts_at",
        "appointment__slot__pool",
        "appointment__patient__name",
    ),
}


def step(verb):
    """A rule's coroutine, run to its end; a refusal in words is a fine answer."""

    def run(self, **given):
        async def go():
            try:
                await verb(self, **given)
            except Problem as refused:
                if refused.status not in (403, 404, 409, 422):
                    raise

        self.loop.run_until_complete(go())

    run.__name__ = verb.__name__
    return run


class Office(RuleBasedStateMachine):
    """Two clinics, a device, six people, three days; everybody does what they may, or may not."""

    template: str
    folder: Path

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HeldClock()
        self.held = set_clock(self.clock)
        self.held.__enter__()
        policy.configure(Params(window_days=3))
        self.copy = copy_of(self.template, self.folder)
        self.loop.run_until_complete(self._open())

    async def _open(self):
        await db.connect(await self.copy.__aenter__(), APPS)
        await demo.found_organizations()
        await demo.hire_staff()
        self.clinic, self.office = await actor("village1"), await actor("scheduler1")
        self.patients = await new_patients(6)
        for number, patient in enumerate(self.patients):
            await Patient.filter(id=patient.id).update(name=f"居民{number}")

    @initialize(firsts=st.lists(some, min_size=6, max_size=6))
    def open_clinics(self, firsts):
        async def build():
            kept = {"public": 1, "grassroots": 1, "followup": 1, "onsite": 1}
            self.schedules = [
                await new_schedule("county1", fee_fen=1500),
                await new_schedule("county2", department="endocrinology"),
            ]
            for row in self.schedules:
                await weekly(row, weekdays=[1, 2], opens=540, closes=600, **kept)
            for who, slot in enumerate(firsts):
                with suppress(Problem):
                    await self.take(who, slot, Channel.VILLAGE, None)

        self.loop.run_until_complete(build())

    async def pick(self, model, number, **wanted):
        """One of the rows, the same one when the walk is repeated: ids are random, so not by id."""
        found = await model.filter(**wanted).order_by(*ORDER[model])
        return found[number % len(found)] if found else None

    async def take(self, who, slot, channel, key):
        """Most want the same few places, so that they are full soon."""
        near = await Slot.filter(
            pool__in=list(POOLS[channel]), open=True, ends_at__gt=self.clock.moment
        ).order_by("starts_at", "schedule__name", "-pool")
        if not near:
            return
        pays = Payment.AT_VISIT if channel in (Channel.COUNTER, Channel.DOCTOR) else None
        await service.hold(
            self.clinic,
            slot_id=near[slot % min(len(near), 5)].id,
            patient_id=self.patients[who % 6].id,
            channel=channel,
            payment=pays,
            key=key,
        )

    @rule(who=some, slot=some)
    @step
    async def book(self, who, slot):
        await self.take(who, slot, Channel.RESIDENT, None)

    @rule(who=some, slot=some, channel=st.sampled_from(list(Channel)), key=st.integers(0, 6))
    @step
    async def hold(self, who, slot, channel, key):
        await self.take(who, slot, channel, f"key-{key}" if key else None)

    @rule(which=some, payment=st.sampled_from([Payment.ONLINE, Payment.FREE]))
    @step
    async def pay(self, which, payment):
        row = await self.pick(Appointment, which, status=Status.HELD)
        if row and (payment is Payment.FREE) == (row.fee_fen == 0):
            await service.confirm(self.clinic, row.id, payment)

    @rule(which=some)
    @step
    async def pay_cash(self, which):
        if row := await self.pick(Appointment, which, status__in=list(LIVE)):
            await cash.take(self.clinic, row)

    @rule(which=some, office=st.booleans())
    @step
    async def cancel(self, which, office):
        if row := await self.pick(Appointment, which, status__in=list(LIVE)):
            by = CancelledBy.STAFF if office else CancelledBy.PATIENT
            await service.cancel(self.clinic, row, by=by, office=office)

    @rule(which=some)
    @step
    async def give_cash_back(self, which):
        if row := await self.pick(Appointment, which, payment=Payment.CASH):
            await cash.give_back(self.clinic, row)

    @rule(who=some, schedule=some, day=some)
    @step
    async def join(self, who, schedule, day):
        await waiting.join(
            self.clinic,
            schedule_id=self.schedules[schedule % 2].id,
            day=at(3 + day % 2, 9).date(),
            patient_id=self.patients[who % 6].id,
            channel=Channel.VILLAGE,
        )

    @rule(which=some)
    @step
    async def leave(self, which):
        if wish := await self.pick(WaitingWish, which):
            await waiting.leave(self.clinic, wish)

    @rule(which=some)
    @step
    async def check_in(self, which):
        if row := await self.pick(Appointment, which, status=Status.BOOKED):
            self.clock.moment = max(self.clock.moment, row.starts_at)
            await clockwork.tick()
            await visits.check_in(self.office, await Appointment.get(id=row.id))

    @rule(which=some)
    @step
    async def call_next(self, which):
        if row := await self.pick(Appointment, which, status=Status.CHECKED_IN):
            await visits.call_next(self.office, row.schedule_id, row.day)

    @rule(which=some, verb=st.sampled_from(["call", "pass_over", "begin", "finish"]))
    @step
    async def visit(self, which, verb):
        if row := await self.pick(Appointment, which, status__in=list(PRESENT)):
            await getattr(visits, verb)(self.office, row)

    @rule(which=some, hours=st.integers(1, 30))
    @step
    async def stop(self, which, hours):
        row = await self.pick(Appointment, which, status__in=list(LIVE))
        if row is not None:
            ends = row.starts_at + timedelta(hours=hours)
            entry = ClosureIn(starts_at=row.starts_at, ends_at=ends, reason="医生手术")
            await stopping.stop(self.office, row.schedule_id, entry)

    @rule(which=some)
    @step
    async def lift(self, which):
        if closure := await self.pick(Closure, which):
            await stopping.lift(self.office, closure.id)

    @rule(which=some, slot=some)
    @step
    async def move(self, which, slot):
        told = await self.pick(Disruption, which, remedy=Remedy.OPEN)
        chosen = await self.pick(Slot, slot, pool=Pool.PUBLIC, open=True)
        if told and chosen:
            await stopping.move(self.office, told.id, chosen.id)

    @rule(which=some)
    @step
    async def refund(self, which):
        if told := await self.pick(Disruption, which):
            await stopping.refund(self.office, told.id)

    @rule(which=some)
    @step
    async def extra(self, which):
        if slot := await self.pick(Slot, which, open=True):
            await places.add_extra(slot.id)
            await waiting.serve_line(slot.schedule_id, slot.day, slot.pool)

    @rule(which=some, upheld=st.booleans())
    @step
    async def appeal(self, which, upheld):
        if row := await self.pick(Appointment, which, status=Status.NO_SHOW):
            made = await appeals.make(self.clinic, row, "路上大雪封山")
            await appeals.decide(self.office, made.id, upheld=upheld, words="情况属实")

    @rule(minutes=st.sampled_from([1, 16, 31, 60 * 14]))
    @step
    async def time_goes_on(self, minutes):
        self.clock.move(minutes=minutes)
        await clockwork.tick()
        await clockwork.tend()

    @invariant()
    def everything_agrees(self):
        async def look():
            report = await reconcile.check()
            assert report.faults == []
            assert (
                report.used
                == await Appointment.exclude(status__in=[Status.CANCELLED, Status.EXPIRED]).count()
            )
            line = await WaitingWish.filter(status=Wish.OFFERED).values_list(
                "appointment_id", flat=True
            )
            assert len(set(line)) == len(line)

        self.loop.run_until_complete(look())

    def teardown(self):
        async def close():
            await db.close()
            await self.copy.__aexit__(None, None, None)

        self.loop.run_until_complete(close())
        self.loop.close()
        self.held.__exit__(None, None, None)
        policy.configure(Params())


async def test_the_whole_life_of_appointments(template_database, tmp_path):
    class Here(Office):
        template, folder = template_database, tmp_path

    few = settings(
        max_examples=5 if on_postgres() else 12,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.generate],  # shrinking takes minutes: the walk itself is printed
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=few)
    await db.forget_statements()
