"""What may be booked on a day through one channel, for the pages of office, village and doctor."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tortoise.expressions import Q

from booking import days, words
from booking.models import Channel, Pool, Schedule, ServiceType, Slot
from booking.rules import ONLINE_BY, POOL_WORDS, POOLS
from core import clock
from people.specialties import SPECIALTIES


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot that may be booked now through one channel."""

    row: Slot
    time: str
    pool: str
    past: bool


@dataclass(frozen=True, slots=True)
class Clinic:
    """One schedule with what it has on a day, for choosing."""

    schedule: Schedule
    department: str
    service: str
    fee: str
    title: str
    organization: str
    choices: list[Choice]
    full: bool

    @property
    def by_pool(self) -> list[tuple[str, list[Choice]]]:
        """The times of each kind of place, the ordinary ones first."""
        found: dict[str, list[Choice]] = {}
        for pool in Pool:
            for choice in self.choices:
                if choice.row.pool is pool:
                    found.setdefault(choice.pool, []).append(choice)
        return list(found.items())


async def choices(
    day: date,
    channel: Channel,
    *,
    department: str = "",
    organization_id: UUID | None = None,
    schedule_id: UUID | None = None,
    service: ServiceType | None = None,
) -> list[Clinic]:
    """Who can be booked on a day through a channel, and at what times. `service`: only this one."""
    moment = clock.now()
    wanted = Schedule.filter(active=True)
    if service:
        wanted = wanted.filter(service_type=service)
    elif channel not in ONLINE_BY:
        wanted = wanted.exclude(service_type=ServiceType.ONLINE)
    if department:
        wanted = wanted.filter(department=department)
    if organization_id:
        wanted = wanted.filter(organization_id=organization_id)
    if schedule_id:
        wanted = wanted.filter(id=schedule_id)
    schedules = await wanted.select_related("organization", "practitioner").order_by(
        "department", "name"
    )
    started = Q(ends_at__gt=moment) if channel is Channel.COUNTER else Q(starts_at__gt=moment)
    slots = await Slot.filter(
        started,
        schedule_id__in=[row.id for row in schedules],
        day=day,
        pool__in=list(POOLS[channel]),
        open=True,
        release_at__lte=moment,
    ).order_by("starts_at", "pool")
    by_schedule: dict[UUID, list[Slot]] = {}
    for slot in slots:
        by_schedule.setdefault(slot.schedule_id, []).append(slot)
    return [_clinic(row, by_schedule[row.id]) for row in schedules if row.id in by_schedule]


def _clinic(row: Schedule, slots: list[Slot]) -> Clinic:
    moment = clock.now()
    free = [slot for slot in slots if slot.remaining > 0]
    return Clinic(
        schedule=row,
        department=SPECIALTIES.get(row.department, row.department),
        service=words.SERVICE[row.service_type],
        fee=words.yuan(row.fee_fen),
        title=row.practitioner.title if row.practitioner else "",
        organization=row.organization.short_name,
        choices=[
            Choice(slot, days.clock_of(slot), POOL_WORDS[slot.pool], slot.starts_at <= moment)
            for slot in free
        ],
        full=not any(slot.pool is Pool.PUBLIC and slot.remaining for slot in slots),
    )
