"""Reads for the returns desk."""

from dataclasses import dataclass

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from people.actor import Actor
from pharmacy.delivery.models import Goods, Parcel, Return
from pharmacy.delivery.states import Status as Road
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.returns import rules, service


@dataclass(frozen=True, slots=True)
class ToDispose:
    """Drugs that a second person has to see destroyed, or back on the shelf."""

    parcel: Parcel
    goods: Goods
    by_name: str
    mine: bool


def _house(actor: Actor) -> QuerySet[Parcel]:
    rows = Parcel.filter(pharmacy__organization_id=actor.organization_id)
    return rows.select_related("patient", "pharmacy")


async def waiting(actor: Actor) -> int:
    """How many wait for somebody to look, or to ask."""
    return await _unseen(actor).count() + await _house(actor).filter(disputed=True).count()


async def coming(actor: Actor) -> list[Parcel]:
    """On their way back, or at a clinic for the next driver."""
    rows = _house(actor).filter(status__in=list(rules.COMING))
    return await rows.order_by("sealed_at").limit(100)


async def to_look_at(actor: Actor) -> list[Parcel]:
    """Back, broken or too warm, and nobody has looked yet."""
    return await _unseen(actor).order_by("ended_at").limit(100)


def _unseen(actor: Actor) -> QuerySet[Parcel]:
    back = _house(actor).filter(status__in=[Road.RETURNED, *rules.SPOILT])
    return back.exclude(id__in=Subquery(Return.all().values("parcel_id")))


async def disputed(actor: Actor) -> list[Parcel]:
    """A carrier told two different ends of these."""
    return await _house(actor).filter(disputed=True).order_by("ended_at")


async def goods(actor: Actor) -> list[ToDispose]:
    """What is to be destroyed or put back, before a second person's eyes."""
    rows = Return.filter(
        parcel__pharmacy__organization_id=actor.organization_id, disposed_at=None
    ).select_related("parcel__patient")
    found = []
    for row in await rows.order_by("at").limit(100):
        then = await service.goods_of(row.parcel)
        if then is not None:
            mine = row.by == actor.practitioner_id
            found.append(ToDispose(row.parcel, then, row.by_name, mine))
    return found


async def kept(actor: Actor) -> list[MedicationOrder]:
    """Came back in order, and waits here for its resident."""
    rows = MedicationOrder.filter(organization_id=actor.organization_id, status=Ordered.BACK)
    return await rows.order_by("keep_until").select_related("patient", "request")
