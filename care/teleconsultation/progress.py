"""Reads for the page of one consultation: who is in it, how it went, who must move."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from care.teleconsultation.access import Side, View
from care.teleconsultation.models import Expert, Part, Seat, Step
from care.teleconsultation.rows import waits_for
from care.teleconsultation.states import ExpertStatus
from care.teleconsultation.words import EXPERT_WORDS
from core import clock
from people.specialties import SPECIALTIES


@dataclass(frozen=True, slots=True)
class Member:
    """A doctor of the answering side, for lists on the page."""

    id: UUID
    practitioner_id: UUID
    name: str
    title: str
    organization: str
    specialty: str
    part: Part
    status: ExpertStatus
    word: str
    reason: str


async def members(view: View) -> list[Member]:
    """Everybody who was asked, in the order they were asked."""
    experts = await (
        Expert.filter(consultation_id=view.consultation.id)
        .order_by("invited_at")
        .select_related("practitioner__organization")
    )
    return [
        Member(
            id=e.id,
            practitioner_id=e.practitioner_id,
            name=e.practitioner.name,
            title=e.practitioner.title,
            organization=e.practitioner.organization.name,
            specialty=SPECIALTIES.get(e.specialty, ""),
            part=e.part,
            status=e.status,
            word=EXPERT_WORDS[e.status],
            reason=e.reason if view.clinical else "",
        )
        for e in experts
    ]


def _step_kind(step: Step) -> str:
    return {
        "escalate": "waiting",
        "expire": "danger",
        "decline": "danger",
        "abort": "danger",
        "cancel": "neutral",
        "missed": "danger",
        "archive": "done",
        "archive_again": "done",
        "sign": "done",
        "request_material": "returned",
        "observe": "waiting",
    }.get(step.action, "progress")


async def timeline(view: View) -> list[dict[str, Any]]:
    """Every step for the `timeline` macro, the newest first. Notes are for the two sides."""
    steps = await Step.filter(consultation_id=view.consultation.id).order_by("-id")
    open_notes = view.side in (Side.INVITER, Side.EXPERT)
    return [
        {
            "kind": _step_kind(step),
            "what": step.sentence,
            "when": clock.in_words(step.at),
            "iso": step.at.isoformat(),
            "by": step.who,
            "text": step.note if open_notes else "",
        }
        for step in steps
    ]


async def standing(view: View) -> str:
    """Where it stands in one sentence for this person."""
    seats = await Seat.filter(consultation_id=view.consultation.id).select_related("asked")
    return waits_for(view.consultation, seats, view.actor.practitioner_id)


@dataclass(frozen=True, slots=True)
class SeatWords:
    """A wanted specialty and who answers for it, for the page."""

    specialty: str
    asked: str
    answer_by: datetime | None
    taken_by: str
    late: bool


async def seats_in_words(view: View) -> list[SeatWords]:
    """Every wanted specialty in the order of the request."""
    seats = await (
        Seat.filter(consultation_id=view.consultation.id)
        .order_by("position")
        .select_related("asked", "taken_by")
    )
    return [
        SeatWords(
            specialty=SPECIALTIES.get(seat.specialty, seat.specialty),
            asked=f"{seat.asked.name} {seat.asked.title}" if seat.asked else "",
            answer_by=seat.answer_by,
            taken_by=f"{seat.taken_by.name} {seat.taken_by.title}" if seat.taken_by else "",
            late=seat.answer_by is not None and seat.answer_by < clock.now(),
        )
        for seat in seats
    ]
