"""A decoction room, the two who work in it, and prescriptions of pieces that are paid for."""

from decimal import Decimal

import pytest

from app.demo import people as demo
from core import db
from core.states import advance
from pharmacy.formulary.models import Kind, Pharmacy, PharmacyKind
from pharmacy.prescribing.models import Category, Preparation, PrescribedLine
from pharmacy.prescribing.states import MEDICATION_REQUEST
from tests.care.conftest import resident
from tests.plumbing.prescriptions import medicine, signed

__all__ = ["resident"]

HERE = "/pharmacy/decoctions"
PIECES = {"黄芪": (30, ""), "附子": (10, "先煎"), "薄荷": (10, "后下")}


@pytest.fixture
async def room(house, clock):
    """The county's decoction room and the two who work in it."""
    await Pharmacy.get_or_create(
        organization_id=demo.organization_id("YH-H1"),
        kind=PharmacyKind.DECOCTION,
        defaults={"name": "共享中药房"},
    )
    return await house.signed_in("pharmacist1"), await house.signed_in("pharmacist2")


@pytest.fixture
async def to_decoct(room, resident):
    """A prescription of seven doses that was reviewed, paid for and given to the pharmacy."""

    async def make(*steps: str, preparation=Preparation.DECOCT):
        for name in PIECES:
            await medicine(name, Kind.PIECE)
        patient = await resident()
        row = await signed(
            patient.id,
            drugs=tuple(PIECES),
            category=Category.TCM,
            preparation=preparation,
            doses=7,
        )
        for name, (grams, note) in PIECES.items():
            line = PrescribedLine.filter(request_id=row.id, name=name)
            await line.update(dose=Decimal(grams), dose_unit="g", note=note)
        async with db.atomic():
            for step in steps or ("approve", "dispense"):
                await advance(row, MEDICATION_REQUEST, step)
        return row

    return make
