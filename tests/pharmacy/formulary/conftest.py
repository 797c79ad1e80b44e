"""Two small pharmacies and three drugs."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from app.demo import people as demo
from core import clock, db
from pharmacy.formulary import shelf
from pharmacy.formulary.models import Kind, Medication, Pharmacy, PharmacyKind, StockLot
from pharmacy.formulary.rules import EFFECT
from pharmacy.formulary.shelf import Goods
from tests.plumbing.actors import actor

__all__ = ["actor"]


@pytest.fixture
async def staff(database):
    """The county's organizations and staff, without the application around them."""
    await demo.found_organizations()
    await demo.hire_staff()


async def new_pharmacy(organization="YH-H1", kind=PharmacyKind.HOSPITAL, **changes):
    """A pharmacy of the county hospital."""
    values = {
        "organization_id": demo.organization_id(organization),
        "kind": kind,
        "name": "门诊药房",
    }
    return await Pharmacy.create(**(values | changes))


async def new_drug(code="A1", name="苯磺酸氨氯地平片", **changes):
    """A tablet of 5 mg, twenty-eight in a box."""
    values = {
        "code": code,
        "generic_name": name,
        "initials": "bhsaldpp",
        "kind": Kind.WESTERN,
        "form": "片剂",
        "strength": "5mg",
        "unit": "片",
        "pack_size": 28,
        "pack_unit": "盒",
        "splittable": True,
        "route": "口服",
        "price_fen": 2450,
        "updated_at": clock.now(),
    }
    return await Medication.create(**(values | changes))


def days(more: int) -> date:
    """A day from today."""
    return clock.today() + timedelta(days=more)


async def new_lot(pharmacy, drug, units, *, lot="L1", expires=400):
    """Received goods."""
    goods = Goods(drug.id, lot, days(expires), units)
    return await shelf.receive(await actor("pharmacist1"), pharmacy.id, goods, key=str(uuid4()))


SUMS = """
SELECT lot.id, lot.on_hand, lot.reserved, move.kind, COALESCE(SUM(move.units), 0) AS units
FROM pharmacy_stock_lot AS lot LEFT JOIN pharmacy_stock_move AS move ON move.stock_lot_id = lot.id
GROUP BY lot.id, lot.on_hand, lot.reserved, move.kind
"""


async def sound():
    """Every lot is the sum of its moves and is never negative; reservations hold what they say."""
    hand: dict[object, int] = {}
    held: dict[object, int] = {}
    rows = await db.fetch(SUMS)
    for row in rows:
        more, promised = EFFECT.get(row["kind"], (0, 0))
        hand[row["id"]] = hand.get(row["id"], 0) + more * int(row["units"])
        held[row["id"]] = held.get(row["id"], 0) + promised * int(row["units"])
    for row in rows:
        assert 0 <= row["reserved"] <= row["on_hand"]
        assert (row["on_hand"], row["reserved"]) == (hand[row["id"]], held[row["id"]])


async def numbers(lot: StockLot | UUID) -> tuple[int, int]:
    """On hand, reserved."""
    row = await StockLot.get(id=getattr(lot, "id", lot))
    return row.on_hand, row.reserved
