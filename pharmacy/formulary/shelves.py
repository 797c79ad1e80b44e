"""Reads of shelves for the stock keeper's pages. None of them is a door."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from core import clock, db
from people.actor import Actor
from people.models import Account
from pharmacy.formulary import ledger, rules
from pharmacy.formulary.models import (
    Medication,
    Reservation,
    StockLot,
    StockMinimum,
    StockMove,
)
from pharmacy.formulary.policy import params
from pharmacy.formulary.states import ReservationStatus

MOST_MOVES: Final = 20_000


def life(lot: StockLot) -> tuple[str, str]:
    """How a lot stands, as a badge: closed off, expired, near its end, or good."""
    today = clock.today()
    if lot.quarantined:
        return "returned", "已封存"
    if lot.expires_on < today:
        return "danger", "已过期"
    left = (lot.expires_on - today).days
    if left <= params().near_days:
        return "waiting", f"近效期,还有 {left} 天"
    return "done", "正常"


@dataclass(frozen=True, slots=True)
class Line:
    """One drug on one shelf, in units. `free` may be promised; `lost` is expired or closed off."""

    drug: Medication
    on_hand: int
    reserved: int
    free: int
    lost: int
    near: int
    soonest: date | None
    minimum: int

    @property
    def low(self) -> bool:
        """Less than the pharmacy wants to have."""
        return self.free < self.minimum


SHOWN: Final = {
    "todo": "要处理",
    "all": "全部",
    "low": "库存不足",
    "near": "近效期",
    "lost": "过期、封存",
    "none": "没有库存",
}


async def lines(pharmacy_id: UUID, *, among: Collection[UUID] | None = None) -> list[Line]:
    """Every drug that is, was or should be on this shelf, by name."""
    lots = StockLot.filter(pharmacy_id=pharmacy_id)
    minima = StockMinimum.filter(pharmacy_id=pharmacy_id, units__gt=0)
    if among is not None:
        lots = lots.filter(medication_id__in=list(among))
        minima = minima.filter(medication_id__in=list(among))
    by_drug: dict[UUID, list[StockLot]] = {}
    for lot in await lots:
        by_drug.setdefault(lot.medication_id, []).append(lot)
    least = {row.medication_id: row.units for row in await minima}
    wanted = set(by_drug) | set(least) | set(among or ())
    drugs = await Medication.filter(id__in=list(wanted)).order_by("generic_name", "strength")
    return [_line(drug, by_drug.get(drug.id, []), least.get(drug.id, 0)) for drug in drugs]


def _line(drug: Medication, lots: Iterable[StockLot], minimum: int) -> Line:
    today, house = clock.today(), params()
    here = [lot for lot in lots if lot.on_hand]
    good = [lot for lot in here if rules.may_promise(lot, today, house)]
    usable = [lot for lot in here if rules.may_issue(lot, today)]
    near = today + timedelta(days=house.near_days)
    return Line(
        drug=drug,
        on_hand=sum(lot.on_hand for lot in here),
        reserved=sum(lot.reserved for lot in here),
        free=sum(lot.on_hand - lot.reserved for lot in good),
        lost=sum(lot.on_hand for lot in here if not rules.may_issue(lot, today)),
        near=sum(lot.on_hand for lot in usable if lot.expires_on <= near),
        soonest=min((lot.expires_on for lot in usable), default=None),
        minimum=minimum,
    )


_TESTS: Final[Mapping[str, Callable[[Line], bool]]] = {
    "todo": lambda one: one.low or one.lost > 0,
    "low": lambda one: one.low,
    "near": lambda one: one.near > 0,
    "lost": lambda one: one.lost > 0,
    "none": lambda one: one.on_hand == 0,
}


def among(found: Iterable[Line], shown: str) -> list[Line]:
    """Those a tab shows."""
    fits = _TESTS.get(shown)
    return [one for one in found if fits is None or fits(one)]


WAITING: Final = """
WITH shelf AS (
  SELECT pharmacy_id, medication_id, SUM(CASE WHEN quarantined OR expires_on < $1 THEN 0
    WHEN expires_on >= $2 THEN on_hand - reserved ELSE 0 END) AS free,
    SUM(CASE WHEN quarantined OR expires_on < $1 THEN on_hand ELSE 0 END) AS lost
  FROM pharmacy_stock_lot GROUP BY pharmacy_id, medication_id
), wanting AS (
  SELECT pharmacy_id, medication_id FROM shelf WHERE lost > 0
  UNION SELECT least.pharmacy_id, least.medication_id FROM pharmacy_stock_minimum AS least
  LEFT JOIN shelf ON shelf.pharmacy_id = least.pharmacy_id
    AND shelf.medication_id = least.medication_id
  WHERE least.units > COALESCE(free, 0)
)
SELECT COUNT(*) AS drugs FROM wanting JOIN pharmacy_pharmacy AS place ON place.id = pharmacy_id
WHERE place.organization_id = $3 AND place.active
"""


async def waiting(actor: Actor) -> int:
    """For the navigation: drugs of one's own house that are low or of which something expired."""
    today = clock.today()
    promised = rules.promised_from(today, params())
    (row,) = await db.fetch(WAITING, today, promised, actor.organization_id)
    return int(row["drugs"])


