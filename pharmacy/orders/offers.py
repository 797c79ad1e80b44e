"""Where a prescription's drugs can be fetched: the pharmacies of the member houses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from people.models import Organization, Patient, Tier
from pharmacy.formulary import stock
from pharmacy.formulary.models import Pharmacy, PharmacyKind
from pharmacy.orders import rules, ways
from pharmacy.orders.models import Way
from pharmacy.orders.policy import params
from pharmacy.prescribing.models import (
    Category,
    MedicationRequest,
    Preparation,
    PrescribedLine,
)

COUNTERS: Final = Q(active=True) & ~Q(kind=PharmacyKind.DECOCTION)
"""Where western and patent drugs are handed out."""
ROOMS: Final = Q(active=True, kind=PharmacyKind.DECOCTION)


@dataclass(frozen=True, slots=True)
class Offer:
    """One pharmacy, its house loaded, and whether it has everything."""

    pharmacy: Pharmacy
    in_stock: bool


def serving(request: MedicationRequest) -> Q:
    """The pharmacies that can serve it: pieces that are boiled for one come from a decoction room,
    other pieces from whoever has them."""
    if request.category is not Category.TCM:
        return COUNTERS
    return ROOMS if request.preparation is Preparation.DECOCT else Q(active=True)


def price_of(
    request: MedicationRequest, lines: Sequence[PrescribedLine], way: Way = Way.PICK_UP
) -> rules.Price:
    """What it costs at any of them, carried or fetched."""
    doses = request.doses if request.preparation is Preparation.DECOCT else 0
    fee = doses * params().decoction_fee_fen
    carried = {Way.DOOR: params().door_fee_fen, Way.VILLAGE: params().village_fee_fen}
    amounts = (line.amount_fen for line in lines)
    return rules.price(amounts, decoction_fen=fee, delivery_fen=carried.get(way, 0))


async def why_not_way(
    way: Way,
    place: Pharmacy,
    lines: Sequence[PrescribedLine],
    request: MedicationRequest,
    clinic_id: UUID | None,
) -> rules.Refusal | None:
    """Why these drugs cannot come this way from this pharmacy; None when they can."""
    refusal = ways.why_not(way, goods_of(lines), house_of(place))
    if refusal or way is not Way.VILLAGE:
        return refusal
    known = await Organization.exists(id=clinic_id, tier=Tier.VILLAGE, provides_care=True)
    return None if known else ways.NO_CLINIC


def goods_of(lines: Sequence[PrescribedLine]) -> list[ways.Good]:
    """What the rules of carrying look at, drug by drug."""
    return [
        ways.Good(
            name=line.name,
            kind=line.medication.kind,
            controlled=line.medication.controlled,
            cold=line.medication.cold_chain,
            online=line.medication.online_delivery,
        )
        for line in lines
    ]


def house_of(place: Pharmacy) -> ways.House:
    """What this pharmacy can do."""
    return ways.House(
        carries=place.delivers, courier=params().courier, own_driver=params().own_driver
    )


async def lines_of(request_ids: Collection[UUID]) -> list[PrescribedLine]:
    """The drugs of signed prescriptions, in their order, each with its product."""
    rows = PrescribedLine.filter(request_id__in=list(request_ids))
    return await rows.order_by("request_id", "rank").select_related("medication")


def wanted(lines: Sequence[PrescribedLine]) -> dict[UUID, int]:
    """Units by product, as the stock counts them."""
    found: dict[UUID, int] = {}
    for line in lines:
        found[line.medication_id] = found.get(line.medication_id, 0) + line.quantity
    return found


async def of_request(request: MedicationRequest) -> list[Offer]:
    """Every pharmacy; those that have everything first, then by name."""
    need = wanted(await lines_of([request.id]))
    found = []
    places = Pharmacy.filter(serving(request)).select_related("organization")
    for place in await places.order_by("name"):
        there = await stock.available(place.id, need.keys())
        found.append(Offer(place, all(there[id] >= units for id, units in need.items())))
    return sorted(found, key=lambda offer: not offer.in_stock)


@dataclass(frozen=True, slots=True)
class WayOffer:
    """One way for these drugs: from which pharmacies, what it costs, or why it is not open."""

    way: Way
    price: rules.Price
    pharmacies: list[Pharmacy]
    refusal: rules.Refusal | None


async def ways_of(request: MedicationRequest) -> list[WayOffer]:
    """Every way, open or not."""
    lines = await lines_of([request.id])
    able = [offer.pharmacy for offer in await of_request(request) if offer.in_stock]
    return [_way(way, request, lines, able) for way in Way]


def _way(
    way: Way, request: MedicationRequest, lines: Sequence[PrescribedLine], able: list[Pharmacy]
) -> WayOffer:
    """The doctor's house first. The drugs' own reason is said before that of one pharmacy."""
    goods = goods_of(lines)
    found = [place for place in able if ways.why_not(way, goods, house_of(place)) is None]
    found.sort(key=lambda place: place.organization_id != request.organization_id)
    best = ways.House(carries=True, courier=params().courier, own_driver=params().own_driver)
    why = None if found else ways.why_not(way, goods, best) or ways.NOWHERE
    return WayOffer(way, price_of(request, lines, way), found, why)


async def clinics(patient_id: UUID) -> list[tuple[Organization, bool]]:
    """The county's village clinics by name, the patient's own first and marked."""
    patient = await Patient.get(id=patient_id)
    rows = await Organization.filter(tier=Tier.VILLAGE, provides_care=True).order_by("name")

    def own(house: Organization) -> bool:
        kept = house.id == patient.managing_organization_id
        return kept or bool(patient.village and patient.village in house.name)

    return sorted(((row, own(row)) for row in rows), key=lambda one: not one[1])


async def first_choice(request: MedicationRequest) -> Pharmacy | None:
    """For whoever leaves the choice open: the house of the doctor, else the first that has all."""
    able = [offer.pharmacy for offer in await of_request(request) if offer.in_stock]
    own = (place for place in able if place.organization_id == request.organization_id)
    return next(own, able[0] if able else None)
