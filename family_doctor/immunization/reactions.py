"""What happens to a child's visits because of a death, wired in `app.reactions`, and because two
records became one child, or two again, in the same transaction."""

from collections.abc import Sequence
from uuid import UUID

from core import db
from family_doctor.immunization import planning
from people.events import DeathDisproved, PatientDied
from people.links import survivor
from people.matching.service import in_step
from people.models import Patient


async def follow(event: PatientDied | DeathDisproved) -> None:
    """Nobody waits for a child who died; if it was a mistake, the visits come back."""
    patient = await Patient.get(id=await survivor(UUID(event.patient_id)))
    async with db.atomic():
        await planning.plan(patient)


@in_step
async def follow_merge(patient_ids: Sequence[UUID]) -> None:
    """What was given by either record counts for one child at once; parted, each has its own."""
    for head in sorted({await survivor(one) for one in patient_ids}):
        await planning.plan(await Patient.get(id=head))
