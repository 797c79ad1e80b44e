"""The whole chain at random: from a draft to the hand, with repeats, crashes and two hands at once.

Whatever people do, in whatever order, and wherever a process dies: no drug without another person's
approval, none without money, no money without a drug or the way back, no box sold twice.
"""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from aiohttp import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from care.signatures.models import Signature
from core import outbox
from core.errors import Problem
from core.outbox import OutboxEntry, OutboxReceipt, OutboxStatus
from payments import clockwork as till
from payments.models import Payment
from payments.states import Status as Money
from pharmacy.dispensing.models import DispensePick, MedicationDispense, TraceCode
from pharmacy.formulary.models import PharmacyKind
from pharmacy.orders import reconcile
from pharmacy.orders.models import MedicationOrder, OrderCash, Paid, Way
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.states import Status as Rx
from pharmacy.review.models import Review
from pharmacy.review.states import ReviewStatus
from tests.care.conftest import resident, staff
from tests.pharmacy.chain import Story
from tests.pharmacy.county import clockwork_of, dispatcher, new_visit, open_county
from tests.pharmacy.formulary.conftest import new_lot, new_pharmacy
from tests.pharmacy.formulary.conftest import sound as shelves_are_sound
from tests.pharmacy.prescribing.conftest import drug
from tests.pharmacy.till import Cashier
from wechat.sandbox import world

__all__ = ["resident", "staff"]

WALKS = 16
ONWARD = 62
"""Of a hundred steps so many go on; the others are anybody's."""
MODES = ("once",) * 5 + ("twice", "together", "killed", "late", "replayed")

MOVES = st.tuples(st.integers(0, 99), st.sampled_from(MODES))
ANYBODY = (
    *("sign", "rewrite", "confirm", "cancel"),
    *("claim", "release", "approve", "approve_oneself", "send_back", "reject"),
    *("place", "ask_to_pay", "pay", "give_up", "cash", "cash_back"),
    *("take", "scan", "weigh_out", "finish", "check", "pick_anew", "hand_over"),
    *("cannot_fill", "put_back", "take_back"),
    *("leave", "picked_up", "arrive", "signed_for", "receive", "lose", "come_back", "inspect"),
    *("boil", "notice", "minutes", "a_day", "wrong_check", "box_again"),
)
GO = (0, "once")
WAYS = (Way.PICK_UP, Way.PICK_UP, Way.VILLAGE, Way.DOOR)


def named(*names):
    """These verbs, once each."""
    return [(2 * len(ANYBODY) + ANYBODY.index(name), "once") for name in names]


ALWAYS = (
    [GO, GO, *named("send_back"), *[GO] * 12, *named("take_back")],
    [GO] * 30,
    [GO] * 18,
    [GO] * 11 + named("come_back") + [GO] * 4,
    [GO] * 9 + named("cancel") + [GO] * 3,
    [GO] * 3 + named(*["a_day"] * 4),
    [GO] * 12 + named("lose") + [GO] * 12,
    [GO] * 18,
    [GO] * 4 + named("ask_to_pay", "pay", "cash", "give_up", "notice"),
    [GO, *named("approve_oneself"), *[GO] * 12],
    [GO] * 9 + named("wrong_check") + [GO] * 8,
    [GO] * 7 + named("box_again") * 3 + [GO] * 8,
)
"""A return and a broken box; a decoction; the village; a parcel that comes back; the doctor's
second thoughts; days that end; a lost parcel; the door; paid twice and given up; one's own
prescription; one's own basket; a box that was sold."""


class Killed(BaseException):
    """The process died here."""


