"""Reads for the dispenser's desk."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from care.record import queries as record
from people.actor import Actor
from people.queries import PatientHeader, patient_header
from pharmacy.dispensing import picking
from pharmacy.dispensing.models import DispensePick, MedicationDispense
from pharmacy.dispensing.picking import Wanted
from pharmacy.dispensing.states import OPEN
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.dispensing.steps import picks_of
from pharmacy.formulary.models import Pharmacy
from pharmacy.orders import offers, unclaimed, words
from pharmacy.orders.models import MedicationOrder, OrderCash, Paid, Way
from pharmacy.orders.states import OrderStatus as Ordered

WORK: Final = (Status.STOPPED, Status.PICKED, Status.PREPARATION)
"""What somebody at the desk has to do now."""
WORDS: Final[dict[Status, tuple[str, str]]] = {
    Status.PREPARATION: ("waiting", "等配药"),
    Status.IN_PROGRESS: ("progress", "正在拣药"),
    Status.PICKED: ("urgent", "等另一人核对"),
    Status.READY: ("done", "等来取"),
    Status.COMPLETED: ("done", "已发药"),
    Status.STOPPED: ("danger", "要放回货架"),
    Status.CANCELLED: ("neutral", "已停止"),
}
ORDERED: Final[dict[Ordered, tuple[str, str]]] = {
    Ordered.PAY_PENDING: ("waiting", "等付款"),
    Ordered.PAID: ("progress", "已付款"),
    Ordered.PREPARING: ("progress", "配药中"),
    Ordered.READY: ("done", "等来取"),
    Ordered.ON_THE_WAY: ("progress", "在路上"),
    Ordered.BACK: ("urgent", "退回来了,等来取"),
    Ordered.PICKED_UP: ("done", "已取药"),
    Ordered.RECEIVED: ("done", "已收到"),
    Ordered.UNCLAIMED: ("neutral", "到期没有来取"),
    Ordered.CLOSED: ("neutral", "没有付款,已关闭"),
    Ordered.REFUNDING: ("returned", "正在退款"),
    Ordered.REFUNDED: ("returned", "已退款"),
}
PAID: Final = {
    Paid.PENDING: "没有付",
    Paid.ONLINE: "微信",
    Paid.CASH: "现金",
    Paid.FREE: "不收费",
}
CARRIED: Final = ("progress", "等封袋、送出")
LATE: Final = ("urgent", "一直没有来取")
ORDER: Final = (*WORK, Status.IN_PROGRESS, Status.READY)


def state_of(row: MedicationDispense) -> tuple[str, str]:
    """Badge and word for the desk; its order is loaded."""
    goes_out = row.order.status is Ordered.READY and row.order.way is not Way.PICK_UP
    if row.status is Status.READY and goes_out:
        return CARRIED
    return LATE if unclaimed.is_late(row.order) else WORDS[row.status]


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed for one drug, in large words."""

    name: str
    strength: str
    dosage: str
    quantity: str
    storage: str
    lots: str


async def waiting(actor: Actor) -> int:
    """How many dispenses of the house wait for somebody."""
    house = MedicationDispense.filter(organization_id=actor.organization_id)
    return await house.filter(status__in=list(WORK)).count()


async def desk(actor: Actor) -> list[MedicationDispense]:
    """Everything open at the house, what is most urgent first."""
    house = MedicationDispense.filter(organization_id=actor.organization_id)
    rows = house.filter(status__in=list(OPEN)).order_by("opened_at")
    found = await rows.select_related("patient", "request", "order", "pharmacy")
    return sorted(found, key=lambda row: ORDER.index(row.status))


async def to_be_paid(actor: Actor) -> list[MedicationOrder]:
    """Orders at the house that nobody has paid yet, and cash that is to be given back."""
    house = MedicationOrder.filter(organization_id=actor.organization_id)
    open_ = await house.filter(status=Ordered.PAY_PENDING).select_related("patient", "request")
    owed = house.filter(status=Ordered.REFUNDING, payment=Paid.CASH)
    return [*await owed.select_related("patient", "request"), *open_]


async def cash_of(order_id: UUID) -> list[OrderCash]:
    """What was taken and given back in cash."""
    return await OrderCash.filter(order_id=order_id).order_by("at")


async def own_pharmacy(actor: Actor) -> Pharmacy | None:
    """The pharmacy where the actor works."""
    house = Pharmacy.filter(offers.COUNTERS, organization_id=actor.organization_id)
    return await house.order_by("kind").first()


async def wanted(row: MedicationDispense) -> list[Wanted]:
    """The pick list."""
    return await picking.pick_list(row)


async def picked(row: MedicationDispense) -> list[DispensePick]:
    """What lies in the basket."""
    return await picks_of(row)


async def header(row: MedicationDispense) -> PatientHeader:
    """Whose it is."""
    return await patient_header(row.patient_id)


async def allergies(row: MedicationDispense) -> list[str] | None:
    """What the patient must not be given; None when nobody has asked."""
    found = await record.allergies(row.patient_id)
    return None if found is None else [one.substance for one in found]


async def labels(row: MedicationDispense) -> list[Label]:
    """One for each drug."""
    picks, found = await picks_of(row), []
    for line in await offers.lines_of([row.request_id]):
        lots = [one.stock_lot for one in picks if one.line_id == line.id]
        texts = dict.fromkeys(f"{lot.lot}(有效期至 {lot.expires_on:%Y-%m-%d})" for lot in lots)
        found.append(
            Label(
                name=line.name,
                strength=line.strength,
                dosage=words.dosage(line, line.medication),
                quantity=words.how_much(line, line.medication),
                storage=line.medication.storage,
                lots="、".join(texts),
            )
        )
    return found
