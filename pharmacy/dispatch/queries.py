"""Reads for the dispatch desk."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from core import clock
from people.actor import Actor
from people.models import Organization, Tier
from pharmacy.delivery.models import Batch, Parcel, ParcelEvent, ParcelReading, Receipt
from pharmacy.delivery.states import OVER, BatchStatus, Carrier, Status
from pharmacy.dispatch import bags, rules, stuck
from pharmacy.dispatch.models import BatchFinding
from pharmacy.dispatch.policy import params
from pharmacy.formulary.models import Pharmacy

STATUS: Final[dict[Status, tuple[str, str]]] = {
    Status.SEALED: ("waiting", "等送出"),
    Status.HANDED_OVER: ("progress", "已交出"),
    Status.IN_TRANSIT: ("progress", "在路上"),
    Status.DELIVERING: ("progress", "正在送"),
    Status.ARRIVED: ("progress", "在卫生室"),
    Status.REFUSED: ("returned", "没有收"),
    Status.RETURNING: ("returned", "正在退回"),
    Status.SIGNED: ("done", "已签收"),
    Status.RETURNED: ("returned", "已退回药房"),
    Status.LOST: ("danger", "丢失"),
    Status.DAMAGED: ("danger", "破损"),
    Status.TOO_WARM: ("danger", "超温"),
    Status.CANCELLED: ("neutral", "已取消"),
}
BATCHES: Final[dict[BatchStatus, tuple[str, str]]] = {
    BatchStatus.OPEN: ("waiting", "正在装"),
    BatchStatus.HANDED_OVER: ("progress", "已交送药员"),
    BatchStatus.ARRIVED: ("done", "卫生室已点收"),
    BatchStatus.CANCELLED: ("neutral", "已取消"),
}
FINDINGS: Final = {
    "missing": "少了这一袋",
    "opened": "封签拆开过",
    "broken": "破损",
    "extra": "多出一袋",
}
WORDS: Final = {
    "picked_up": "快递已取件",
    "in_transit": "运输中",
    "delivering": "派送中",
    "problem": "有问题",
    "refused": "没有收",
    "returning": "正在退回",
    "signed": "已签收",
    "return_signed": "退回已签收",
    "lost": "丢失",
    "damaged": "破损",
}
PROOFS: Final = {
    "code": "收药码",
    "name": "姓名和证件",
    "card": "健康卡",
    "witness": "村医见证",
    "courier": "快递签收",
}
RECENT: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Clinic:
    """What waits for one village clinic, and the batch that is being put together for it."""

    id: UUID
    name: str
    waiting: int
    cold: int
    batch: Batch | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A bag that should have been there by now."""

    parcel: Parcel
    goes_to: str
    hours: int


async def waiting(actor: Actor) -> int:
    """How many sealed bags of the house have not left, and with how many a courier is stuck."""
    mine = Parcel.filter(pharmacy__organization_id=actor.organization_id)
    return await mine.filter(status=Status.SEALED).count() + await stuck.on_road(actor)


async def places(actor: Actor) -> list[Pharmacy]:
    """The pharmacies of the house from which bags leave."""
    mine = Pharmacy.filter(organization_id=actor.organization_id, active=True)
    return await mine.order_by("kind", "name")


async def sealed(actor: Actor, *carriers: Carrier) -> list[Parcel]:
    """Sealed bags of the house for these carriers, the oldest first."""
    mine = Parcel.filter(pharmacy__organization_id=actor.organization_id, status=Status.SEALED)
    rows = mine.exclude(seal_number="").filter(carrier__in=list(carriers)).order_by("sealed_at")
    return await rows.select_related("patient", "pharmacy")


