"""Stock: all or nothing, first expired first, safe to repeat, never negative."""

from uuid import uuid4

import pytest
from tortoise.exceptions import BaseORMException

from core import db
from core.errors import Conflict, NotFound
from pharmacy.formulary import shelf, stock
from pharmacy.formulary.models import Move, Reservation, StockLot, StockMove
from pharmacy.formulary.shelf import Goods
from pharmacy.formulary.states import ReservationStatus
from tests.pharmacy.formulary.conftest import (
    actor,
    days,
    new_drug,
    new_lot,
    new_pharmacy,
    numbers,
    sound,
)

pytestmark = pytest.mark.usefixtures("staff", "clock")


async def code_of(waited):
    with pytest.raises(Conflict) as refused:
        await waited
    await sound()
    return refused.value.code


async def test_the_soonest_to_expire_goes_first():
    place, drug = await new_pharmacy(), await new_drug()
    late = await new_lot(place, drug, 50, lot="LATE", expires=300)
    soon = await new_lot(place, drug, 20, lot="SOON", expires=30)
    await stock.reserve(place.id, {drug.id: 30}, "o1")
    assert (await numbers(soon), await numbers(late)) == ((20, 20), (50, 10))
    assert await stock.available(place.id, [drug.id]) == {drug.id: 40}
    assert [(one.lot, one.units) for one in await stock.held("o1")] == [("SOON", 20), ("LATE", 10)]
    await sound()


async def test_all_or_nothing_and_the_drug_is_named():
    place, drug = await new_pharmacy(), await new_drug()
    other = await new_drug("B2", "二甲双胍片", strength="0.5g")
    lot = await new_lot(place, drug, 50)
    with pytest.raises(Conflict) as refused:
        await stock.reserve(place.id, {drug.id: 10, other.id: 1}, "o1")
    assert refused.value.code == "out_of_stock"
    assert "二甲双胍片" in refused.value.detail
    assert "氨氯地平" not in refused.value.detail
    assert refused.value.extra["medication_ids"] == [str(other.id)]
    assert await numbers(lot) == (50, 0)
    assert await Reservation.all().count() == 0, "the key may be used when there is stock again"
    with pytest.raises(ValueError, match="one unit"):
        await stock.reserve(place.id, {drug.id: 0}, "o2")


async def test_a_lot_is_promised_to_the_day_before_and_issued_to_the_end_of_its_last_day(clock):
    """药品说明书和标签管理规定 art. 23: 有效期至 names the last day of use."""
    place, drug = await new_pharmacy(), await new_drug()
    lot = await new_lot(place, drug, 50, expires=1)
    await stock.reserve(place.id, {drug.id: 10}, "o1")
    await stock.reserve(place.id, {drug.id: 10}, "o2")
    clock.move(days=1)
    assert await stock.available(place.id, [drug.id]) == {drug.id: 0}
    assert await code_of(stock.reserve(place.id, {drug.id: 1}, "o3")) == "out_of_stock"
    await stock.issue("o1", who=await actor("pharmacist1"))
    clock.move(days=1)
    assert await code_of(stock.issue("o2", who=await actor("pharmacist1"))) == "lot_unusable"
    assert await numbers(lot) == (40, 10)
    await stock.release("o2")
    assert await numbers(lot) == (40, 0)


async def test_every_verb_may_be_repeated():
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    goods = Goods(drug.id, "L1", days(300), 50)
    for _ in range(2):
        lot = await shelf.receive(who, place.id, goods, key="delivery")
    assert await numbers(lot) == (50, 0)
    for _ in range(2):
        await stock.reserve(place.id, {drug.id: 20}, "o1")
    assert await numbers(lot) == (50, 20)
    taken = [await stock.issue("o1", who=who) for _ in range(2)]
    assert taken[0] == taken[1]
    assert await numbers(lot) == (30, 0)
    for _ in range(2):
        await stock.take_back("o1", {lot.id: 5}, who=who, reason="破损", under="r1", sound=False)
    assert await numbers(lot) == (30, 0)
    for _ in range(2):
        await stock.take_back("o1", {lot.id: 5}, who=who, reason="未出库", under="r2", sound=True)
    assert await numbers(lot) == (35, 0)
    for _ in range(2):
        await shelf.count(who, lot.id, found=33, seen=35, key="c1")
    for _ in range(2):
        await shelf.scrap(who, lot.id, units=3, key="s1", reason="摔碎")
    assert await numbers(lot) == (30, 0)
    await sound()


