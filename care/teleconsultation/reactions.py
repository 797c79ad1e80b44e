"""What this room does because something happened; wired in `app.reactions`."""

from uuid import UUID

from care.teleconsultation import asking, attendance, reports
from care.teleconsultation.events import (
    AnswerOverdue,
    ConsultationArchived,
    ConsultationEnded,
    ConsultationEvent,
    DecisionMade,
    JoinOverdue,
    OpinionCorrected,
    WaitingRoomDue,
)
from care.teleconsultation.models import Consultation, Expert, Seat
from care.teleconsultation.states import OVER
from care.teleconsultation.steps import subject
from core.blobs import Store
from core.live import Hint
from core.outbox import outside
from people import access as patients


@outside
async def tell_pages(event: ConsultationEvent, *, hint: Hint) -> None:
    """Hint to the desk, to the consultation's own pages and to everybody it concerns."""
    consultation = await Consultation.get_or_none(id=event.consultation_id)
    if consultation is None:
        return
    experts = await Expert.filter(consultation_id=consultation.id)
    seats = await Seat.filter(consultation_id=consultation.id)
    people = {consultation.inviter_id, *(e.practitioner_id for e in experts)}
    people |= {seat.asked_id for seat in seats if seat.asked_id}
    topics = ["desk", f"consultation:{consultation.id}", *sorted(f"staff:{p}" for p in people)]
    for topic in topics:
        await hint(topic, event.name, id=event.consultation_id)


async def answer_overdue(event: AnswerOverdue) -> None:
    """Nobody answered in time: the next one is asked."""
    await asking.answer_overdue(event)


async def waiting_room_due(event: WaitingRoomDue) -> None:
    """The booked time is near."""
    await attendance.waiting_room_due(event.consultation_id, event.starts_at)


async def join_overdue(event: JoinOverdue) -> None:
    """The join window has closed."""
    await attendance.join_overdue(event.consultation_id, event.starts_at)


@outside
async def archive_report(
    event: DecisionMade | OpinionCorrected, *, store: Store, base_url: str
) -> None:
    """Both sides' archives get the report, and a new version after each correction."""
    await reports.archive_report(UUID(event.consultation_id), store=store, base_url=base_url)


async def close_record(event: ConsultationEnded | ConsultationArchived) -> None:
    """When it is over for good, the record closes again for those it was opened for."""
    consultation = await Consultation.get_or_none(id=event.consultation_id)
    if consultation is None or consultation.status not in OVER:
        return
    await patients.revoke(subject(consultation.id))


async def participant_entered(*, room: str, seat: str) -> None:
    """From the media side: a seat came alive."""
    await attendance.somebody_entered(UUID(room), UUID(seat))


async def participant_left(*, room: str, seat: str) -> None:
    """From the media side: a seat is empty for now."""
    await attendance.somebody_left(UUID(room), UUID(seat))


async def room_emptied(*, room: str) -> None:
    """From the media side: nobody is there just now, which ends nothing."""
    await attendance.room_emptied(UUID(room))
