"""Reads for the clinic's shelf."""

from dataclasses import dataclass

from core import clock
from people.actor import Actor
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import BatchStatus, Carrier, Status
from pharmacy.dispatch.policy import params
from pharmacy.dispatch.rules import days_since
from pharmacy.village import rules
from pharmacy.village.access import KEEPERS


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bag on the clinic's shelf. `back`: it goes with the next driver."""

    parcel: Parcel
    days: int
    back: bool


async def waiting(actor: Actor) -> int:
    """How many bags lie here to be fetched, and batches that come."""
    if not actor.has(*KEEPERS):
        return 0
    here = Parcel.filter(clinic_id=actor.organization_id, carrier=Carrier.VILLAGE)
    return await here.filter(status=Status.ARRIVED).count()


async def shelf(actor: Actor) -> list[Waiting]:
    """What lies here, what waits longest first."""
    here = Parcel.filter(clinic_id=actor.organization_id, carrier=Carrier.VILLAGE)
    rows = here.filter(status=Status.ARRIVED).order_by("arrived_at").select_related("patient")
    now = clock.now()
    return [
        Waiting(
            row,
            days_since(row.arrived_at or now, now),
            bool(row.recalled) or rules.is_due_back(row.arrived_at, now, params()),
        )
        for row in await rows
    ]


async def coming(actor: Actor) -> list[Batch]:
    """Batches on their way here, or here and not checked yet."""
    rows = Batch.filter(clinic_id=actor.organization_id, status=BatchStatus.HANDED_OVER)
    return await rows.order_by("handed_over_at").prefetch_related("parcels")


async def to_send_back(actor: Actor) -> list[Parcel]:
    """Bags that nobody took, or that came with a fault: the next driver takes them along."""
    here = Parcel.filter(clinic_id=actor.organization_id, carrier=Carrier.VILLAGE)
    return await here.filter(status=Status.REFUSED).order_by("sealed_at").select_related("patient")


async def given_lately(actor: Actor) -> list[Parcel]:
    """What was given out, the newest first."""
    here = Parcel.filter(clinic_id=actor.organization_id, carrier=Carrier.VILLAGE)
    rows = here.filter(status=Status.SIGNED).order_by("-ended_at").limit(10)
    return await rows.select_related("patient")
