"""Reads for screens. Doors are in `access`; lists here are already cut to one person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from care.teleconsultation import rules
from care.teleconsultation.access import DUTY, wanted_from
from care.teleconsultation.hours import Shift
from care.teleconsultation.models import (
    Consultation,
    CoSignature,
    Expert,
    Format,
    Opinion,
    OpinionKind,
    Part,
    Seat,
    Urgency,
)
from care.teleconsultation.rows import Row as Row
from care.teleconsultation.rows import rows_of, with_people
from care.teleconsultation.states import LIVE, WORKING, ExpertStatus, Status
from core import clock
from people.actor import Actor
from people.models import Practitioner

URGENCY_ORDER = {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.ORDINARY: 2}
SHOWN = 60


async def asked_by(actor: Actor, *, shown: str = "live") -> list[Row]:
    """Consultations of the actor's institution: live ones, drafts of one's own, or finished."""
    mine = Q(inviter_organization_id=actor.organization_id)
    if shown == "live":
        wanted = mine & (
            Q(status__in=list(LIVE)) | Q(status=Status.DRAFT, inviter_id=actor.practitioner_id)
        )
    else:
        wanted = mine & ~Q(status__in=[*LIVE, Status.DRAFT]) & Q(submitted_at__isnull=False)
    found = await with_people(Consultation.filter(wanted)).order_by("-created_at").limit(SHOWN)
    rows = await rows_of(found, actor)
    return sorted(rows, key=lambda r: (not r.mine_to_do, URGENCY_ORDER[r.urgency]))


async def given_by(actor: Actor, *, shown: str = "live") -> list[Row]:
    """Consultations in which the actor is a doctor of the answering side."""
    own = await Expert.filter(
        practitioner_id=actor.practitioner_id, status__in=WORKING
    ).values_list("consultation_id", flat=True)
    found = _live_or_over(Consultation.filter(id__in=list(own)), shown)
    rows = await with_people(found).order_by("-submitted_at").limit(SHOWN)
    return await rows_of(rows, actor)


def _live_or_over(found: QuerySet[Consultation], shown: str) -> QuerySet[Consultation]:
    live = list(LIVE)
    return found.filter(status__in=live) if shown == "live" else found.exclude(status__in=live)


async def invited_to(actor: Actor) -> list[Row]:
    """Rooms the actor was asked into by a colleague and has not entered yet."""
    asked = await Expert.filter(
        practitioner_id=actor.practitioner_id, status=ExpertStatus.INVITED
    ).values_list("consultation_id", flat=True)
    seats = Seat.filter(asked_id=actor.practitioner_id)
    on_seats = set(await seats.values_list("consultation_id", flat=True))
    found = Consultation.filter(
        id__in=[c for c in asked if c not in on_seats], status__in=list(LIVE)
    )
    return await rows_of(await with_people(found), actor, masked=True)


async def queue(actor: Actor) -> list[Row]:
    """The live desk: everything open that the actor's house may answer, most urgent first."""
    fields = await wanted_from(actor)
    moment = clock.now()
    on_duty = await Shift.exists(
        practitioner_id=actor.practitioner_id,
        specialty=DUTY,
        starts_at__lte=moment,
        ends_at__gt=moment,
    )
    seats = Seat.filter(taken_by_id=None).filter(
        Q(consultation__agreement__invitee_organization_id=actor.organization_id)
        | Q(asked_id=actor.practitioner_id)
    )
    if not on_duty:
        seats = seats.filter(Q(specialty__in=list(fields)) | Q(asked_id=actor.practitioner_id))
    ids = set(await seats.values_list("consultation_id", flat=True))
    accepted = await Expert.filter(
        practitioner_id=actor.practitioner_id, status__in=WORKING
    ).values_list("consultation_id", flat=True)
    found = Consultation.filter(id__in=list(ids - set(accepted))).filter(
        Q(status=Status.SUBMITTED)
        | Q(
            format=Format.MDT,
            status__in=[
                Status.ACCEPTED,
                Status.MATERIAL_REQUESTED,
                Status.MATERIAL_READY,
                Status.SCHEDULED,
                Status.WAITING,
                Status.IN_SESSION,
            ],
        )
    )
    rows = await rows_of(await with_people(found), actor, masked=True)
    return sorted(rows, key=lambda r: (URGENCY_ORDER[r.urgency], r.submitted_at or r.since))