class Walk:
    """One prescription and everybody around it."""

    def __init__(self, story, held):
        self.story, self.held = story, held
        self.cashier = story.county.cashier
        self.tick, self.facts = clockwork_of(self.cashier), dispatcher()
        self.done, self.reached = [], set()

    async def wait(self):
        """What follows by itself is on its way."""

    async def notice(self):
        if self.cashier.post:
            await self.cashier.bring()

    async def minutes(self):
        self.held.move(minutes=31)
        await self.tick()
        await till.tick(self.cashier.wechat)

    async def a_day(self):
        self.held.move(days=1)
        await self.tick()

    async def wrong_check(self):
        await self.story.check(person=0)

    async def box_again(self):
        """One that was sold before, perhaps to somebody else."""
        await self.story.scan(number=1 + len(self.done) % max(self.story.county.boxes, 1))

    async def step(self, number, mode):
        """One verb in one of the ways in which things happen."""
        self.story.cash_today = len(self.done) % 3 == 0
        verb = await self.story.onward() if number < ONWARD else None
        if number < ONWARD and verb is None:
            verb = self.wait
        elif verb is None:
            name = ANYBODY[number % len(ANYBODY)]
            verb = getattr(self if hasattr(self, name) else self.story, name)
        self.done.append(f"{verb.__name__} {mode}")
        if mode == "killed":
            await self.kill(verb, number)
        elif mode == "together":
            both = await asyncio.gather(verb(), verb(), return_exceptions=True)
            for problem in both:
                if isinstance(problem, BaseException) and not isinstance(problem, Problem):
                    raise problem
        else:
            for _ in range(2 if mode == "twice" else 1):
                with suppress(Problem):
                    await verb()
        if mode == "replayed":
            await replay()
        if mode != "late":
            await self.facts.deliver()

    async def kill(self, verb, number):
        """It dies while it writes down what it did: at its first, second or third fact."""
        real, left = OutboxEntry.create, [number % 3]

        async def create(*args, **given):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return await real(*args, **given)

        outbox.OutboxEntry.create = create
        try:
            with suppress(Problem, Killed, ClientError):  # also in our answer to WeChat
                await verb()
        finally:
            outbox.OutboxEntry.create = real

    async def agrees(self):
        """What must be true at every moment."""
        if len(self.done) % 5 == 0:
            await everything_agrees()
        subject = f"Encounter/{self.story.encounter.id}"
        rows = await MedicationRequest.filter(subject=subject)
        for row in rows:
            self.reached.add(row.status)
            if row.status in (Rx.ACTIVE, Rx.DISPENSING, Rx.COMPLETED):
                await approved_by_another(row)
        ids = [row.id for row in rows]
        ordered = await MedicationOrder.filter(request_id__in=ids)
        known = {row.id: row for row in rows}
        for order in ordered:
            assert known[order.request_id].reviewed_at, "nothing is priced before the review"
            self.reached.add(order.status)
        had = [order for order in ordered if order.handed_at]
        assert len(had) <= 1, "a prescription is used once, in whichever version"
        for order in had:
            assert known[order.request_id].status in (Rx.COMPLETED, Rx.CANCELLED)
            await paid_for(order)
            one = await MedicationDispense.get(order_id=order.id)
            pickers = await DispensePick.filter(dispense_id=one.id, undone_at=None)
            assert one.checked_by not in {pick.picked_by for pick in pickers}

    async def settle_down(self):
        """Everybody lives, all post arrives, refunds end, time passes."""
        for _ in range(4):
            for number in range(len(self.cashier.post)):
                await self.cashier.bring(number)
            self.cashier.post.clear()
            await self.facts.drain()
            for refund in self.cashier.world.all(world.Refund):
                if refund.status == "PROCESSING":
                    body = {"out_refund_no": refund.id, "status": "SUCCESS"}
                    await self.cashier.console("/refunds", body)
            self.held.move(minutes=31)
            await self.tick()
            await till.tick(self.cashier.wechat)
        assert not await OutboxEntry.filter(status=OutboxStatus.PARKED).exists()

    async def money_is_where_it_belongs(self):
        """What came is with a drug that is there or comes, or it went back: to the fen."""
        mine = MedicationOrder.filter(request__subject=f"Encounter/{self.story.encounter.id}")
        for order in await mine:
            kept = order.amount_fen - order.refund_fen
            if order.status is Ordered.REFUNDING:
                assert order.payment is Paid.CASH, "only cash waits for a hand"
                kept = order.amount_fen
            came = await self._at_wechat(order)
            came += sum([one.amount_fen for one in await OrderCash.filter(order_id=order.id)])
            unpaid = order.status in (Ordered.PAY_PENDING, Ordered.CLOSED)
            assert came == (0 if unpaid else kept), (order.status, order.payment, came)

    async def _at_wechat(self, order):
        ours = await Payment.filter(subject=f"MedicationOrder/{order.id}")
        numbers = {one.out_trade_no for one in ours}
        paid = [one for one in self.cashier.world.all(world.Order) if one.id in numbers]
        back = [one for one in self.cashier.world.all(world.Refund) if one.out_trade_no in numbers]
        return sum(one.total for one in paid if one.paid_at) - sum(one.refund for one in back)


