"""How every verb writes itself down: state, audit and event, in one transaction."""

from typing import Any, Final

from core import outbox
from core.audit import Who, audit
from core.states import advance
from pharmacy.prescribing.events import MedicationRequestEvent
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import MEDICATION_REQUEST

KIND: Final = "MedicationRequest"


def subject(row: MedicationRequest) -> str:
    """The name of a prescription in audit and outbox."""
    return f"{KIND}/{row.id}"


def ids(row: MedicationRequest) -> dict[str, str]:
    """What every event of a prescription names."""
    return {
        "request_id": str(row.id),
        "patient_id": str(row.patient_id),
        "author_id": str(row.author_id),
        "organization_id": str(row.organization_id),
        "about": row.subject,
    }


def expiry_key(row: MedicationRequest) -> str:
    """The key of the fact that its days are over."""
    return f"prescription-expiring:{row.id}"


async def move(
    who: Who,
    row: MedicationRequest,
    action: str,
    event: MedicationRequestEvent | None = None,
    *,
    note: str = "",
    **changes: Any,
) -> MedicationRequest:
    """Take one step of the table and write `changes`. Raises Conflict when it is not allowed."""
    await advance(row, MEDICATION_REQUEST, action, **changes)
    await write_down(who, row, action, event, note=note)
    return row


async def write_down(
    who: Who,
    row: MedicationRequest,
    action: str,
    event: MedicationRequestEvent | None = None,
    *,
    note: str = "",
) -> None:
    """Put something that happened into the audit and the outbox."""
    name = subject(row)
    await audit(who, f"prescription.{action}", name, patient_id=row.patient_id, reason=note)
    if event is not None:
        await outbox.record(event, subject=name)
