"""The door to a signed prescription, for those who may open the patient."""

from uuid import UUID

from core.audit import audit
from core.errors import NotFound
from people.access import open_patient
from people.actor import Actor
from people.models import Patient
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import SIGNED
from pharmacy.prescribing.steps import subject


async def open_signed(
    actor: Actor, request_id: UUID, *, action: str
) -> tuple[Patient, MedicationRequest]:
    """The patient as they are known today, and a signed version; the look is audited as `action`.

    Who signed it may always read it. Raises NotFound alike for a stranger and for what is not
    there.
    """
    row = await MedicationRequest.get_or_none(id=request_id)
    if row is None or row.status not in SIGNED:
        raise NotFound("not_found", "没有找到这张处方。")
    if row.author_id == actor.practitioner_id:
        patient = await Patient.get(id=row.patient_id)
    else:
        patient = await open_patient(actor, row.patient_id, purpose="prescription")
    await audit(actor, action, subject(row), patient_id=row.patient_id)
    return patient, row