async def test_released_once_and_never_held_again():
    place, drug = await new_pharmacy(), await new_drug()
    lot = await new_lot(place, drug, 50)
    await stock.release("nobody")
    await stock.reserve(place.id, {drug.id: 20}, "o1")
    for _ in range(2):
        await stock.release("o1")
    assert await numbers(lot) == (50, 0)
    assert await code_of(stock.reserve(place.id, {drug.id: 20}, "o1")) == "reservation_over"
    who = await actor("pharmacist1")
    assert await code_of(stock.issue("o1", who=who)) == "reservation_over"
    with pytest.raises(NotFound):
        await stock.issue("nobody", who=who)
    await stock.reserve(place.id, {drug.id: 20}, "o2")
    assert await code_of(stock.reserve(place.id, {drug.id: 9}, "o2")) == "reservation_differs"
    await stock.issue("o2", who=who)
    assert await code_of(stock.release("o2")) == "already_issued"


async def test_other_lots_may_be_picked_but_not_other_amounts():
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    near = await new_lot(place, drug, 30, lot="NEAR", expires=30)
    far = await new_lot(place, drug, 30, lot="FAR", expires=300)
    elsewhere = await new_lot(await new_pharmacy("YH-T1", name="卫生院药房"), drug, 30, lot="FAR")
    await stock.reserve(place.id, {drug.id: 20}, "o1")
    await stock.reserve(place.id, {drug.id: 20}, "o2")
    assert (await numbers(near), await numbers(far)) == ((30, 30), (30, 10))
    short = stock.issue("o1", who=who, lots={far.id: 19})
    assert await code_of(short) == "quantity_differs"
    with pytest.raises(NotFound):
        await stock.issue("o1", who=who, lots={elsewhere.id: 20})
    taken = await stock.issue("o1", who=who, lots={near.id: 5, far.id: 15})
    assert [(one.lot, one.units) for one in taken] == [("NEAR", 5), ("FAR", 15)]
    assert (await numbers(near), await numbers(far)) == ((25, 10), (15, 10))
    assert await code_of(stock.issue("o2", who=who, lots={near.id: 10, far.id: 11})) == (
        "quantity_differs"
    )
    await stock.issue("o2", who=who)
    await sound()


async def test_what_is_promised_to_others_cannot_be_picked():
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    near = await new_lot(place, drug, 10, lot="NEAR", expires=30)
    far = await new_lot(place, drug, 10, lot="FAR", expires=300)
    await stock.reserve(place.id, {drug.id: 10}, "o1")
    await stock.reserve(place.id, {drug.id: 10}, "o2")
    assert await code_of(stock.issue("o2", who=who, lots={near.id: 10})) == "too_little"
    assert (await numbers(near), await numbers(far)) == ((10, 10), (10, 10))


async def test_the_promise_follows_what_is_in_the_basket():
    """A box of a lot of which others are promised the rest: their units are not taken with it."""
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    first = await new_lot(place, drug, 10, lot="A", expires=100)
    second = await new_lot(place, drug, 10, lot="B", expires=200)
    await stock.reserve(place.id, {drug.id: 7}, "o1")
    await stock.reserve(place.id, {drug.id: 7}, "o2")  # three of A and four of B
    assert await stock.room("o2", first.id, 0) == 3
    assert await stock.room("o2", second.id, 0) == 10
    assert await code_of(stock.follow_pick("o2", first.id, {first.id: 7})) == "too_little"
    for _ in range(2):
        await stock.follow_pick("o2", second.id, {second.id: 7})
    assert (await numbers(first), await numbers(second)) == ((10, 7), (10, 7))
    assert await stock.room("o2", second.id, 7) == 3
    await stock.reserve(place.id, {drug.id: 6}, "o3")  # all that is left
    await stock.issue("o2", who=who, lots={second.id: 7}, gone=True)
    assert (await numbers(first), await numbers(second)) == ((10, 10), (3, 3))