async def approved_by_another(row):
    """A pharmacist who is not the doctor has signed for exactly this version."""
    passed = await Review.filter(request_id=row.id, status=ReviewStatus.APPROVED)
    assert [one.reviewer_id for one in passed] == [row.reviewed_by]
    assert row.reviewed_by != row.author_id
    assert await Signature.exists(id=row.review_signature_id, practitioner_id=row.reviewed_by)


async def paid_for(order):
    """Money is on record for what was handed out."""
    if order.payment is Paid.ONLINE:
        assert await Payment.exists(subject=f"MedicationOrder/{order.id}", status=Money.PAID)
    else:
        assert order.payment is Paid.CASH
        assert await OrderCash.exists(order_id=order.id, kind="fee")


async def everything_agrees():
    """Orders, money, prescriptions and shelves; no box is sold twice."""
    assert (await reconcile.check()).faults == []
    await shelves_are_sound()
    taken = {}
    for pick in await DispensePick.filter(undone_at=None).exclude(trace_code=""):
        taken[pick.trace_code] = taken.get(pick.trace_code, 0) + pick.units
    for box in await TraceCode.all():
        assert taken.get(box.code, 0) == box.sold <= box.pack_units


async def replay():
    """The last fact is delivered once more: its process had died before it could say so."""
    last = await OutboxEntry.filter(status=OutboxStatus.DONE).order_by("-id").first()
    if last is not None:
        await OutboxReceipt.filter(entry_id=last.id).delete()
        await OutboxEntry.filter(id=last.id).update(status=OutboxStatus.WAITING)


@pytest.fixture
async def county(staff, clock, sandbox_options):
    """Shelves with little on them, a till, and two kinds of drugs."""
    async with Cashier(sandbox_options.folder) as cashier:
        counter = await new_pharmacy(delivers=True)
        room = await new_pharmacy(kind=PharmacyKind.DECOCTION)
        pill, leaf = await drug(), await drug("Y003")
        for _ in range(2):
            await new_lot(counter, pill, 84, lot=uuid4().hex[:8])
        await new_lot(room, leaf, 400)
        found = await open_county(cashier, counter, clock)
        found.pill, found.leaf, found.counter, found.room = pill, leaf, counter, room
        yield found


async def test_no_walk_breaks_the_chain(county, resident, clock):
    walks = list(ALWAYS)

    @settings(max_examples=WALKS, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(MOVES, min_size=20, max_size=34))
    def collect(moves):
        walks.append(moves)

    await asyncio.get_running_loop().run_in_executor(None, collect)
    reached = set()
    for number, moves in enumerate(walks):
        tcm = number % 4 == 1
        county.place = county.room if tcm else await restocked(county)
        await county.wake()
        patient = await resident()
        encounter = await new_visit(county, patient.id)
        kind = Category.TCM if tcm else Category.WESTERN
        what, way = county.leaf if tcm else county.pill, WAYS[number % 4]
        story = Story(county, patient, what, encounter, kind, way)
        walk = Walk(story, clock)
        try:
            for choice, mode in moves:
                await walk.step(choice, mode)
                await walk.agrees()
            await walk.settle_down()
            await walk.agrees()
            await everything_agrees()
            await walk.money_is_where_it_belongs()
        except BaseException as problem:
            problem.add_note("; ".join(walk.done))
            raise
        reached |= walk.reached
    assert {*Rx} - {Rx.DRAFT, Rx.DISCARDED, Rx.REJECTED} <= reached
    assert {Ordered.PICKED_UP, Ordered.RECEIVED, Ordered.BACK, Ordered.REFUNDED} <= reached


async def restocked(county):
    """Boxes that were given out are received anew, so that later walks find some."""
    county.stocked = getattr(county, "stocked", 0) + 1
    if county.stocked % 8 == 0:
        await new_lot(county.counter, county.pill, 84, lot=uuid4().hex[:8])
    return county.counter
