"""Reads for the driver's phone."""

from dataclasses import dataclass
from datetime import datetime, time

from core import clock
from core.clock import SHANGHAI
from people.actor import Actor
from people.models import Organization
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import OVER, BatchStatus, Carrier, Status

BACK = (Status.REFUSED, Status.RETURNING)


@dataclass(frozen=True, slots=True)
class Stop:
    """One place to drive to: a clinic with its bags, or somebody's door."""

    href: str
    name: str
    address: str
    phone: str
    bags: int
    cold: bool
    recalled: int
    since: datetime
    done: bool


async def stops(actor: Actor) -> list[Stop]:
    """Where this driver goes today, in the order in which it was handed over; done ones last."""
    found = [*await _clinics(actor), *await _doors(actor)]
    return sorted(found, key=lambda stop: (stop.done, stop.since))


async def waiting(actor: Actor) -> int:
    """How many stops are still to be made."""
    return sum(not stop.done for stop in await stops(actor))


def _midnight() -> datetime:
    return datetime.combine(clock.today(), time(), SHANGHAI)


async def _clinics(actor: Actor) -> list[Stop]:
    rows = Batch.filter(driver_id=actor.practitioner_id)
    mine = await rows.filter(status__in=[BatchStatus.HANDED_OVER, BatchStatus.ARRIVED])
    found = []
    for row in mine:
        done = row.status is BatchStatus.ARRIVED
        if row.handed_over_at is None or (done and (row.arrived_at or _midnight()) < _midnight()):
            continue
        clinic = await Organization.get(id=row.clinic_id)
        bags = await Parcel.filter(batch_id=row.id)
        found.append(
            Stop(
                href=f"/runs/clinics/{row.id}",
                name=clinic.short_name,
                address=clinic.address,
                phone=clinic.phone,
                bags=len(bags),
                cold=any(one.cold for one in bags),
                recalled=sum(bool(one.recalled) for one in bags),
                since=row.handed_over_at,
                done=done,
            )
        )
    return found


async def _doors(actor: Actor) -> list[Stop]:
    rows = Parcel.filter(driver_id=actor.practitioner_id, carrier=Carrier.OWN)
    found = []
    for row in await rows.exclude(status__in=[*BACK, Status.RETURNED, Status.CANCELLED]):
        done = row.status in OVER
        if row.handed_over_at is None or (done and (row.ended_at or _midnight()) < _midnight()):
            continue
        found.append(
            Stop(
                href=f"/runs/bags/{row.id}",
                name=row.recipient_name,
                address=row.address,
                phone=row.recipient_phone,
                bags=1,
                cold=row.cold,
                recalled=int(bool(row.recalled)),
                since=row.handed_over_at,
                done=done,
            )
        )
    return found


async def to_bring_back(actor: Actor) -> list[Parcel]:
    """Bags this driver has to bring to the pharmacy, whoever did not take them."""
    rows = Parcel.filter(driver_id=actor.practitioner_id, status__in=list(BACK))
    return await rows.order_by("sealed_at").select_related("pharmacy")
