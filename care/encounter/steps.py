"""How every verb writes itself down: state, audit and event, in one transaction."""

from typing import Any
from uuid import UUID

from care.encounter.events import EncounterEvent
from care.encounter.models import Encounter
from care.encounter.states import ENCOUNTER
from core import outbox
from core.audit import Who, audit
from core.states import advance

KIND = "Encounter"


def subject(encounter_id: UUID | str) -> str:
    """The name of a visit in audit, outbox, grants and chat."""
    return f"{KIND}/{encounter_id}"


def ids(row: Encounter) -> dict[str, str]:
    """What every event of a visit names."""
    return {
        "encounter_id": str(row.id),
        "patient_id": str(row.patient_id),
        "practitioner_id": str(row.practitioner_id),
        "booked_by": row.subject or "",
    }


async def move(
    who: Who,
    row: Encounter,
    action: str,
    event: EncounterEvent | None = None,
    *,
    note: str = "",
    **changes: Any,
) -> Encounter:
    """Take one step of the table and write `changes`. Raises Conflict when it is not allowed."""
    await advance(row, ENCOUNTER, action, **changes)
    await write_down(who, row, action, event, note=note)
    return row


async def write_down(
    who: Who,
    row: Encounter,
    action: str,
    event: EncounterEvent | None = None,
    *,
    note: str = "",
) -> None:
    """Put something that happened into the audit and the outbox."""
    name = subject(row.id)
    await audit(who, f"encounter.{action}", name, patient_id=row.patient_id, reason=note)
    if event is not None:
        await outbox.record(event, subject=name)
