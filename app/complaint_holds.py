"""Complaints × conversations: what a complaint is about is not forgotten while it is open."""

from typing import Final

import chat.retention
from care.complaint.events import ComplaintMoved
from care.complaint.models import Complaint
from care.complaint.queries import open_about
from care.encounter.models import Encounter
from care.encounter.steps import subject
from core.audit import SYSTEM

REASON: Final = "有投诉在办理"
"""Why a conversation is held; a hold for another reason is none of our business."""


async def follow(event: ComplaintMoved) -> None:
    """Hold what was said in the visit, or let it go when no complaint about it is open.

    Looks at how the complaints stand now, so it does not matter in which order, or how often, it
    hears of their steps.
    """
    row = await Complaint.get(id=event.complaint_id)
    visit = await _visit(row.subject)
    if visit is None:
        return
    if await open_about(_names(visit)):
        await chat.retention.hold(SYSTEM, subject(visit.id), reason=REASON)
    else:
        await chat.retention.release(SYSTEM, subject(visit.id), reason=REASON)


async def _visit(named: str) -> Encounter | None:
    """The online visit that is complained about, by itself or by its appointment."""
    kind, _, id = named.partition("/")
    if kind == "Encounter":
        return await Encounter.get_or_none(id=id)
    return await Encounter.get_or_none(subject=named) if named else None


def _names(visit: Encounter) -> list[str]:
    return [name for name in (subject(visit.id), visit.subject) if name]