async def lots(pharmacy_id: UUID, medication_id: UUID) -> list[StockLot]:
    """The lots of one drug, the first to go first; what may not go and what is used up, last."""
    rows = await StockLot.filter(pharmacy_id=pharmacy_id, medication_id=medication_id)
    today = clock.today()
    return sorted(
        rows,
        key=lambda lot: (
            lot.on_hand == 0,
            not rules.may_issue(lot, today),
            lot.expires_on,
            lot.lot,
        ),
    )


async def elsewhere(medication_id: UUID, lot: str) -> list[StockLot]:
    """The same lot number of the same drug in every pharmacy of the county."""
    rows = StockLot.filter(medication_id=medication_id, lot=lot)
    return await rows.select_related("pharmacy__organization").order_by("pharmacy__name")


@dataclass(frozen=True, slots=True)
class Holder:
    """An order to which units of a lot are promised."""

    lot: StockLot
    key: str
    since: datetime
    units: int


async def holders(found: Collection[StockLot]) -> list[Holder]:
    """Who still waits for units of these lots."""
    by_id = {lot.id: lot for lot in found if lot.reserved}
    moves = await StockMove.filter(
        stock_lot_id__in=list(by_id), reservation__status=ReservationStatus.HELD
    ).values_list("reservation_id", flat=True)
    rows = await Reservation.filter(id__in=list(set(moves))).order_by("made_at")
    return [
        Holder(by_id[lot_id], row.key, row.made_at, units)
        for row in rows
        for lot_id, units in (await ledger.held(row.id)).items()
        if lot_id in by_id
    ]


async def moves_of(lot_id: UUID) -> list[StockMove]:
    """What happened to a lot, the latest first."""
    return await StockMove.filter(stock_lot_id=lot_id).order_by("-made_at", "-id").limit(200)


async def moves(
    pharmacy_id: UUID, since: datetime, until: datetime, *, most: int
) -> list[StockMove]:
    """The ledger of a pharmacy between two moments, the latest first; lot and drug are loaded."""
    rows = StockMove.filter(
        stock_lot__pharmacy_id=pharmacy_id, made_at__gte=since, made_at__lt=until
    )
    return (
        await rows.select_related("stock_lot__medication").order_by("-made_at", "-id").limit(most)
    )


async def names(found: Iterable[StockMove]) -> dict[UUID | None, str]:
    """Who made these moves."""
    ids = {move.made_by for move in found if move.made_by}
    rows = await Account.filter(id__in=list(ids)).select_related("practitioner")
    return {None: "系统"} | {row.id: row.practitioner.name for row in rows}
