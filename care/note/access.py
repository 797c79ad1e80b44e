"""The door to a signed note, for those who may open the patient."""

from uuid import UUID

from care.note import drafts, signing
from care.note.models import Composition
from core.audit import audit
from core.errors import NotFound
from people.access import open_patient
from people.actor import Actor
from people.models import Patient


async def open_signed(
    actor: Actor, document_id: UUID, *, action: str
) -> tuple[Patient, list[Composition]]:
    """The patient as they are known today, and the signed versions of the note, the one that
    counts first; the look is audited as `action`.

    Raises NotFound alike for a stranger and for what is not there.
    """
    found = await drafts.of_document(document_id)
    if not found:
        raise NotFound("not_found", "没有找到这份病历。")
    patient = await open_patient(actor, found[0].patient_id, purpose="note")
    await audit(actor, action, f"{signing.KIND}/{document_id}", patient_id=patient.id)
    return patient, found
