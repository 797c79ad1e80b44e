"""Nobody is reminded or called because of somebody who has died; wired in `app.reactions`."""

from uuid import UUID

from core import db
from notifications.calls import service as calls
from notifications.models import CallTask, Communication
from notifications.states import COMMUNICATION, Stage
from notifications.topics import topics
from people.events import PatientDied
from people.links import same_person


async def fall_silent(event: PatientDied) -> None:
    """What waits is taken back, calls that somebody was asked to make are dropped."""
    ids = await same_person(UUID(event.patient_id))
    silent = [name for name, topic in topics().items() if topic.after_death == "silent"]
    async with db.atomic():
        for stage in (Stage.WAITING, Stage.PARKED):
            mine = Communication.filter(patient_id__in=ids, status=stage, topic__in=silent)
            await mine.update(status=COMMUNICATION[stage, "withdraw"])
        await calls.drop(CallTask.filter(patient_id__in=ids))
