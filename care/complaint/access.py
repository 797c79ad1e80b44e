"""The only doors to a complaint: the account that filed it, the house it is about (outpatient
office), the administrator, and the health bureau, which reads.

The doctor concerned has no door: an answer comes from the house.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from care.complaint.models import Complaint
from core.audit import audit, refused
from core.errors import Forbidden, NotFound
from people.actor import Actor, Role
from people.residents.actor import Resident

DESK: Final = (Role.SCHEDULER, Role.ADMIN)
READERS: Final = (*DESK, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """A complaint as a member of staff may see it; patient and house are loaded."""

    complaint: Complaint
    actor: Actor

    @property
    def may_answer(self) -> bool:
        """The bureau reads; the house answers."""
        return self.actor.has(*DESK)

    def require_desk(self) -> None:
        """Raise Forbidden for those who only read."""
        if not self.may_answer:
            raise Forbidden("read_only", "这里只能看,由医院来答复。")


def within(actor: Actor) -> dict[str, Any]:
    """Which complaints somebody may see: an office its own house's, the others the county's."""
    if actor.has(Role.ADMIN, Role.SUPERVISOR):
        return {}
    return {"organization_id": actor.organization_id}


async def open_complaint(actor: Actor, complaint_id: UUID) -> ComplaintView:
    """One complaint, the look audited. Raises NotFound, which does not tell whether it exists."""
    actor.require(*READERS)
    rows = Complaint.filter(id=complaint_id, **within(actor))
    row = await rows.select_related("patient", "organization").first()
    name = f"Complaint/{complaint_id}"
    if row is None:
        raise refused(_unknown(), actor, "complaint.open", name)
    await audit(actor, "complaint.open", name, patient_id=row.patient_id)
    return ComplaintView(row, actor)


async def open_own(who: Resident, complaint_id: UUID) -> Complaint:
    """One of the account's own. Raises NotFound alike for strangers and for what is not there."""
    rows = Complaint.filter(id=complaint_id, account_id=who.account_id)
    row = await rows.select_related("patient", "organization").first()
    if row is None:
        raise refused(_unknown(), who, "resident.complaint", f"Complaint/{complaint_id}")
    return row


def _unknown() -> NotFound:
    return NotFound("complaint_not_found", "没有找到这个投诉。")
