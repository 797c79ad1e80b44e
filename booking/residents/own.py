"""A resident's own appointments and waiting wishes, as they want to see them."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from tortoise.expressions import Q

from booking import offering, rules
from booking.holidays import closed_days
from booking.models import (
    Appointment,
    CancelledBy,
    Disruption,
    Payment,
    Schedule,
    ServiceType,
    WaitingWish,
)
from booking.policy import params
from booking.residents import behind
from booking.residents.clinics import Need, needs_of
from booking.states import PRESENT, Remedy, Status, Wish
from booking.waiting import LIVE_WISHES
from core import clock, db
from core.errors import NotFound
from people.specialties import SPECIALTIES

LOADED: Final = ("schedule__organization", "schedule__practitioner")


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where somebody who checked in stands. `now` is the number called, if one is."""

    number: int
    ahead: int
    now: int | None


@dataclass(frozen=True, slots=True)
class RemedyView:
    """What becomes of an appointment that the hospital stopped."""

    state: Remedy
    moved_to_id: UUID | None


class AppointmentView(NamedTuple):
    """One appointment. `cancel_until`: until when the resident cancels it; None when not at all.

    `check_in_from` is when the door's code begins to work. `from_line`: the place was offered
    (from the waiting list, or by `offering`), so it waits for an answer even when there is nothing
    to pay.
    """

    id: UUID
    status: Status
    patient_id: UUID
    slot_id: UUID
    schedule_id: UUID
    practitioner_id: UUID | None
    organization_id: UUID
    organization_name: str
    organization_address: str
    organization_phone: str
    department: str
    department_name: str
    name: str
    title: str
    service_type: ServiceType
    place: str
    day: date
    starts_at: datetime
    ends_at: datetime
    fee_fen: int
    payment: Payment
    code: str
    held_at: datetime
    hold_expires_at: datetime | None
    cancel_until: datetime | None
    check_in_from: datetime
    needs: tuple[Need, ...]
    cancelled_by: CancelledBy | None
    reason: str
    refund_fen: int
    refunded_at: datetime | None
    from_line: bool
    queue: QueuePlace | None
    remedy: RemedyView | None


@dataclass(frozen=True, slots=True)
class WishView:
    """One wish on the waiting list; `position` 1 is the next to be offered a place."""

    id: int
    status: Wish
    patient_id: UUID
    schedule_id: UUID
    practitioner_id: UUID | None
    organization_name: str
    department_name: str
    name: str
    day: date
    position: int | None
    appointment_id: UUID | None
    joined_at: datetime


async def appointments(
    patient_ids: Collection[UUID],
    *,
    live: bool | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 20,
) -> list[Appointment]:
    """Their appointments, the latest first; `after` is the last one of the page before."""
    query = behind.LATEST.format(
        asked=db.asked(id="uuid"),
        alive="" if live is None else behind.ALIVE[live],
        after="" if after is None else behind.AFTER,
        limit=int(limit),
    )
    asked = db.listed([{"id": one} for one in patient_ids])
    rows = await db.fetch(query, asked, *(after or ()))
    return [Appointment._init_from_db(**row) for row in rows]


async def appointment_of(patient_ids: Collection[UUID], appointment_id: UUID) -> Appointment:
    """One of theirs. Raises NotFound, which does not tell whether there is such a one."""
    found = await behind.appointments.ask(appointment_id)
    if not found or found[0].patient_id not in patient_ids:
        raise NotFound("appointment_not_found", "没有找到这个预约。")
    return found[0]


async def appointment_view(appointment: Appointment) -> AppointmentView:
    """One appointment, fresh from a verb or from `appointment_of`."""
    return (await appointment_views([appointment]))[0]


async def appointment_views(rows: Sequence[Appointment]) -> list[AppointmentView]:
    """Many at once; each further question is asked once for all, and only where it applies."""
    schedules = await _schedules(rows)
    booked = {schedules[r.schedule_id].organization_id for r in rows if r.status is Status.BOOKED}
    closed = await closed_days(booked) if booked else {}
    stopped = [r.id for r in rows if r.cancelled_by is CancelledBy.HOSPITAL]
    remedies = {
        told.appointment_id: RemedyView(told.remedy, told.moved_to_id)
        for told in (await Disruption.filter(appointment_id__in=stopped) if stopped else [])
    }
    held = [row.id for row in rows if row.status is Status.HELD and not row.fresh]
    offered = {
        wish.appointment_id
        for wishes in await asyncio.gather(*map(behind.wishes.ask, held))
        for wish in wishes
    }
    queues = await _queues(row for row in rows if row.status in PRESENT)
    return [
        _view(
            row,
            schedules[row.schedule_id],
            closed=closed.get(schedules[row.schedule_id].organization_id, ()),
            from_line=row.id in offered or offering.is_kept(row),
            queue=queues.get(row.id),
            remedy=remedies.get(row.id),
        )
        for row in rows
    ]


async def _schedules(rows: Iterable[Appointment]) -> dict[UUID, Schedule]:
    """The schedules behind these, from the rows themselves where they are loaded."""
    found: dict[UUID, Schedule] = {}
    missing = set()
    for row in rows:
        loaded = getattr(row, "_schedule", None)
        if isinstance(loaded, Schedule) and getattr(loaded, "_organization", None) is not None:
            found[row.schedule_id] = loaded
        else:
            missing.add(row.schedule_id)
    missing -= found.keys()
    if missing:
        for schedule in await asyncio.gather(*map(behind.schedule, missing)):
            found[schedule.id] = schedule
    return found


async def schedule_of(appointment: Appointment) -> Schedule:
    """Whose clinic it is, with house and doctor loaded."""
    return await behind.schedule(appointment.schedule_id)


