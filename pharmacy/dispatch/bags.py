"""A bag by what is on it: the seal's number, or the courier's."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import FieldError, Invalid
from people.models import Organization, Patient
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import OVER, Carrier
from pharmacy.dispatch import rules
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders.models import MedicationOrder
from pharmacy.sealing.models import Seal
from pharmacy.sealing.rules import read_number

UNKNOWN = "没有这个封签号。请扫袋子封签上的条码,或者照着输入。"
BY_ROAD = "快递送到家"
BY_DRIVER = "本院送药员送到家"


@dataclass(frozen=True, slots=True)
class Held:
    """A parcel with what decides about it."""

    parcel: Parcel
    order: MedicationOrder
    seal: Seal | None
    clinic: str
    dispense_id: UUID

    @property
    def facts(self) -> rules.Bag:
        """As the rules ask for it."""
        return rules.Bag(
            status=self.parcel.status,
            carrier=self.parcel.carrier,
            ordered=self.order.status,
            recalled=self.parcel.recalled,
            seal_whole=self.seal is not None and self.seal.whole is not None,
            goes_to=self.goes_to,
        )

    @property
    def goes_to(self) -> str:
        """Where it is to go, in words; no address."""
        if self.parcel.carrier is Carrier.VILLAGE:
            return self.clinic
        return BY_ROAD if self.parcel.carrier is Carrier.COURIER else BY_DRIVER


async def by_text(text: str) -> Parcel:
    """The parcel under this seal or tracking number, wherever it is: a bag that is sent once more
    keeps its seal, and the parcel that is still on its way counts. The caller looks through a door
    of its own whether it may be seen. Raises Invalid."""
    number = read_number(text)
    rows = await Parcel.filter(seal_number=number).order_by("-sealed_at") if number else []
    found = next((row for row in rows if row.status not in OVER), rows[0] if rows else None)
    found = found or await Parcel.get_or_none(tracking_number=text.strip()[:40])
    if found is None:
        raise unknown()
    return found


def unknown() -> Invalid:
    """The text names no bag, or none of theirs."""
    return Invalid("unknown_bag", UNKNOWN, errors=[FieldError("code", UNKNOWN)])


async def held(parcel: Parcel) -> Held:
    """With its order, its seal, and the name of its clinic."""
    order = await MedicationOrder.get(id=parcel.order_id)
    seal = await Seal.get_or_none(number=parcel.seal_number) if parcel.seal_number else None
    dispense = await MedicationDispense.get(order_id=order.id)
    return Held(parcel, order, seal, await clinic_name(parcel.clinic_id), dispense.id)


async def clinic_name(clinic_id: UUID | None) -> str:
    """As people call it; empty for none."""
    row = await Organization.get_or_none(id=clinic_id) if clinic_id else None
    return row.short_name if row else ""


async def names(parcels: list[Parcel]) -> dict[UUID, str]:
    """Whose each of them is, by the parcel's id."""
    rows = await Patient.filter(id__in=[one.patient_id for one in parcels])
    known = {row.id: row.name for row in rows}
    return {one.id: known[one.patient_id] for one in parcels}
