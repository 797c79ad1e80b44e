"""Reads of referrals for pages and the API. None of these is a door, except those for a doctor's
own lists, which show only what `access` allows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from care.referral.access import LOADED, ReferralView, incoming
from care.referral.models import ServiceRequest, Urgency
from care.referral.states import LIVE, OPENS, OVER, Status
from core import clock
from people.actor import Actor
from people.queries import practitioners

MOST: Final = 100
LATELY: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Line:
    """One in a doctor's list; `overdue`: the department has let its clock run out."""

    view: ReferralView
    overdue: bool

    @property
    def row(self) -> ServiceRequest:
        """The referral."""
        return self.view.referral


def is_overdue(row: ServiceRequest) -> bool:
    """Whether the department owes an answer for too long."""
    late = row.answer_by is not None and row.answer_by < clock.now()
    return row.status is Status.SUBMITTED and late


async def received(actor: Actor, *, over: bool = False) -> list[Line]:
    """Sent to this doctor's department: urgent ones first, then by their clock; or what is over."""
    rows = ServiceRequest.filter(await incoming(actor), status__in=list(OVER if over else OPENS))
    found = await rows.order_by("-ended_at", "answer_by").limit(MOST).select_related(*LOADED)
    lines = [_line(row, actor) for row in found]
    return lines if over else sorted(lines, key=_waits)


def _waits(line: Line) -> tuple[bool, bool, float]:
    row = line.row
    due = (row.answer_by or row.proposed_at).timestamp()
    return row.status is not Status.SUBMITTED, row.urgency is not Urgency.URGENT, due


async def sent(actor: Actor, *, over: bool = False) -> list[Line]:
    """What this doctor has referred, the latest first."""
    rows = ServiceRequest.filter(
        requester_id=actor.practitioner_id, status__in=list(OVER if over else LIVE)
    )
    found = await rows.order_by("-proposed_at").limit(MOST).select_related(*LOADED)
    return [_line(row, actor) for row in found]


def _line(row: ServiceRequest, actor: Actor) -> Line:
    return Line(ReferralView(row, actor), is_overdue(row))


async def failed(actor: Actor) -> list[Line]:
    """What this doctor has referred and nobody took, lately, and has not been referred anew: the
    patient waits for another way."""
    rows = ServiceRequest.filter(
        requester_id=actor.practitioner_id,
        status__in=[Status.DECLINED, Status.EXPIRED],
        sent_at__isnull=False,
        ended_at__gte=clock.now() - LATELY,
    )
    found = await rows.order_by("ended_at").select_related(*LOADED)
    visits = Q(encounter_id__in=[row.encounter_id for row in found if row.encounter_id])
    others = Q(about__in=[row.about for row in found if row.about])
    later = ServiceRequest.filter(visits | others).order_by("proposed_at")
    newest = {row.encounter_id or row.about: row.id for row in await later}
    return [_line(row, actor) for row in found if newest[row.encounter_id or row.about] == row.id]


async def waiting(actor: Actor) -> int:
    """For the navigation: how many wait for this doctor's department."""
    rows = ServiceRequest.filter(await incoming(actor), status=Status.SUBMITTED)
    return await rows.count()


async def of_visit(encounter_id: UUID) -> list[ServiceRequest]:
    """What came of a visit, the latest first."""
    rows = ServiceRequest.filter(encounter_id=encounter_id).order_by("-proposed_at")
    return await rows.select_related(*LOADED)


async def of_patients(patient_ids: Collection[UUID]) -> list[ServiceRequest]:
    """The referrals of these patients, the latest first."""
    rows = ServiceRequest.filter(patient_id__in=list(patient_ids)).order_by("-proposed_at")
    return await rows.limit(30).select_related(*LOADED)


async def doctors_of(organization_id: UUID, department: str) -> list[UUID]:
    """Who works in a department now."""
    found = await practitioners(organization_id=organization_id, specialty=department)
    return [one.id for one in found]
