"""Nobody is reminded or called because of somebody who has died; wired in `app.reactions`."""

from uuid import UUID

from core import clock, db
from core.states import advance
from notifications.models import CallTask, Communication
from notifications.states import CALL, COMMUNICATION, Call, Stage
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
        calls = CallTask.filter(patient_id__in=ids, status=Call.OPEN)
        for task in await calls.select_related("communication"):
            await advance(task, CALL, "drop", done_at=clock.now())
            if task.communication.status is Stage.CALLING:
                await advance(task.communication, COMMUNICATION, "withdraw")
