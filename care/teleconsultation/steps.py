"""How every verb writes itself down: state, timeline, audit and event, in one transaction."""

from typing import Any
from uuid import UUID

from care.teleconsultation.models import Consultation, Expert, Step
from care.teleconsultation.states import CONSULTATION, EXPERT
from core import clock, outbox
from core.audit import SYSTEM, System, audit
from core.outbox import Event
from core.states import advance
from people.actor import Actor


def subject(consultation_id: UUID | str) -> str:
    """The name of a consultation in audit, outbox, grants and chat."""
    return f"Consultation/{consultation_id}"


async def move(
    consultation: Consultation,
    action: str,
    who: Actor | System,
    sentence: str,
    *events: Event,
    note: str = "",
    **changes: Any,
) -> None:
    """Take one step of the consultation's table. Raises Conflict when it is not allowed."""
    await advance(consultation, CONSULTATION, action, **changes)
    await write_down(consultation, action, who, sentence, *events, note=note)


async def write_down(
    consultation: Consultation,
    action: str,
    who: Actor | System,
    sentence: str,
    *events: Event,
    note: str = "",
) -> None:
    """Put something that happened into the timeline, the audit and the outbox."""
    await Step.create(
        consultation_id=consultation.id,
        at=clock.now(),
        action=action,
        status=consultation.status,
        who=signature_line(who),
        practitioner_id=who.practitioner_id if isinstance(who, Actor) else None,
        sentence=sentence[:300],
        note=note,
    )
    await audit(
        who,
        f"consultation.{action}",
        subject(consultation.id),
        patient_id=consultation.patient_id,
        reason=note,
    )
    for event in events:
        await outbox.record(event, subject=subject(consultation.id))


async def move_expert(expert: Expert, action: str, **changes: Any) -> None:
    """Take one step of an invited doctor's own table. Raises Conflict."""
    await advance(expert, EXPERT, action, **changes)


def signature_line(who: Actor | System) -> str:
    """王建国 主任医师(云河县人民医院), or 系统."""
    if not isinstance(who, Actor):
        return SYSTEM.name
    return f"{who.name}{' ' + who.title if who.title else ''}({who.organization_name})"
