"""Reads of online visits for pages and the API. None of these is a door."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q

from care.encounter import estimate, visiting
from care.encounter.conditions import name_of
from care.encounter.models import EligibilityVerdict, Encounter, OnlineShift
from care.encounter.states import AT_THE_DESK, OVER, ShiftStatus, Status
from core import clock
from core.clock import SHANGHAI
from people.models import Sex

LATELY: Final = 10
AGO: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the line. `sentence` says it; `ahead` None: not in line."""

    ahead: int | None
    sentence: str
    message: str
    doctor: str


@dataclass(frozen=True, slots=True)
class Line:
    """One visit in the doctor's list."""

    encounter: Encounter
    name: str
    sex: Sex
    birth_date: Any
    condition: str
    verdict: EligibilityVerdict | None


async def place_of(row: Encounter) -> Place:
    """The place in line, how long it may take, and what the doctor says to all."""
    shift = await OnlineShift.get_or_none(live=row.practitioner_id)
    message = shift.message if shift else ""
    doctor = shift.status.value if shift else ShiftStatus.ENDED.value
    if row.status not in (Status.WAITING, Status.AWAY):
        return Place(None, "", message, doctor)
    ahead = await _ahead(row)
    if shift is None:
        return Place(ahead, _not_there(row), message, doctor)
    if shift.status is ShiftStatus.AWAY:
        sentence = "医生临时有急事离开了,您的位置保留着。不想等可以取消,或者换个时间。"
        return Place(ahead, sentence, message, doctor)
    found = estimate.estimate(ahead, await lengths(row.practitioner_id))
    sentence = estimate.in_words(ahead, found)
    if shift.status is ShiftStatus.PAUSED:
        sentence = f"医生暂停一会儿,马上回来。{sentence}"
    return Place(ahead, sentence, message, doctor)


def _not_there(row: Encounter) -> str:
    if row.booked_for and row.booked_for > clock.now():
        at = row.booked_for.astimezone(SHANGHAI)
        return f"医生还没开始,您约的是 {at:%H:%M}。您的位置保留着。"
    return "医生还没开始接诊,您的位置保留着,开始了会叫您。"


async def _ahead(row: Encounter) -> int:
    """Those who are called or waiting before this one; who has stepped out is passed."""
    others = Encounter.filter(practitioner_id=row.practitioner_id).exclude(id=row.id)
    earlier = Q(place__lt=row.place) | Q(place=row.place, arrived_at__lt=row.arrived_at)
    first = await others.filter(earlier, status=Status.WAITING).count()
    return first + await others.filter(status=Status.CALLED).count()


async def lengths(practitioner_id: UUID) -> list[timedelta]:
    """How long this doctor's latest visits took."""
    rows = await (
        Encounter.filter(
            practitioner_id=practitioner_id,
            status__in=[Status.FINISHED, Status.TERMINATED],
            began_at__isnull=False,
            ended_at__gte=clock.now() - AGO,
        )
        .order_by("-ended_at")
        .limit(LATELY)
        .values_list("began_at", "ended_at")
    )
    return [ended - began for began, ended in rows]


async def desk(practitioner_id: UUID) -> list[Line]:
    """Everybody at this doctor's desk: in progress, called, then the line."""
    rows = await _lines(
        Encounter.filter(practitioner_id=practitioner_id, status__in=list(AT_THE_DESK))
    )
    order = (Status.IN_PROGRESS, Status.CALLED, Status.WAITING, Status.AWAY)
    rows.sort(key=lambda line: (order.index(line.encounter.status), line.encounter.place))
    return rows


async def expected(practitioner_id: UUID) -> list[Line]:
    """Booked and asked for, but not yet in the waiting room."""
    return await _lines(
        Encounter.filter(practitioner_id=practitioner_id, status=Status.PLANNED).exclude(
            subject=None
        )
    )


async def over_today(practitioner_id: UUID) -> list[Line]:
    """What this doctor has closed today, the latest first."""
    start = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = await _lines(
        Encounter.filter(
            practitioner_id=practitioner_id, status__in=list(OVER), ended_at__gte=start
        )
    )
    return sorted(rows, key=lambda line: line.encounter.ended_at or start, reverse=True)


async def _lines(found: Any) -> list[Line]:
    rows: Sequence[Encounter] = await found.select_related("patient").order_by("asked_at")
    return [
        Line(
            row,
            row.patient.name,
            row.patient.sex,
            row.patient.birth_date,
            name_of(row.condition),
            await visiting.verdict_of(row.id),
        )
        for row in rows
    ]


async def waiting_at_the_desk(actor: Any) -> int:
    """For the navigation: how many wait for this doctor."""
    return await Encounter.filter(
        practitioner_id=actor.practitioner_id,
        status__in=[Status.WAITING, Status.CALLED, Status.IN_PROGRESS],
    ).count()


async def of_patients(
    patient_ids: Collection[UUID], *, live: bool | None = None, limit: int = 30
) -> list[Encounter]:
    """Visits of these patients, the latest first."""
    rows = Encounter.filter(patient_id__in=list(patient_ids))
    if live is not None:
        rows = (
            rows.filter(status__in=list(OVER)) if not live else rows.exclude(status__in=list(OVER))
        )
    loaded = rows.select_related("patient", "practitioner", "organization")
    return await loaded.order_by("-asked_at").limit(limit)


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A doctor who sees people now without an appointment."""

    shift: OnlineShift
    waiting: int
    sentence: str


async def open_desks() -> list[OpenDesk]:
    """Doctors who take walk-ins just now, the shortest line first."""
    shifts = await OnlineShift.filter(
        walk_ins=True, status__in=[ShiftStatus.OPEN, ShiftStatus.PAUSED]
    ).select_related("practitioner", "organization")
    found = []
    for shift in shifts:
        waiting = await Encounter.filter(
            practitioner_id=shift.practitioner_id, status__in=[Status.WAITING, Status.CALLED]
        ).count()
        known = estimate.estimate(waiting, await lengths(shift.practitioner_id))
        words = estimate.in_words(waiting, known) if waiting else "现在没有人排队"
        found.append(OpenDesk(shift, waiting, words))
    return sorted(found, key=lambda desk: desk.waiting)


def waited(row: Encounter, moment: datetime) -> int:
    """Full minutes in the waiting room."""
    return int((moment - row.arrived_at).total_seconds() // 60) if row.arrived_at else 0
