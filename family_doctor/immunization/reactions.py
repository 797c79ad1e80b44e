"""What happens to a child's visits because of a death; wired in `app.reactions`."""

from uuid import UUID

from core import db
from family_doctor.immunization import planning
from people.events import DeathDisproved, PatientDied
from people.links import survivor
from people.models import Patient


async def follow(event: PatientDied | DeathDisproved) -> None:
    """Nobody waits for a child who died; if it was a mistake, the visits come back."""
    patient = await Patient.get(id=await survivor(UUID(event.patient_id)))
    async with db.atomic():
        await planning.plan(patient)
