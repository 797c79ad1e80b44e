"""What booking does because something happened; wired in `app.reactions`."""

from booking.events import AppointmentEvent
from booking.models import Schedule
from core.live import Hint
from core.outbox import outside


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