async def clinics(actor: Actor) -> list[Clinic]:
    """Every village clinic for which a bag waits or a batch is open, by name."""
    bags = await sealed(actor, Carrier.VILLAGE)
    open_ = Batch.filter(pharmacy__organization_id=actor.organization_id, status=BatchStatus.OPEN)
    batches = {one.clinic_id: one for one in await open_}
    wanted = {one.clinic_id for one in bags if one.clinic_id} | set(batches)
    found = []
    for row in await Organization.filter(id__in=list(wanted)).order_by("code"):
        own = [one for one in bags if one.clinic_id == row.id]
        cold = sum(one.cold for one in own)
        found.append(Clinic(row.id, row.short_name, len(own), cold, batches.get(row.id)))
    return found


async def all_clinics() -> list[tuple[str, str]]:
    """Every village clinic, for choosing one."""
    rows = await Organization.filter(tier=Tier.VILLAGE, provides_care=True).order_by("code")
    return [(str(row.id), row.short_name) for row in rows]


async def gone(actor: Actor) -> list[Batch]:
    """Batches that left the house lately, the newest first."""
    mine = Batch.filter(pharmacy__organization_id=actor.organization_id)
    left = mine.filter(handed_over_at__gte=clock.now() - RECENT)
    return await left.order_by("-handed_over_at").limit(30)


async def bags_in(batch: Batch) -> list[Parcel]:
    """Its bags, in the order in which they were sealed."""
    rows = Parcel.filter(batch_id=batch.id).order_by("sealed_at")
    return await rows.select_related("patient")


async def overdue(actor: Actor) -> list[Overdue]:
    """What is on the road for longer than it takes, the longest first."""
    now = clock.now()
    mine = Parcel.filter(
        pharmacy__organization_id=actor.organization_id, handed_over_at__isnull=False
    ).exclude(status__in=[*OVER, Status.SEALED, Status.ARRIVED])
    found = []
    for row in await mine.order_by("handed_over_at").select_related("patient").limit(200):
        late = rules.is_overdue(row.carrier, row.status, row.handed_over_at, now, params())
        if late and row.handed_over_at is not None:
            hours = int((now - row.handed_over_at).total_seconds()) // 3600
            found.append(Overdue(row, (await bags.held(row)).goes_to, hours))
    return found


async def findings(actor: Actor) -> list[BatchFinding]:
    """What clinics found wrong and nobody has cleared up yet, the oldest first."""
    mine = BatchFinding.filter(batch__pharmacy__organization_id=actor.organization_id)
    rows = mine.filter(settled_at=None).order_by("found_at")
    return await rows.select_related("batch", "parcel")


async def unsealed(actor: Actor) -> int:
    """How many bags of the house wait for their seal."""
    mine = Parcel.filter(pharmacy__organization_id=actor.organization_id, status=Status.SEALED)
    return await mine.filter(seal_number="").count()


async def waiting_for(batch: Batch) -> list[Parcel]:
    """Bags for the same clinic that are in no batch yet."""
    rows = Parcel.filter(pharmacy_id=batch.pharmacy_id, clinic_id=batch.clinic_id)
    return await rows.filter(status=Status.SEALED, batch_id=None)


async def last_readings(parcels: list[Parcel]) -> dict[UUID, int]:
    """The newest temperature of each cold bag, in tenths of a degree."""
    rows = ParcelReading.filter(parcel_id__in=[one.id for one in parcels if one.cold])
    return {row.parcel_id: row.tenths for row in await rows.order_by("at")}


@dataclass(frozen=True, slots=True)
class Road:
    """Where a bag has been: what carriers said, how cold it was, who took it."""

    said: list[ParcelEvent]
    readings: list[ParcelReading]
    receipt: Receipt | None


async def road_of(parcel: Parcel) -> Road:
    """The way of one bag so far."""
    return Road(
        said=await ParcelEvent.filter(parcel_id=parcel.id).order_by("at"),
        readings=await ParcelReading.filter(parcel_id=parcel.id).order_by("at"),
        receipt=await Receipt.get_or_none(parcel_id=parcel.id),
    )
