"""Reads for screens. Doors are in `access`; lists here are already cut to one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from care.teleconsultation import rules
from care.teleconsultation.access import DUTY, wanted_from
from care.teleconsultation.models import (
    Consultation,
    CoSignature,
    Expert,
    Format,
    Mode,
    Opinion,
    OpinionKind,
    Part,
    Seat,
    Shift,
    Urgency,
)
from care.teleconsultation.states import LIVE, WORKING, ExpertStatus, Status
from care.teleconsultation.words import FORMATS, MODES, URGENCIES, status_words
from core import clock
from people.actor import Actor
from people.models import Practitioner
from people.queries import PatientHeader, patient_headers
from people.specialties import SPECIALTIES

URGENCY_ORDER = {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.ORDINARY: 2}
ROW_URGENCY = {
    Urgency.EMERGENCY: "urgent",
    Urgency.URGENT: "soon",
    Urgency.ORDINARY: "normal",
}
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One consultation in a list. `waits_for` says who must move next."""

    id: UUID
    href: str
    patient: str
    sex: str
    age: str
    status: Status
    kind: str
    word: str
    urgency: Urgency
    urgency_word: str
    row_urgency: str
    mode_word: str
    specialties: str
    aim: str
    from_text: str
    since: datetime
    late: bool
    waits: bool
    scheduled_at: datetime | None
    waits_for: str
    mine_to_do: bool
    asked_me: bool
    submitted_at: datetime | None


async def _rows(
    found: Sequence[Consultation], actor: Actor | None, *, masked: bool = False
) -> list[Row]:
    ids = [consultation.id for consultation in found]
    headers = await patient_headers([consultation.patient_id for consultation in found])
    seats = await Seat.filter(consultation_id__in=ids).order_by("position").select_related("asked")
    by_consultation: dict[UUID, list[Seat]] = {}
    for seat in seats:
        by_consultation.setdefault(seat.consultation_id, []).append(seat)
    return [
        _row(c, headers[c.patient_id], by_consultation.get(c.id, []), actor, masked=masked)
        for c in found
    ]


def _row(
    consultation: Consultation,
    header: PatientHeader,
    seats: list[Seat],
    actor: Actor | None,
    *,
    masked: bool,
) -> Row:
    me = actor.practitioner_id if actor else None
    kind, word = status_words(consultation.status, mine=consultation.inviter_id == me)
    asked_me = any(seat.asked_id == me and me is not None for seat in seats)
    inviter = consultation.inviter
    due = min((seat.answer_by for seat in seats if seat.answer_by), default=None)
    return Row(
        id=consultation.id,
        href=f"/consultations/{consultation.id}",
        patient=header.name_masked if masked else header.name,
        sex=header.sex,
        age=header.age,
        status=consultation.status,
        kind=kind,
        word=word,
        urgency=consultation.urgency,
        urgency_word=URGENCIES[consultation.urgency],
        row_urgency=ROW_URGENCY[consultation.urgency],
        mode_word=f"{MODES[consultation.mode]}·{FORMATS[consultation.format]}",
        specialties="、".join(SPECIALTIES.get(s.specialty, s.specialty) for s in seats),
        aim=consultation.aim or consultation.chief_complaint or "(还没有填写会诊目的)",
        from_text=f"{consultation.inviter_organization.short_name} {inviter.name} {inviter.title}",
        since=waiting_since(consultation),
        late=due is not None and due < clock.now(),
        waits=consultation.status in LIVE,
        scheduled_at=consultation.scheduled_at,
        waits_for=waits_for(consultation, seats, me),
        mine_to_do=_inviters_turn(consultation) and consultation.inviter_id == me,
        asked_me=asked_me,
        submitted_at=consultation.submitted_at,
    )


def waiting_since(consultation: Consultation) -> datetime:
    """From when the present wait counts."""
    found = {
        Status.DRAFT: consultation.saved_at,
        Status.SUBMITTED: consultation.submitted_at,
        Status.ACCEPTED: consultation.accepted_at,
        Status.SCHEDULED: consultation.accepted_at,
        Status.WAITING: consultation.opened_at,
        Status.IN_SESSION: consultation.began_at,
        Status.OPINION_DRAFT: consultation.ended_at,
    }.get(consultation.status, consultation.closed_at or consultation.submitted_at)
    return found or consultation.created_at


def _inviters_turn(consultation: Consultation) -> bool:
    return consultation.status in (
        Status.DRAFT,
        Status.MATERIAL_REQUESTED,
        Status.OPINION_SIGNED,
        Status.WAITING,
        Status.IN_SESSION,
    ) or (consultation.status == Status.ACCEPTED and consultation.mode == Mode.INSTANT)


