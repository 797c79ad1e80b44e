"""Doors of `care` beyond the patient's own: papers that an institution archived."""

from uuid import UUID

from care.documents.consultation_report import KIND as REPORT
from care.documents.models import ArchivedDocument
from core.audit import audit
from core.errors import NotFound
from people.access import open_patient
from people.actor import Actor


async def open_document(actor: Actor, document_id: UUID) -> ArchivedDocument:
    """An archived paper: for those who may open the patient, and for clinicians of the
    institution in whose archive it lies, whose own record it is (远程规范: both sides archive).

    Raises NotFound or Forbidden. The look is audited.
    """
    row = await ArchivedDocument.get_or_none(id=document_id)
    if row is None:
        raise NotFound("not_found", "没有找到这份文书。")
    reason = ""
    if row.organization_id != actor.organization_id:
        await open_patient(actor, row.patient_id, purpose="document")
    else:  # the resident is told what it comes from
        reason = f"{row.title} ({'consultation' if row.kind == REPORT else 'visit'})"
    name = f"ArchivedDocument/{row.id}"
    await audit(actor, "document.read", name, patient_id=row.patient_id, reason=reason)
    return row
