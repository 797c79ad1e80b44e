"""A place kept for one patient until they answer, because something else could not help them.

An offer is a held appointment, found by what it is offered for (`about`, which booking does not
understand), so its place is counted like any other and goes back by itself when nobody answers.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from booking import service, waiting
from booking.events import PlaceKept
from booking.models import Appointment, Channel, Payment, Pool, ServiceType, Slot
from booking.states import Status
from core import clock, db
from core.audit import Who
from core.errors import Conflict, NotFound
from core.outbox import record

PREFIX: Final = "offer:"
TRIES: Final = 12
"""So many days and clinics are tried when the patient has something else at that time."""
LOOKED_AT: Final = 400
OVER: Final = ("offer_over", "给您留的号过了时间,已经放回。还想看请重新预约。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would help: a kind of clinic, not before `after`; nearest doctor and house first.

    `organization_id` None: any house of the county. `absent`: this doctor sees nobody any more
    today. `same_doctor`: nobody else will do.
    """

    service_type: ServiceType
    department: str
    practitioner_id: UUID
    after: datetime
    organization_id: UUID | None = None
    absent: bool = False
    before: datetime | None = None
    same_doctor: bool = False


def order(wanted: Wanted, slots: Sequence[Slot]) -> list[Slot]:
    """The best first, one for each clinic and day: the soonest day, on it the same doctor. Pure."""
    found: dict[tuple[UUID, object], Slot] = {}
    for slot in sorted(slots, key=lambda one: one.starts_at):
        found.setdefault((slot.schedule_id, slot.day), slot)
    return sorted(
        found.values(),
        key=lambda one: (
            one.day,
            one.schedule.practitioner_id != wanted.practitioner_id,
            one.starts_at,
        ),
    )


async def keep(
    who: Who, patient_id: UUID, wanted: Wanted, *, about: str, hold: timedelta
) -> Appointment | None:
    """Keep the best place there is for `hold`; None when there is none. A repeat gives the same.

    The patient's limits count as in any booking: somebody who has a place that day is offered
    another day. Call with no transaction open, as every booking.
    """
    row = await kept_for(about) or await _hold(who, patient_id, wanted, about, hold)
    if row is not None and row.status is Status.HELD:
        async with db.atomic():
            await _tell(row, about)
    return row


async def _hold(
    who: Who, patient_id: UUID, wanted: Wanted, about: str, hold: timedelta
) -> Appointment | None:
    for slot in order(wanted, await _free(wanted))[:TRIES]:
        with suppress(Conflict, NotFound):
            return await service.hold(
                who,
                slot_id=slot.id,
                patient_id=patient_id,
                channel=Channel.RESIDENT,
                key=PREFIX + about,
                wait=min(hold, slot.starts_at - clock.now()),
            )
    return None


async def first_free(wanted: Wanted) -> Slot | None:
    """The best place there is at this moment, without keeping it."""
    return next(iter(order(wanted, await _free(wanted))), None)


async def _free(wanted: Wanted) -> list[Slot]:
    moment = clock.now()
    slots = Slot.filter(
        schedule__active=True,
        schedule__service_type=wanted.service_type,
        schedule__department=wanted.department,
        pool=Pool.PUBLIC,
        open=True,
        remaining__gt=0,
        starts_at__gte=wanted.after,
        release_at__lte=moment,
    )
    if wanted.organization_id:
        slots = slots.filter(schedule__organization_id=wanted.organization_id)
    if wanted.before:
        slots = slots.filter(starts_at__lt=wanted.before)
    if wanted.same_doctor:
        slots = slots.filter(schedule__practitioner_id=wanted.practitioner_id)
    if wanted.absent:
        gone = Q(schedule__practitioner_id=wanted.practitioner_id, day=clock.today())
        slots = slots.filter(~gone)
    return await slots.order_by("starts_at").limit(LOOKED_AT).select_related("schedule")


async def _tell(row: Appointment, about: str) -> None:
    until = row.hold_expires_at or row.starts_at
    event = PlaceKept(**service.ids(row), about=about, until=until.isoformat())
    await record(event, subject=f"Appointment/{row.id}")


async def kept_for(about: str) -> Appointment | None:
    """What was kept because of this, whatever became of it; schedule, house and doctor loaded."""
    found = Appointment.get_or_none(key=PREFIX + about)
    return await found.select_related("schedule__organization", "schedule__practitioner")


def is_kept(row: Appointment) -> bool:
    """Whether the place was offered like this."""
    return (row.key or "").startswith(PREFIX)


async def take_up(who: Who, row: Appointment) -> Appointment:
    """Yes to an offer, also of the waiting list: booked, or still held for its payment.

    Raises Conflict `offer_over`, or `no_offer` when it is none.
    """
    if not is_kept(row) and not await waiting.offer_behind(row):
        raise Conflict("no_offer", "这个预约不用再确认。")
    if row.status in (Status.EXPIRED, Status.CANCELLED):
        raise Conflict(*OVER)
    if row.status is Status.HELD and not row.fee_fen:
        return await service.confirm(who, row.id, Payment.FREE)
    return row
