"""A consultation as a line of a list: who must move next, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from care.teleconsultation.models import Consultation, Mode, Seat, Urgency
from care.teleconsultation.states import LIVE, Status
from care.teleconsultation.words import FORMATS, MODES, URGENCIES, status_words
from core import clock
from people.actor import Actor
from people.queries import PatientHeader, patient_headers
from people.specialties import SPECIALTIES

ROW_URGENCY = {
    Urgency.EMERGENCY: "urgent",
    Urgency.URGENT: "soon",
    Urgency.ORDINARY: "normal",
}


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


async def rows_of(
    found: Sequence[Consultation], actor: Actor | None, *, masked: bool = False
) -> list[Row]:
    """Their lines as `actor` reads them; `masked` hides the name."""
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


def with_people(found: Any) -> Any:
    """With the inviter and their house, which a line names."""
    return found.select_related("inviter", "inviter_organization")