async def test_a_quarantined_lot_is_neither_promised_nor_issued():
    place, other = await new_pharmacy(), await new_pharmacy("YH-T1", name="卫生院药房")
    drug, who = await new_drug(), await actor("pharmacist1")
    await new_lot(place, drug, 30, lot="BAD")
    await new_lot(other, drug, 30, lot="BAD")
    await stock.reserve(place.id, {drug.id: 10}, "o1")
    closed = await shelf.quarantine(who, drug.id, "BAD", reason="厂家召回")
    assert {lot.pharmacy_id for lot in closed} == {place.id, other.id}
    assert await shelf.quarantine(who, drug.id, "BAD", reason="厂家召回") == []
    assert await stock.available(other.id, [drug.id]) == {drug.id: 0}
    assert await code_of(stock.issue("o1", who=who)) == "lot_unusable"
    good = await new_lot(place, drug, 30, lot="GOOD")
    await stock.issue("o1", who=who, lots={good.id: 10})
    await shelf.readmit(who, drug.id, "BAD", reason="检验合格")
    assert await stock.available(place.id, [drug.id]) == {drug.id: 50}
    await sound()


async def test_what_a_count_and_a_scrap_may_not_do():
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    lot = await new_lot(place, drug, 30)
    await stock.reserve(place.id, {drug.id: 10}, "o1")
    assert await code_of(shelf.count(who, lot.id, found=9, seen=30, key="c")) == "reserved_more"
    assert await code_of(shelf.count(who, lot.id, found=9, seen=29, key="c")) == "changed_meanwhile"
    assert await code_of(shelf.scrap(who, lot.id, units=21, key="s", reason="x")) == "too_little"
    late = shelf.receive(who, place.id, Goods(drug.id, "L1", days(5), 3), key="r")
    assert await code_of(late) == "expiry_differs"
    gone = shelf.receive(who, place.id, Goods(drug.id, "L2", days(-1), 3), key="r")
    assert await code_of(gone) == "lot_expired"
    with pytest.raises(NotFound):
        await shelf.scrap(who, uuid4(), units=1, key="s", reason="x")
    more = stock.take_back("o1", {lot.id: 1}, who=who, reason="x", under="r", sound=True)
    with pytest.raises(NotFound):
        await more
    await stock.issue("o1", who=who)
    much = stock.take_back("o1", {lot.id: 11}, who=who, reason="x", under="r", sound=True)
    assert await code_of(much) == "too_much"


async def test_the_database_itself_refuses_less_than_nothing():
    place, drug = await new_pharmacy(), await new_drug()
    lot = await new_lot(place, drug, 5)
    for wrong in ({"on_hand": -1}, {"reserved": 6}, {"reserved": -1}):
        with pytest.raises(BaseORMException):
            async with db.atomic():
                await StockLot.filter(id=lot.id).update(**wrong)
    assert await numbers(lot) == (5, 0)


async def test_a_crash_in_the_middle_leaves_nothing(monkeypatch):
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    await new_lot(place, drug, 5, lot="A", expires=30)
    await new_lot(place, drug, 5, lot="B", expires=60)
    real, written = stock.ledger.write, []

    async def dies(entry, lot_id, units):
        if len(written) == 1:
            raise RuntimeError
        written.append(lot_id)
        await real(entry, lot_id, units)

    with monkeypatch.context() as patch:
        patch.setattr(stock.ledger, "write", dies)
        with pytest.raises(RuntimeError):
            await stock.reserve(place.id, {drug.id: 10}, "o1")
    await sound()
    assert not await StockMove.filter(kind=Move.RESERVE).exists()
    await stock.reserve(place.id, {drug.id: 10}, "o1")
    await stock.issue("o1", who=who)
    assert (await Reservation.get()).status is ReservationStatus.ISSUED
    await sound()
