"""Pharmacies of the county hospital and the health centres, the formulary, and what is on shelves.

The drugs come by the same way as a pharmacist's own file (`pharmacy.formulary.importing`).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from app.demo.places import CENTRES, HOSPITAL, demo_id, organization_id
from app.settings import Settings
from core import clock
from core.audit import SYSTEM
from pharmacy.formulary import importing
from pharmacy.formulary.models import (
    ImportFile,
    ImportKind,
    Kind,
    Medication,
    Move,
    Pharmacy,
    PharmacyKind,
    StockLot,
    StockMinimum,
    StockMove,
)

SEED: Final = 20261122
LIST: Final = Path(importing.__file__).with_name("demo_drugs.csv")
MANY: Final = 500
HOURS: Final = "每天 8:00–20:00"
DAY_HOURS: Final = "周一至周六 8:00–17:30"


@dataclass(frozen=True, slots=True)
class Lot:
    """Goods of one lot, `days` from its end."""

    days: int
    packs: int


FAR: Final = (Lot(690, 90), Lot(410, 40))
"""What most drugs have: the older lot first to go."""
SPECIAL: Final = {
    "W001": (Lot(700, 120), Lot(60, 24), Lot(-6, 2)),
    "W013": (Lot(540, 60), Lot(75, 9)),
    "W003": (Lot(320, 2),),
    "W020": (Lot(45, 12), Lot(500, 30)),
}
"""Lots that show what the stock keeper has to look at: near, expired, low."""


def pharmacy_id(code: str, kind: PharmacyKind) -> UUID:
    """The id of a demo pharmacy."""
    return demo_id("pharmacy", f"{code}/{kind.value}")


async def create(settings: Settings) -> None:
    """Open the pharmacies, import the formulary, fill the shelves. In the county's transaction."""
    places = list(_pharmacies())
    await Pharmacy.bulk_create(places)
    await import_drugs()
    drugs = await Medication.all().order_by("code")
    dice = random.Random(SEED)  # noqa: S311  (a demo's dice)
    lots = [lot for place in places for lot in _shelf(place, drugs, dice)]
    await StockLot.bulk_create(lots, batch_size=MANY)
    await StockMove.bulk_create([_received(lot) for lot in lots], batch_size=MANY)
    packs = {drug.id: drug.pack_size for drug in drugs}
    watched = [drug for drug in drugs if drug.code in SPECIAL]
    await StockMinimum.bulk_create(
        [
            StockMinimum(pharmacy_id=place.id, medication_id=drug.id, units=10 * packs[drug.id])
            for place in places
            if place.kind is not PharmacyKind.DECOCTION
            for drug in watched
        ]
    )


async def import_drugs() -> None:
    """The demo's list, as if a pharmacist had brought it."""
    encoding, rows = importing.rows_of(LIST.read_bytes(), ImportKind.FORMULARY)
    file = ImportFile(kind=ImportKind.FORMULARY, rows=list(rows), encoding=encoding)
    found = await importing.outlook(file)
    if found.refused:
        raise ValueError(f"the demo's list has wrong lines: {found.refused[:3]}")
    await importing.write_products(SYSTEM, found, source="演示目录")


def _pharmacies() -> Iterator[Pharmacy]:
    code, name, _ = HOSPITAL
    yield _pharmacy(code, PharmacyKind.HOSPITAL, f"{name}门诊药房", "云河县人民路 1 号", HOURS)
    yield _pharmacy(
        code, PharmacyKind.DECOCTION, "云河县共享中药房", "云河县人民路 1 号后院", DAY_HOURS
    )
    for code, name, _, address in CENTRES:
        yield _pharmacy(code, PharmacyKind.TOWNSHIP, f"{name}药房", address, DAY_HOURS)


def _pharmacy(code: str, kind: PharmacyKind, name: str, address: str, hours: str) -> Pharmacy:
    return Pharmacy(
        id=pharmacy_id(code, kind),
        organization_id=organization_id(code),
        kind=kind,
        name=name,
        address=address,
        phone="0539-5550110",
        hours=hours,
        delivers=kind is not PharmacyKind.TOWNSHIP,
    )


def _shelf(place: Pharmacy, drugs: list[Medication], dice: random.Random) -> Iterator[StockLot]:
    """The hospital has everything, the shared pharmacy pieces, a health centre what it uses."""
    for drug in drugs:
        herbal = drug.kind in (Kind.PIECE, Kind.GRANULE)
        if herbal != (place.kind is PharmacyKind.DECOCTION):
            continue
        if place.kind is PharmacyKind.TOWNSHIP and (dice.random() < 0.35 or drug.injection):
            continue
        for lot in SPECIAL.get(drug.code, FAR):
            yield _lot(place, drug, lot, dice)


def _lot(place: Pharmacy, drug: Medication, lot: Lot, dice: random.Random) -> StockLot:
    ends = clock.today() + timedelta(days=lot.days)
    made = ends - timedelta(days=730)
    packs = lot.packs if place.kind is not PharmacyKind.TOWNSHIP else max(1, lot.packs // 3)
    packs = packs if drug.kind is not Kind.PIECE else max(1, packs // 6)
    return StockLot(
        id=uuid4(),
        pharmacy_id=place.id,
        medication_id=drug.id,
        lot=_number(made, dice),
        expires_on=ends,
        on_hand=packs * drug.pack_size,
    )


def _number(made: date, dice: random.Random) -> str:
    return f"{made:%y%m%d}{dice.randint(1, 4):02}"


def _received(lot: StockLot) -> StockMove:
    return StockMove(
        stock_lot_id=lot.id,
        kind=Move.RECEIVE,
        units=lot.on_hand,
        key="demo",
        reason="期初库存",
        made_at=clock.now(),
    )
