"""Reads of complaints for pages and the API. None of these is a door, except `listed`, which shows
only what `access.within` allows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from care.complaint import rules
from care.complaint.access import within
from care.complaint.models import Complaint, ComplaintStep
from care.complaint.states import OVER, OWED, Status
from core import clock
from people.actor import Actor

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One in the list; `due` is what its clock says."""

    row: Complaint
    due: datetime | None
    overdue: bool


def line_of(row: Complaint) -> Line:
    """With its clock."""
    due = rules.due_at(row.status, row.accept_by, row.close_by)
    return Line(row, due, due is not None and due < clock.now())


async def listed(actor: Actor, *, owed: bool) -> list[Line]:
    """What is to be done, overdue first, then by its clock; or what is answered and over."""
    rows = Complaint.filter(**within(actor)).select_related("patient", "organization")
    if owed:
        lines = [
            line_of(row)
            for row in await rows.filter(status__in=list(OWED)).order_by("accept_by").limit(MOST)
        ]
        return sorted(lines, key=lambda line: line.due or line.row.filed_at)
    done = rows.exclude(status__in=list(OWED)).order_by("-answered_at", "-filed_at")
    return [line_of(row) for row in await done.limit(MOST)]


async def waiting(actor: Actor) -> int:
    """For the navigation: how many wait for the house."""
    return await Complaint.filter(**within(actor), status__in=list(OWED)).count()


async def open_about(subjects: Collection[str]) -> bool:
    """Whether a complaint about one of these is still being dealt with."""
    rows = Complaint.filter(subject__in=list(subjects))
    return await rows.exclude(status__in=list(OVER)).exists()


async def of_account(account_id: UUID) -> list[Complaint]:
    """What this account has filed, the latest first."""
    rows = Complaint.filter(account_id=account_id).select_related("patient", "organization")
    return await rows.order_by("-filed_at").limit(50)


async def steps(complaint_id: UUID) -> list[ComplaintStep]:
    """Everything that was done and said, in order."""
    return await ComplaintStep.filter(complaint_id=complaint_id).order_by("id")


@dataclass(frozen=True, slots=True)
class Numbers:
    """For the bureau: how many, and how many of the steps with a clock came in time."""

    filed: int
    owed: int
    overdue: int
    answered: int
    late: int
    reopened: int


async def numbers(actor: Actor, since: datetime) -> Numbers:
    """Complaints filed since a moment, and how they were dealt with."""
    rows = Complaint.filter(**within(actor), filed_at__gte=since)
    found = await rows
    clocked = ComplaintStep.filter(
        complaint_id__in=[row.id for row in found], action__in=["accept", "answer"], late=True
    )
    return Numbers(
        filed=len(found),
        owed=sum(row.status in OWED for row in found),
        overdue=sum(line_of(row).overdue for row in found),
        answered=sum(row.answered_at is not None for row in found),
        late=await clocked.count(),
        reopened=sum(row.reopened > 0 or row.status is Status.REOPENED for row in found),
    )
