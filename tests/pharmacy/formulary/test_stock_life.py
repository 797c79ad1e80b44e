"""The life of stock, walked at random; after each step everything must add up."""

import asyncio
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
from core import db
from core.clock import set_clock, today
from core.errors import Problem
from pharmacy.formulary import ledger, renewing, rules, shelf, stock
from pharmacy.formulary.models import Reservation, StockLot
from pharmacy.formulary.shelf import Goods
from pharmacy.formulary.states import ReservationStatus
from tests.pharmacy.formulary.conftest import actor, days, new_drug, new_pharmacy, sound
from tests.plumbing.clocks import HeldClock
from tests.plumbing.databases import copy_of, on_postgres

some = st.integers(0, 5)
units = st.integers(1, 25)


def step(verb):
    """A rule's coroutine, run to its end; a refusal in words is a fine answer."""

    def run(self, **given):
        async def go():
            try:
                await verb(self, **given)
            except Problem as refused:
                if refused.status not in (404, 409):
                    raise

        self.loop.run_until_complete(go())

    run.__name__ = verb.__name__
    return run


class Shelf(RuleBasedStateMachine):
    """One pharmacy, two drugs, a few lots and orders; everything is tried, allowed or not."""

    template: str
    folder: Path

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HeldClock()
        self.held = set_clock(self.clock)
        self.held.__enter__()
        self.copy = copy_of(self.template, self.folder)
        self.loop.run_until_complete(self._open())

    async def _open(self):
        await db.connect(await self.copy.__aenter__(), APPS)
        await demo.found_organizations()
        await demo.hire_staff()
        self.who = await actor("pharmacist1")
        self.place = await new_pharmacy()
        self.drugs = [await new_drug("A"), await new_drug("B", "二甲双胍片")]

    def teardown(self):
        async def close():
            await db.close()
            await self.copy.__aexit__(None, None, None)

        self.loop.run_until_complete(close())
        self.held.__exit__(None, None, None)
        self.loop.close()

    @initialize(first=units, second=units)
    @step
    async def stock_up(self, first, second):
        for drug, many in zip(self.drugs, (first, second), strict=True):
            goods = Goods(drug.id, "L0", days(3), many)
            await shelf.receive(self.who, self.place.id, goods, key="first")

    async def lot(self, number):
        found = await StockLot.all().order_by("medication__code", "lot")
        return found[number % len(found)]

    @rule(drug=some, lot=some, many=units, key=some)
    @step
    async def receive(self, drug, lot, many, key):
        goods = Goods(self.drugs[drug % 2].id, f"L{lot}", days(lot + 1), many)
        await shelf.receive(self.who, self.place.id, goods, key=f"in{key}")

    @rule(first=units, second=st.integers(0, 25), key=some)
    @step
    async def reserve(self, first, second, key):
        lines = {self.drugs[0].id: first} | ({self.drugs[1].id: second} if second else {})
        before = await stock.available(self.place.id, lines)
        known = await Reservation.exists(key=f"o{key}")
        await stock.reserve(self.place.id, lines, f"o{key}")
        after = await stock.available(self.place.id, lines)
        taken = {id: 0 if known else many for id, many in lines.items()}
        assert after == {id: before[id] - taken[id] for id in lines}

    @rule(key=some)
    @step
    async def release(self, key):
        await stock.release(f"o{key}")
        row = await Reservation.get_or_none(key=f"o{key}")
        assert row is None or row.status is ReservationStatus.RELEASED

    @rule(key=some, other=st.none() | some)
    @step
    async def issue(self, key, other):
        lots = None
        if other is not None:
            lot = await self.lot(other)
            lots = {lot.id: sum(one.units for one in await stock.held(f"o{key}"))}
        taken = await stock.issue(f"o{key}", who=self.who, lots=lots)
        row = await Reservation.get(key=f"o{key}")
        assert row.status is ReservationStatus.ISSUED
        assert all(one.units > 0 for one in taken)

    @rule(key=some, lot=some, many=units, under=some, sound=st.booleans())
    @step
    async def take_back(self, key, lot, many, under, sound):
        back = {(await self.lot(lot)).id: many}
        await stock.take_back(
            f"o{key}", back, who=self.who, reason="退回", under=f"r{under}", sound=sound
        )

    @rule(lot=some, found=st.integers(0, 40), stale=st.booleans(), key=some)
    @step
    async def count(self, lot, found, stale, key):
        row = await self.lot(lot)
        await shelf.count(self.who, row.id, found=found, seen=row.on_hand + stale, key=f"c{key}")

    @rule(lot=some, many=units, key=some)
    @step
    async def scrap(self, lot, many, key):
        row = await self.lot(lot)
        await shelf.scrap(self.who, row.id, units=many, key=f"s{key}", reason="摔碎")

    @rule(lot=some, closed=st.booleans())
    @step
    async def quarantine(self, lot, closed):
        row = await self.lot(lot)
        verb = shelf.quarantine if closed else shelf.readmit
        await verb(self.who, row.medication_id, row.lot, reason="召回")

    @rule(key=some)
    @step
    async def renew(self, key):
        await renewing.renew(f"o{key}")
        for one in await stock.held(f"o{key}"):
            assert rules.may_issue(await StockLot.get(id=one.lot_id), today())

    @rule()
    def midnight(self):
        self.clock.move(days=1)

    @invariant()
    def everything_adds_up(self):
        self.loop.run_until_complete(self._adds_up())

    async def _adds_up(self):
        await sound()
        promised: dict[object, int] = {}
        for row in await Reservation.all():
            held = await ledger.held(row.id)
            assert bool(held) == (row.status is ReservationStatus.HELD)
            if held:
                by_drug: dict[str, int] = {}
                for lot in await StockLot.filter(id__in=list(held)):
                    drug = str(lot.medication_id)
                    by_drug[drug] = by_drug.get(drug, 0) + held[lot.id]
                assert by_drug == row.lines
            for lot_id, many in held.items():
                promised[lot_id] = promised.get(lot_id, 0) + many
            assert all(many > 0 for many in (await ledger.gone(row.id)).values())
        for lot in await StockLot.all():
            assert lot.reserved == promised.get(lot.id, 0)
        ids = [drug.id for drug in self.drugs]
        for id, many in (await stock.available(self.place.id, ids)).items():
            good = await StockLot.filter(
                medication_id=id, quarantined=False, expires_on__gt=today()
            )
            assert many == sum(lot.on_hand - lot.reserved for lot in good)


def test_stock_adds_up_whatever_happens(template_database, tmp_path):
    Shelf.template, Shelf.folder = template_database, tmp_path
    run_state_machine_as_test(
        Shelf,
        settings=settings(
            max_examples=8 if on_postgres() else 20,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