def waits_for(consultation: Consultation, seats: Sequence[Seat], me: UUID | None) -> str:
    """Who must move next, in one sentence."""
    status = consultation.status
    inviter = "您" if consultation.inviter_id == me else "发起医生"
    if status == Status.SUBMITTED:
        asked = [seat.asked for seat in seats if seat.asked_id and seat.taken_by_id is None]
        names = "、".join("您" if p.id == me else f"{p.name} {p.title}" for p in asked)
        return f"等{names}应答" if names else "等专家应答"
    if status == Status.ACCEPTED:
        return {
            Mode.INSTANT: "专家已接诊,请进入会诊室",
            Mode.SCHEDULED: "等专家定时间",
            Mode.ASYNC: "专家正在看资料",
        }[consultation.mode]
    if status == Status.SCHEDULED and consultation.scheduled_at:
        return f"约在 {clock.in_words(consultation.scheduled_at)}"
    return {
        Status.DRAFT: f"{inviter}还没有发出",
        Status.MATERIAL_REQUESTED: f"等{inviter}补充资料",
        Status.MATERIAL_READY: "资料已补,等专家看",
        Status.WAITING: "约定时间已过,请改约或取消" if consultation.missed_at else "请进入会诊室",
        Status.IN_SESSION: "会诊正在进行",
        Status.OPINION_DRAFT: "等专家签署意见",
        Status.OPINION_SIGNED: f"等{inviter}写处理决定",
        Status.FEEDBACK: "正在生成报告",
        Status.ARCHIVED: "已完成",
    }.get(status, consultation.ending_note)


def _with_people(found: Any) -> Any:
    return found.select_related("inviter", "inviter_organization")


async def asked_by(actor: Actor, *, shown: str = "live") -> list[Row]:
    """Consultations of the actor's institution: live ones, drafts of one's own, or finished."""
    mine = Q(inviter_organization_id=actor.organization_id)
    if shown == "live":
        wanted = mine & (
            Q(status__in=list(LIVE)) | Q(status=Status.DRAFT, inviter_id=actor.practitioner_id)
        )
    else:
        wanted = mine & ~Q(status__in=[*LIVE, Status.DRAFT]) & Q(submitted_at__isnull=False)
    found = await _with_people(Consultation.filter(wanted)).order_by("-created_at").limit(SHOWN)
    rows = await _rows(found, actor)
    return sorted(rows, key=lambda r: (not r.mine_to_do, URGENCY_ORDER[r.urgency]))


async def given_by(actor: Actor, *, shown: str = "live") -> list[Row]:
    """Consultations in which the actor is a doctor of the answering side."""
    own = await Expert.filter(
        practitioner_id=actor.practitioner_id, status__in=WORKING
    ).values_list("consultation_id", flat=True)
    found = Consultation.filter(id__in=list(own))
    found = (
        found.filter(status__in=list(LIVE))
        if shown == "live"
        else found.exclude(status__in=list(LIVE))
    )
    rows = await _with_people(found).order_by("-submitted_at").limit(SHOWN)
    return await _rows(rows, actor)


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
    return await _rows(await _with_people(found), actor, masked=True)


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
    rows = await _rows(await _with_people(found), actor, masked=True)
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
    waiting = await _with_people(
        Consultation.filter(status=Status.OPINION_DRAFT).order_by("ended_at")
    )
    rows = {row.id: row for row in await _rows(waiting, actor, masked=actor is None)}
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
    return await _rows(await _with_people(found).order_by("scheduled_at"), actor)


async def overseen(*, shown: str = "live") -> list[Row]:
    """All consultations of the county for the bureau, without names."""
    found = Consultation.exclude(submitted_at=None)
    found = (
        found.filter(status__in=list(LIVE))
        if shown == "live"
        else found.exclude(status__in=list(LIVE))
    )
    rows = await _with_people(found).order_by("-submitted_at").limit(SHOWN)
    return await _rows(rows, None, masked=True)


async def waiting_at_the_desk(actor: Actor) -> int:
    """How many requests and opinions wait for this specialist, for the navigation."""
    return len(await queue(actor)) + len(await owed(actor)) + len(await invited_to(actor))


async def waiting_for_the_inviter(actor: Actor) -> int:
    """How many consultations wait for this village or township doctor."""
    todo = [row for row in await asked_by(actor) if row.mine_to_do]
    return len(todo) + len(await invited_to(actor))