def _view(
    row: Appointment,
    schedule: Schedule,
    *,
    closed: Collection[date],
    from_line: bool,
    queue: QueuePlace | None,
    remedy: RemedyView | None,
) -> AppointmentView:
    house, doctor = schedule.organization, schedule.practitioner
    return AppointmentView(
        id=row.id,
        status=row.status,
        patient_id=row.patient_id,
        slot_id=row.slot_id,
        schedule_id=row.schedule_id,
        practitioner_id=schedule.practitioner_id,
        organization_id=schedule.organization_id,
        organization_name=house.name,
        organization_address=house.address,
        organization_phone=house.phone,
        department=schedule.department,
        department_name=SPECIALTIES.get(schedule.department, schedule.department),
        name=schedule.name,
        title=doctor.title if doctor else "",
        service_type=schedule.service_type,
        place=schedule.place,
        day=row.day,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        fee_fen=row.fee_fen,
        payment=row.payment,
        code=row.code,
        held_at=row.held_at,
        hold_expires_at=row.hold_expires_at,
        cancel_until=_cancel_until(row, closed),
        check_in_from=row.starts_at - timedelta(minutes=params().early_minutes),
        needs=needs_of(schedule.needs),
        cancelled_by=row.cancelled_by,
        reason=row.reason,
        refund_fen=row.refund_fen,
        refunded_at=row.refunded_at,
        from_line=from_line,
        queue=queue,
        remedy=remedy,
    )


def _cancel_until(row: Appointment, closed: Collection[date]) -> datetime | None:
    """A hold is given up at any time; a booked one until the free time ends."""
    if row.status is Status.HELD:
        return row.hold_expires_at
    until = rules.cancel_until(row.starts_at, params(), closed=closed)
    return until if row.status is Status.BOOKED and until > clock.now() else None


async def queue_place(appointment: Appointment) -> QueuePlace | None:
    """Number, how many are ahead, and who is called now; None before check-in and afterwards."""
    if appointment.status not in PRESENT:
        return None
    return (await _queues([appointment])).get(appointment.id)


async def _queues(rows: Iterable[Appointment]) -> dict[UUID, QueuePlace]:
    """The places of these in their queues: one query, whatever their number."""
    wanted = {row.id: (row.schedule_id, row.day) for row in rows}
    if not wanted:
        return {}
    queues = Q(*(Q(schedule_id=s, day=d) for s, d in set(wanted.values())), join_type="OR")
    present = await Appointment.filter(queues, status__in=list(PRESENT)).values_list(
        "id", "schedule_id", "day", "status", "queue_at", "queue_number"
    )
    lines: dict[tuple[UUID, date], list[Any]] = {}
    for row in present:
        lines.setdefault((row[1], row[2]), []).append(row)
    return {
        key: place
        for key, queue in wanted.items()
        if (place := _place(key, lines.get(queue, []))) is not None
    }


def _place(appointment_id: UUID, line: Sequence[Any]) -> QueuePlace | None:
    mine = next((row for row in line if row[0] == appointment_id), None)
    if mine is None:
        return None
    called = [row[5] for row in line if row[3] is Status.CALLED]
    inside = [row[5] for row in line if row[3] is Status.IN_SERVICE]
    waiting = mine[3] is Status.CHECKED_IN
    ahead = sum(row[3] is Status.CHECKED_IN and row[4:] < mine[4:] for row in line)
    return QueuePlace(mine[5], ahead if waiting else 0, next(iter(called or inside), None))


async def wishes(patient_ids: Collection[UUID]) -> list[WishView]:
    """Their wishes that still stand, the nearest day first."""
    rows = await (
        WaitingWish.filter(
            patient_id__in=list(patient_ids),
            status__in=list(LIVE_WISHES),
            day__gte=clock.today(),
        )
        .select_related(*LOADED)
        .order_by("day", "id")
    )
    before = await _ahead(rows)
    return [_wish_view(row, before.get(row.id)) for row in rows]


async def _ahead(rows: Sequence[WaitingWish]) -> dict[int, int]:
    """The position of each that waits, counted over their lines in one query."""
    lines = {(r.schedule_id, r.day, r.pool) for r in rows if r.status is Wish.WAITING}
    if not lines:
        return {}
    concerned = Q(*(Q(schedule_id=s, day=d, pool=p) for s, d, p in lines), join_type="OR")
    found = WaitingWish.filter(concerned, status=Wish.WAITING).order_by("id")
    counts: dict[tuple[Any, ...], int] = {}
    positions = {}
    for number, *line in await found.values_list("id", "schedule_id", "day", "pool"):
        counts[tuple(line)] = positions[number] = counts.get(tuple(line), 0) + 1
    return positions


def _wish_view(row: WaitingWish, position: int | None) -> WishView:
    schedule = row.schedule
    return WishView(
        id=row.id,
        status=row.status,
        patient_id=row.patient_id,
        schedule_id=row.schedule_id,
        practitioner_id=schedule.practitioner_id,
        organization_name=schedule.organization.name,
        department_name=SPECIALTIES.get(schedule.department, schedule.department),
        name=schedule.name,
        day=row.day,
        position=position,
        appointment_id=row.appointment_id,
        joined_at=row.joined_at,
    )


async def wish_of(patient_ids: Collection[UUID], wish_id: int) -> WaitingWish:
    """One of their wishes. Raises NotFound."""
    found = await WaitingWish.get_or_none(id=wish_id, patient_id__in=list(patient_ids))
    if found is None:
        raise NotFound("wish_not_found", "没有找到这个候补。")
    return found
