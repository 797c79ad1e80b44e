"""Many at once: nothing is promised twice, nobody waits in a ring, nothing is lost."""

import asyncio
import random
from collections import Counter
from contextvars import copy_context
from uuid import uuid4

import pytest

from core import db
from core.errors import Conflict
from pharmacy.formulary import shelf, stock
from pharmacy.formulary.models import Reservation, StockLot
from pharmacy.formulary.states import ReservationStatus
from tests.pharmacy.formulary.conftest import (
    actor,
    new_drug,
    new_lot,
    new_pharmacy,
    numbers,
    sound,
)
from tests.plumbing.databases import on_postgres
from tests.plumbing.postgres import until_somebody_waits

pytestmark = pytest.mark.usefixtures("staff", "clock")
CROWD = 200 if on_postgres() else 60


async def trying(waited):
    """What became of it: `done`, or the code of the refusal."""
    try:
        await waited
    except Conflict as refused:
        return refused.code
    return "done"


async def test_a_crowd_wants_the_last_units():
    place, drug = await new_pharmacy(), await new_drug()
    lots = [await new_lot(place, drug, 28, lot=f"L{n}", expires=30 + n) for n in range(3)]
    answers = await asyncio.gather(
        *(trying(stock.reserve(place.id, {drug.id: 7}, f"o{n}")) for n in range(CROWD))
    )
    assert Counter(answers) == {"done": 12, "out_of_stock": CROWD - 12}
    assert [await numbers(lot) for lot in lots] == [(28, 28)] * 3
    assert await Reservation.all().count() == 12
    await sound()


async def test_ten_taps_with_one_key_hold_once():
    place, drug = await new_pharmacy(), await new_drug()
    lot = await new_lot(place, drug, 28)
    taps = (trying(stock.reserve(place.id, {drug.id: 20}, "tap")) for _ in range(10))
    assert set(await asyncio.gather(*taps)) == {"done"}
    assert await numbers(lot) == (28, 20)
    who = await actor("pharmacist1")
    both = [trying(stock.release("tap")) for _ in range(5)]
    both += [trying(stock.issue("tap", who=who)) for _ in range(5)]
    answers = await asyncio.gather(*both)
    ended = (await Reservation.get(key="tap")).status
    expected = {
        ReservationStatus.ISSUED: (["already_issued"] * 5 + ["done"] * 5, (8, 0)),
        ReservationStatus.RELEASED: (["done"] * 5 + ["reservation_over"] * 5, (28, 0)),
    }
    assert (answers, await numbers(lot)) == expected[ended]
    await sound()


async def test_a_basket_in_any_order_and_everything_else_meanwhile():
    """Orders name the same drugs in any order while the shelf is worked on: nobody is refused for
    a lock, and every lot adds up."""
    place, who = await new_pharmacy(), await actor("pharmacist1")
    drugs = [await new_drug(f"D{n}", f"药品{n}") for n in range(4)]
    for drug in drugs:
        for n in range(2):
            await new_lot(place, drug, 400, lot=f"L{n}", expires=30 + n)
    lots = await StockLot.all()
    chance = random.Random(7)

    async def order(n, basket):
        key = f"o{n}"
        await stock.reserve(place.id, {drug.id: 1 + n % 5 for drug in basket}, key)
        if n % 3 == 0:
            await stock.release(key)
        elif n % 3 == 1:
            taken = await stock.issue(key, who=who)
            back = {one.lot_id: 1 for one in taken}
            await stock.take_back(key, back, who=who, reason="破损", under="r", sound=n % 2 == 0)

    async def work(n):
        lot = lots[n % len(lots)]
        await trying(shelf.scrap(who, lot.id, units=1, key=f"s{n}", reason="摔碎"))
        row = await StockLot.get(id=lot.id)
        await trying(shelf.count(who, lot.id, found=row.on_hand - 1, seen=row.on_hand, key=f"c{n}"))

    orders = [order(n, chance.sample(drugs, k=4)) for n in range(CROWD)]
    await asyncio.gather(*orders, *(work(n) for n in range(20)))
    await sound()
    held = await Reservation.filter(status=ReservationStatus.HELD)
    assert sum(await StockLot.all().values_list("reserved", flat=True)) == sum(
        units for row in held for units in row.lines.values()
    )


@pytest.mark.postgres
async def test_who_waits_for_a_lot_holds_no_later_one():
    """Lots are locked by id, whatever the order in which they were asked for."""
    place, drug = await new_pharmacy(), await new_drug()
    for n in range(3):
        await new_lot(place, drug, 10, lot=f"L{n}", expires=30 - n)
    first, *_, last = await StockLot.all().order_by("id")
    outside = copy_context()
    async with db.atomic():
        await StockLot.filter(id=first.id).select_for_update().get()
        reserving = stock.reserve(place.id, {drug.id: 30}, "o1")
        waiting = asyncio.create_task(reserving, context=outside)
        await until_somebody_waits()
        assert await StockLot.filter(id=last.id).select_for_update(nowait=True).get()
    await waiting
    await sound()


@pytest.mark.postgres
async def test_a_lot_that_was_emptied_meanwhile_is_seen_as_it_is():
    place, drug = await new_pharmacy(), await new_drug()
    lot = await new_lot(place, drug, 10)
    outside = copy_context()
    async with db.atomic():
        await stock.reserve(place.id, {drug.id: 8}, "first")
        late = asyncio.create_task(
            trying(stock.reserve(place.id, {drug.id: 8}, "late")), context=outside
        )
        await until_somebody_waits()
    assert await late == "out_of_stock"
    assert await numbers(lot) == (10, 8)
    await stock.reserve(place.id, {drug.id: 2}, str(uuid4()))
    await sound()
