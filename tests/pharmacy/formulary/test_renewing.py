"""A lot that expired at midnight, or was recalled, while orders wait for it."""

import asyncio

import pytest

from core.errors import Conflict
from pharmacy.formulary import renewing, shelf, stock
from tests.pharmacy.formulary.conftest import (
    actor,
    new_drug,
    new_lot,
    new_pharmacy,
    numbers,
    sound,
)

pytestmark = pytest.mark.usefixtures("staff", "clock")


async def test_after_midnight_the_promise_lies_in_the_next_lot(clock):
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    ends = await new_lot(place, drug, 28, lot="ENDS", expires=1)
    good = await new_lot(place, drug, 56, lot="GOOD")
    await stock.reserve(place.id, {drug.id: 40}, "o1")
    assert not await renewing.renew("o1"), "nothing is wrong yet"
    clock.move(days=2)
    assert (await asyncio.gather(*(renewing.renew("o1") for _ in range(4)))).count(True) == 1
    assert (await numbers(ends), await numbers(good)) == ((28, 0), (56, 40))
    assert [one.lot for one in await stock.held("o1")] == ["GOOD"]
    await stock.issue("o1", who=who)
    assert await numbers(good) == (16, 0)
    assert not await renewing.renew("o1")
    assert not await renewing.renew("nobody")
    await sound()


async def test_a_recall_moves_whom_it_can_and_leaves_the_others_their_place():
    place, drug, who = await new_pharmacy(), await new_drug(), await actor("pharmacist1")
    bad = await new_lot(place, drug, 56, lot="BAD", expires=90)
    good = await new_lot(place, drug, 30, lot="GOOD")
    for key in ("o1", "o2"):
        await stock.reserve(place.id, {drug.id: 28}, key)
    await shelf.quarantine(who, drug.id, "BAD", reason="厂家召回")
    assert await renewing.renew_spoilt() == (1, 1)
    assert (await numbers(bad), await numbers(good)) == ((56, 28), (30, 28))
    with pytest.raises(Conflict) as refused:
        await renewing.renew("o2")
    assert refused.value.code == "out_of_stock"
    await new_lot(place, drug, 28, lot="MORE")
    assert await renewing.renew_spoilt() == (1, 0)
    assert await renewing.renew_spoilt() == (0, 0)
    assert await numbers(bad) == (56, 0)
    await sound()