@dataclass(frozen=True, slots=True)
class Owed:
    """An opinion somebody still owes. `late`: more than 24 h after the end."""

    row: Row
    what: str
    due_at: datetime
    late: bool
    author: str


async def owed(actor: Actor | None) -> list[Owed]:
    """Opinions not signed yet: one's own, or (None) everybody's, the oldest first."""
    waiting = await with_people(
        Consultation.filter(status=Status.OPINION_DRAFT).order_by("ended_at")
    )
    rows = {row.id: row for row in await rows_of(waiting, actor, masked=actor is None)}
    found: list[Owed] = []
    for consultation in waiting:
        due = (consultation.ended_at or consultation.created_at) + rules.REPORT_WITHIN
        for person, what in await _debts(consultation):
            if actor is None or person.id == actor.practitioner_id:
                found.append(
                    Owed(
                        rows[consultation.id],
                        what,
                        due,
                        clock.now() > due,
                        f"{person.name} {person.title}",
                    )
                )
    return found


async def _debts(consultation: Consultation) -> list[tuple[Practitioner, str]]:
    experts = await (
        Expert.filter(consultation_id=consultation.id, status__in=WORKING)
        .exclude(part=Part.COLLEAGUE)
        .select_related("practitioner")
    )
    single = [e for e in experts if e.status != ExpertStatus.SIGNED]
    if single or consultation.format != Format.MDT:
        return [(e.practitioner, "会诊意见") for e in single]
    joint = (
        await Opinion.filter(consultation_id=consultation.id, kind=OpinionKind.JOINT)
        .exclude(signed_at=None)
        .order_by("-version")
        .first()
    )
    if joint is None:
        return [(e.practitioner, "联合意见") for e in experts if e.part == Part.COORDINATOR]
    signed = {row.practitioner_id for row in await CoSignature.filter(opinion_id=joint.id)}
    return [
        (e.practitioner, "会签联合意见")
        for e in experts
        if e.practitioner_id not in signed | {joint.author_id}
    ]


async def booked_for(actor: Actor, *, days: int = 14) -> list[Row]:
    """The actor's agreed times, the next one first."""
    own = await Expert.filter(
        practitioner_id=actor.practitioner_id, status__in=WORKING
    ).values_list("consultation_id", flat=True)
    until = clock.now() + timedelta(days=days)
    found = Consultation.filter(
        Q(id__in=list(own)) | Q(inviter_id=actor.practitioner_id),
        status__in=[Status.SCHEDULED, Status.WAITING],
        scheduled_at__lt=until,
    )
    return await rows_of(await with_people(found).order_by("scheduled_at"), actor)


async def overseen(*, shown: str = "live") -> list[Row]:
    """All consultations of the county for the bureau, without names."""
    found = _live_or_over(Consultation.exclude(submitted_at=None), shown)
    rows = await with_people(found).order_by("-submitted_at").limit(SHOWN)
    return await rows_of(rows, None, masked=True)


async def waiting_at_the_desk(actor: Actor) -> int:
    """How many requests and opinions wait for this specialist, for the navigation."""
    return len(await queue(actor)) + len(await owed(actor)) + len(await invited_to(actor))


async def waiting_for_the_inviter(actor: Actor) -> int:
    """How many consultations wait for this village or township doctor."""
    todo = [row for row in await asked_by(actor) if row.mine_to_do]
    return len(todo) + len(await invited_to(actor))
