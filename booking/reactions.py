"""What booking does because something happened; wired in `app.reactions`."""

from typing import Final
from uuid import UUID

from booking import online, waiting
from booking.events import AppointmentEvent
from booking.models import Appointment, CancelledBy, Schedule, WaitingWish
from booking.states import LIVE, Status, Wish
from core.audit import SYSTEM
from core.live import Hint
from core.outbox import outside
from people.events import PatientDied
from people.links import same_person

DIED: Final = "居民去世"
AHEAD: Final = LIVE - {Status.IN_SERVICE}


@outside
async def tell_pages(event: AppointmentEvent, *, hint: Hint) -> None:
    """Hint to the house and to the doctor whose clinic it is."""
    schedule = await Schedule.get_or_none(id=event.schedule_id)
    if schedule is None:
        return
    topics = [f"organization:{schedule.organization_id}"]
    if schedule.practitioner_id:
        topics.append(f"staff:{schedule.practitioner_id}")
    for topic in topics:
        await hint(topic, event.name, id=event.appointment_id)


async def call_off(event: PatientDied) -> None:
    """Whatever lay ahead is cancelled, and what was paid goes back; nobody waits in a line."""
    ids = await same_person(UUID(event.patient_id))
    for row in await Appointment.filter(patient_id__in=ids, status__in=list(AHEAD)):
        await online.call_off(row.id, by=CancelledBy.STAFF, reason=DIED, refund=True)
    for wish in await WaitingWish.filter(patient_id__in=ids, status=Wish.WAITING):
        await waiting.leave(SYSTEM, wish)
