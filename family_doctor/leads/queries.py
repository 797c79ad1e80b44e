"""What came of tasks and alerts, for their pages."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from aiohttp import web

from family_doctor.leads.models import Lead, LeadKind
from family_doctor.leads.seams import OUTCOMES, Outcome
from people.actor import actor_of

WORDS: Final = {
    LeadKind.TALK: "在线沟通",
    LeadKind.VISIT: "约视频复诊",
    LeadKind.REFERRAL: "转诊单",
}
UNKNOWN: Final = Outcome("neutral", "还没有消息")


@dataclass(frozen=True, slots=True)
class Line:
    """One step and what became of it."""

    lead: Lead
    what: str
    outcome: Outcome


async def of(request: web.Request, origins: Collection[str]) -> dict[str, list[Line]]:
    """By origin, in the order of doing."""
    me = actor_of(request).practitioner_id
    rows = await Lead.filter(origin__in=list(origins)).order_by("at", "id")
    known: dict[UUID, Outcome] = dict(await request.app[OUTCOMES](rows)) if rows else {}
    found: dict[str, list[Line]] = {}
    for row in rows:
        outcome = known.get(row.id, UNKNOWN)
        if not _opens(row, me):
            outcome = replace(outcome, href="")
        line = Line(row, WORDS[row.kind], outcome)
        found.setdefault(row.origin, []).append(line)
    return found


def _opens(row: Lead, practitioner_id: UUID) -> bool:
    """A talk opens for the whole team, a visit for its doctor, a referral for whoever wrote it."""
    if row.kind is LeadKind.TALK:
        return True
    return practitioner_id == (row.practitioner_id or row.by_id)
