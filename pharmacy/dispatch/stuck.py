"""Bags with which a courier cannot go on, so that somebody of the pharmacy calls.

Not accepted (they refuse the order, and nobody asks them again by itself), in trouble on the road
(the last that they told), or not taken at the door. Each stands here until the bag moves on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from core import clock, db
from core.audit import audit
from people.actor import Actor
from pharmacy.delivery.models import Parcel, ParcelEvent
from pharmacy.delivery.states import Carrier, Status, Word

ON_ROAD: Final = (Status.HANDED_OVER, Status.IN_TRANSIT, Status.DELIVERING)
NOT_ACCEPTED: Final = "快递没有接单"
TROUBLE: Final = "快递说路上有问题"
NOT_TAKEN: Final = "快递没有送到人手里"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why somebody has to call. `again`: the courier may be asked once more."""

    parcel: Parcel
    why: str
    again: bool = False


def _refused() -> QuerySet[Parcel]:
    rows = Parcel.filter(carrier=Carrier.COURIER, status=Status.SEALED, recalled="")
    return rows.filter(tracking_number=None, due_at=None).exclude(problem="")


def _gone() -> QuerySet[Parcel]:
    return Parcel.filter(carrier=Carrier.COURIER, status__in=[*ON_ROAD, Status.REFUSED])


async def listed(actor: Actor) -> list[Stuck]:
    """Those of the house, the oldest first."""
    found = []
    for rows in (_refused(), _gone()):
        mine = rows.filter(pharmacy__organization_id=actor.organization_id)
        row = mine.order_by("sealed_at", "id").select_related("patient", "pharmacy")
        found += await _why(await row.limit(MOST))
    return found


async def of(parcel: Parcel) -> Stuck | None:
    """Why somebody has to call about this one, if so."""
    rows = [row for part in (_refused(), _gone()) for row in await part.filter(id=parcel.id)]
    return next(iter(await _why(rows)), None)


async def on_road(actor: Actor) -> int:
    """How many of the house that have left."""
    mine = _gone().filter(pharmacy__organization_id=actor.organization_id)
    return len(await _why(await mine.limit(MOST)))


async def _why(rows: Collection[Parcel]) -> list[Stuck]:
    last = await _last_words([row.id for row in rows if row.status in ON_ROAD])
    found = []
    for row in rows:
        if row.status is Status.SEALED:
            found.append(Stuck(row, NOT_ACCEPTED, again=True))
        elif row.status is Status.REFUSED:
            found.append(Stuck(row, NOT_TAKEN))
        elif last.get(row.id) is Word.PROBLEM:
            found.append(Stuck(row, TROUBLE))
    return found


async def _last_words(parcel_ids: Collection[UUID]) -> dict[UUID, Word]:
    rows = ParcelEvent.filter(parcel_id__in=list(parcel_ids)).order_by("at", "heard_at", "id")
    return {row.parcel_id: row.word for row in await rows}


async def ask_again(actor: Actor, parcel: Parcel) -> None:
    """The courier is asked once more for a number; a repeat changes nothing."""
    async with db.atomic():
        if await _refused().filter(id=parcel.id).update(due_at=clock.now(), tries=0):
            name = f"Parcel/{parcel.id}"
            await audit(actor, "parcel.ask_again", name, patient_id=parcel.patient_id)
