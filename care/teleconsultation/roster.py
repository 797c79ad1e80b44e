"""The on-call roster: who answers for a specialty, from when until when, in which order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.teleconsultation import rules
from care.teleconsultation.access import DUTY
from care.teleconsultation.hours import Shift
from care.teleconsultation.schemas import ShiftIn
from core import clock, db
from core.audit import audit
from core.errors import FieldError, Forbidden, Invalid, NotFound
from people.actor import Actor, Role
from people.models import Practitioner
from people.specialties import SPECIALTIES

KEEPERS = (Role.SCHEDULER, Role.ADMIN)
ROSTER_SPECIALTIES = {**SPECIALTIES, DUTY: "总值班(县)"}
LONGEST = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift for the page. `now`: it is running."""

    id: UUID
    specialty: str
    specialty_name: str
    position: int
    name: str
    title: str
    organization_name: str
    starts_at: datetime
    ends_at: datetime
    now: bool
    past: bool


async def duties(*, days: int = 7, organization_id: UUID | None = None) -> list[Duty]:
    """Shifts that run now or begin within some days, by specialty, time and order."""
    moment = clock.now()
    found = Shift.filter(ends_at__gt=moment, starts_at__lt=moment + timedelta(days=days))
    if organization_id is not None:
        found = found.filter(organization_id=organization_id)
    rows = await found.select_related("practitioner", "organization").order_by(
        "starts_at", "position"
    )
    order = {code: number for number, code in enumerate(ROSTER_SPECIALTIES)}
    rows = sorted(rows, key=lambda r: order.get(r.specialty, len(order)))
    return [_duty(row, moment) for row in rows]


def _duty(row: Shift, moment: datetime) -> Duty:
    return Duty(
        id=row.id,
        specialty=row.specialty,
        specialty_name=ROSTER_SPECIALTIES.get(row.specialty, row.specialty),
        position=row.position,
        name=row.practitioner.name,
        title=row.practitioner.title,
        organization_name=row.organization.short_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        now=row.starts_at <= moment < row.ends_at,
        past=row.ends_at <= moment,
    )


async def add_shift(actor: Actor, entry: ShiftIn) -> Shift:
    """Put somebody on the roster of the actor's own institution.

    Raises Invalid when the doctor may not answer (远程规范) or the times do not fit.
    """
    actor.require(*KEEPERS)
    person = await Practitioner.get_or_none(
        id=entry.practitioner, organization_id=actor.organization_id, active=True
    )
    _check_shift(person, entry)
    async with db.atomic():
        clash = Shift.filter(
            organization_id=actor.organization_id,
            specialty=entry.specialty,
            position=entry.position,
            starts_at__lt=entry.ends_at,
            ends_at__gt=entry.starts_at,
        )
        if await clash.exists():
            raise _wrong("position", "这个时段的这个顺位已经排了人")
        row = await Shift.create(
            organization_id=actor.organization_id,
            practitioner_id=entry.practitioner,
            specialty=entry.specialty,
            position=entry.position,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
        )
        await audit(actor, "roster.add", f"Shift/{row.id}")
    return row


def _check_shift(person: Practitioner | None, entry: ShiftIn) -> None:
    if person is None:
        raise _wrong("practitioner", "请从本院医生里选")
    if entry.specialty not in ROSTER_SPECIALTIES:
        raise _wrong("specialty", "请从列表里选专科")
    if entry.specialty not in (DUTY, person.specialty):
        raise _wrong("practitioner", "这位医生不是这个专科的")
    refused = rules.invitee_may(person.licence, person.practising_since, clock.today())
    if refused is not None:
        raise _wrong("practitioner", refused.sentence)
    if entry.ends_at <= entry.starts_at:
        raise _wrong("ends_at", "结束要晚于开始")
    if entry.ends_at - entry.starts_at > LONGEST:
        raise _wrong("ends_at", "一个班最长 48 小时,请分开排")
    if entry.ends_at <= clock.now():
        raise _wrong("ends_at", "这个时段已经过去了")


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("shift", f"{sentence}。", errors=[FieldError(field, sentence)])


async def remove_shift(actor: Actor, shift_id: UUID) -> None:
    """Take a shift off the roster. Raises NotFound, Forbidden for another institution's."""
    actor.require(*KEEPERS)
    async with db.atomic():
        row = await Shift.get_or_none(id=shift_id)
        if row is None:
            raise NotFound("not_found", "这个班次已经不在了。")
        if row.organization_id != actor.organization_id:
            raise Forbidden("forbidden", "只能调整本院的排班。")
        await row.delete()
        await audit(actor, "roster.remove", f"Shift/{shift_id}")
