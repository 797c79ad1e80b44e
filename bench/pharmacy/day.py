"""`pharmacy-day`: 3,000 prescriptions through every state in a simulated day, then counted.

The real verbs run on PostgreSQL in one process with its outbox and its clockwork, a few dozen
stories at once; WeChat is the sandbox in the same process, over real HTTP with real signatures.
Pages are not drawn: a browser's share is in `api` and `booking`. The clock moves five minutes at
a time, so thousands stand in line as they would, and nobody sleeps.
"""

import asyncio
import os
import random
import resource
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import payments.reconcile
from app.demo import people as demo
from app.packages import APPS
from bench import machine, rows
from bench.booking.door import KEYS
from bench.booking.release import administer
from bench.plan import QUICK, Plan, Unavailable
from core import crypto, db
from core.clock import set_clock
from core.errors import Problem
from core.outbox import OutboxEntry, OutboxStatus
from payments import clockwork as till
from people.models import Patient, Sex
from pharmacy.formulary.models import PharmacyKind
from pharmacy.orders import reconcile
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.shipping import returns
from tests.pharmacy.chain import Story
from tests.pharmacy.county import clockwork_of, dispatcher, new_visit, open_county
from tests.pharmacy.formulary.conftest import new_lot, new_pharmacy
from tests.pharmacy.formulary.conftest import sound as shelves_are_sound
from tests.pharmacy.prescribing.conftest import drug
from tests.pharmacy.till import Cashier
from tests.plumbing.clocks import HeldClock
from tests.plumbing.servers import NoServerError, usable_postgres

WHOLE: Final = 3_000
SHORT: Final = 240
SLOT_MINUTES: Final = 5
OPEN_SLOTS: Final = 120
"""New ones come from eight to six."""
TAIL_SLOTS: Final = 60
HANDS: Final = 24
"""So many people act at the same moment."""
VERBS: Final = {"claim": "approve", "weigh_out": "finish", "next_box": "finish"}
"""What the same hand does next without getting up."""
LIMIT_S: Final = 600.0

SHARES: Final = (
    ("cash at the counter", 12, {"cash": True}),
    ("pieces that are boiled", 8, {"category": Category.TCM}),
    ("to the village", 12, {"way": Way.VILLAGE}),
    ("to the door", 5, {"way": Way.DOOR}),
    ("refused at the village, fetched then", 2, {"way": Way.VILLAGE, "twist": "come_back"}),
    ("lost by the courier, ordered anew", 1, {"way": Way.DOOR, "twist": "lose"}),
    ("returned and rewritten", 5, {"twist": "send_back"}),
    ("rejected", 1, {"twist": "reject"}),
    ("taken back by the doctor", 2, {"twist": "cancel"}),
    ("given up after paying", 2, {"twist": "give_up"}),
    ("never ordered", 3, {"twist": "forget"}),
    ("a broken box", 1, {"twist": "take_back"}),
)
"""Of a hundred; the rest pays on the phone and fetches."""
WHEN: Final = {
    "come_back": "receive",
    "lose": "signed_for",
    "send_back": "approve",
    "reject": "approve",
    "cancel": "take",
    "give_up": "take",
    "forget": "place",
}
"""In place of which verb of a good day the twist comes, once."""


@dataclass
class Day:
    """What was done, and what went wrong."""

    verbs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class Resident:
    """One story and its twist."""

    def __init__(self, story: Story, day: Day, *, twist: str = "", cash: bool = False) -> None:
        self.story, self.day, self.twist = story, day, twist
        story.cash_today = cash
        self.over = False

    async def act(self) -> None:
        """What a good day brings next, or the twist in its place; and what follows at once."""
        verb = await self.story.onward()
        name = verb.__name__ if verb else ""
        while name:
            if self.twist and WHEN.get(self.twist) == name:
                name, self.twist = self.twist, ""
            if name == "forget":
                self.over = True
                return
            if not await self._do(name):
                return
            name = VERBS.get(name, "")
        if not verb:
            await self._end()

    async def _end(self) -> None:
        row = await self.story.row()
        if row is not None and row.status in ("completed", "cancelled", "rejected"):
            if self.twist == "take_back":
                await self._do("take_back")
            self.over = True

    async def _do(self, name: str) -> bool:
        try:
            await getattr(self.story, name)()
        except Problem as problem:
            self.day.refused[f"{name}: {problem.code}"] += 1
            return False
        except Exception as problem:
            self.day.broken.append(f"{name}: {type(problem).__name__}: {problem}")
            self.over = True
            return False
        self.day.verbs[name] += 1
        return True


