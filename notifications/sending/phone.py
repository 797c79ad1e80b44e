"""A person as a channel: a task for the house that manages the patient's record."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from core import clock
from notifications.models import Attempt, CallTask, Channel
from notifications.sending.batch import Due, Parcel
from people.deaths.queries import deceased_among
from people.models import Patient


class PhoneChannel:
    """Hands over to people. The task is made with the attempt, in its transaction."""

    channel = Channel.PHONE
    taken = "hand_over"
    remembers = timedelta.max

    async def prepare(self, rows: Sequence[Due]) -> Mapping[UUID, Parcel | str]:
        """A task for each whose patient lives."""
        patients = {row.patient_id for row in rows}
        houses = {
            one.id: one.managing_organization_id for one in await Patient.filter(id__in=patients)
        }
        gone, moment = await deceased_among(patients), clock.now()
        tasks = [
            CallTask(
                communication_id=row.id,
                patient_id=row.patient_id,
                organization_id=houses[row.patient_id],
                due_at=moment,
                made_at=moment,
            )
            for row in rows
            if row.patient_id not in gone
        ]
        await CallTask.bulk_create(tasks, ignore_conflicts=True)
        return {row.id: "deceased" if row.patient_id in gone else Parcel() for row in rows}

    async def send(self, parcel: Parcel) -> str:
        """The task is there already."""
        return ""

    async def unsent(self, parcel: Parcel) -> None:
        """The task stays."""

    async def never_sent(self, attempt: Attempt) -> None:
        """The task stays."""