async def run(plan: Plan) -> list[rows.Row]:
    """The day on a database of its own; refused where there is no PostgreSQL."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
        try:
            return [await _day(address, plan, SHORT if plan == QUICK else WHOLE)]
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
    except NoServerError as why:
        raise Unavailable(str(why)) from why


async def _day(address: str, plan: Plan, count: int) -> rows.Row:
    name = f"bench_pharmacy_{uuid4().hex[:8]}"
    await administer(address, f'CREATE DATABASE "{name}"')
    held = HeldClock()
    try:
        crypto.configure(KEYS)
        await db.migrate(f"{address}/{name}", APPS)
        await db.connect(f"{address}/{name}", APPS)
        with set_clock(held), tempfile.TemporaryDirectory() as folder:
            async with Cashier(Path(folder) / "wechat", by_hand=False, refund_s=0.0) as cashier:
                return await _live(plan, count, held, cashier)
    finally:
        await db.close()
        await administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _live(plan: Plan, count: int, held: HeldClock, cashier: Cashier) -> rows.Row:
    given = await _county(count, cashier)
    day, chance = Day(), random.Random(3000)
    people: list[Resident] = []
    before, start = _cpu(), time.perf_counter()
    for slot in range(OPEN_SLOTS + TAIL_SLOTS + 3):
        if slot < OPEN_SLOTS:
            new = count * (slot + 1) // OPEN_SLOTS - count * slot // OPEN_SLOTS
            people += [await _come(given, day, chance) for _ in range(new)]
        await _slot(given, people, held)
        if slot >= OPEN_SLOTS + TAIL_SLOTS:
            held.move(days=1)  # what nobody ordered runs out
        people = [one for one in people if not one.over]
        if slot % 30 == 0:
            plan.say(
                f"pharmacy-day: slot {slot}, {len(people)} under way, {sum(day.verbs.values())}"
            )
    await _settle(given, held)
    passed, cpu = time.perf_counter() - start, _cpu() - before
    return await _row(count, day, passed, cpu)


async def _county(count: int, cashier: Cashier) -> Any:
    await demo.found_organizations()
    await demo.hire_staff()
    counter = await new_pharmacy(delivers=True)
    room = await new_pharmacy(kind=PharmacyKind.DECOCTION)
    county = await open_county(cashier, counter)
    county.counter, county.room = counter, room
    county.pill, county.leaf = await drug(splittable=False), await drug("Y003")
    for lot in range(4):
        await new_lot(counter, county.pill, 28 * (count // 3 + 40), lot=f"L{lot}", expires=90 + lot)
    await new_lot(room, county.leaf, 27 * count)
    county.tick, county.facts = clockwork_of(cashier), dispatcher()
    return county


async def _come(county: Any, day: Day, chance: random.Random) -> Resident:
    number, at = chance.randrange(100), 0
    chosen: dict[str, Any] = {}
    for _, share, given in SHARES:
        at += share
        if number < at:
            chosen = dict(given)
            break
    category = chosen.pop("category", Category.WESTERN)
    way = chosen.pop("way", Way.PICK_UP)
    patient = await Patient.create(
        id=uuid4(),
        name="王秀兰",
        sex=Sex.FEMALE,
        birth_date=date(1957, 3, 2),
        managing_organization_id=demo.organization_id("YH-T1-V1"),
        created_at=county.people[0].reauthenticated_at,
        created_by=demo.practitioner_id("village1"),
    )
    tcm = category is Category.TCM
    what = county.leaf if tcm else county.pill
    story = Story(county, patient, what, await new_visit(county, patient.id), category, way)
    story.place_at, story.days = (county.room if tcm else county.counter), 28
    return Resident(story, day, **chosen)


async def _slot(county: Any, people: list[Resident], held: HeldClock) -> None:
    """Five minutes: everybody does what is next, the outbox tells, the clockwork looks."""
    held.move(minutes=SLOT_MINUTES)
    await county.wake()
    turn = asyncio.Semaphore(HANDS)

    async def one(person: Resident) -> None:
        async with turn:
            await person.act()

    await asyncio.gather(*(one(person) for person in people))
    await _tell(county)


async def _tell(county: Any) -> None:
    await county.facts.drain(rounds=10_000)
    await county.tick()
    await returns.tick()
    await till.tick(county.cashier.wechat)
    await county.facts.drain(rounds=10_000)


async def _settle(county: Any, held: HeldClock) -> None:
    """Refunds end, and nothing is under way."""
    for _ in range(6):
        held.move(minutes=31)
        await _tell(county)


async def _row(count: int, day: Day, passed: float, cpu: float) -> rows.Row:
    found = await reconcile.check()
    money = await payments.reconcile.check()
    await shelves_are_sound()
    parked = await OutboxEntry.filter(status=OutboxStatus.PARKED).count()
    errors = [*found.faults, *money.faults, *day.broken]
    errors += [f"{parked} facts are parked"] if parked else []
    ended = await _counted(MedicationRequest)
    ordered = await _counted(MedicationOrder)
    notes = [
        f"{count} prescriptions, {sum(day.verbs.values())} verbs in {passed:.0f} s of wall time, "
        f"{cpu:.0f} s of processor time with WeChat's sandbox: {cpu / count * 1000:.0f} ms each",
        f"prescriptions: {ended}",
        f"orders: {ordered}",
        f"errors {len(errors)}{': ' + '; '.join(errors[:5]) if errors else ''}",
        f"refused in words {sum(day.refused.values())} ({dict(day.refused.most_common(4))})",
        f"load {os.getloadavg()[0]:.1f} on {machine.cores()} cores",
    ]
    return rows.row(
        "pharmacy-day",
        count / passed,
        "prescriptions/s",
        better="higher",
        peer="the day itself: ten hours",
        peer_value=count / (OPEN_SLOTS * SLOT_MINUTES * 60),
        notes=notes,
    )


async def _counted(model: Any) -> str:
    found = Counter([row.status.value for row in await model.all().only("id", "status")])
    return ", ".join(f"{status} {number}" for status, number in sorted(found.items()))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
