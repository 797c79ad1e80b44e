"""What the room tells: who came, who left, that the door is due to open or nobody came."""

from datetime import datetime
from uuid import UUID

from care.teleconsultation.events import AppointmentMissed, SessionBegan, WaitingOpened
from care.teleconsultation.models import Consultation, Expert, Part, Presence
from care.teleconsultation.states import WORKING, Status
from care.teleconsultation.steps import move, write_down
from core import clock, db
from core.audit import SYSTEM


async def somebody_entered(room: UUID, seat: UUID) -> None:
    """A seat came alive: the first opens the waiting, both sides together begin the session.

    Safe to repeat; supervisors who watch count for neither.
    """
    async with db.atomic():
        consultation = await _locked(room)
        if consultation is None:
            return
        moment = clock.now()
        row, created = await Presence.get_or_create(
            consultation_id=room, practitioner_id=seat, defaults={"entered_at": moment}
        )
        if not created and not row.here:
            await Presence.filter(id=row.id).update(here=True, left_at=None)
        if not await _belongs(consultation, seat):
            return
        if consultation.status in (Status.ACCEPTED, Status.MATERIAL_READY, Status.SCHEDULED):
            await _open(consultation)
        if consultation.status == Status.WAITING and await _both_sides_here(consultation):
            await move(
                consultation,
                "begin",
                SYSTEM,
                "双方已进入会诊室,会诊开始",
                SessionBegan(consultation_id=str(room)),
                began_at=moment,
            )


async def _locked(consultation_id: UUID | str) -> Consultation | None:
    return await Consultation.filter(id=consultation_id).select_for_update().first()


async def _open(consultation: Consultation) -> None:
    await move(
        consultation,
        "open",
        SYSTEM,
        "会诊室已开门",
        WaitingOpened(consultation_id=str(consultation.id)),
        opened_at=clock.now(),
    )


async def _belongs(consultation: Consultation, seat: UUID) -> bool:
    return (
        seat == consultation.inviter_id
        or await Expert.filter(
            consultation_id=consultation.id, practitioner_id=seat, status__in=WORKING
        ).exists()
    )


async def _both_sides_here(consultation: Consultation) -> bool:
    rows = await Presence.filter(consultation_id=consultation.id, here=True)
    here = {row.practitioner_id for row in rows}
    giving = Expert.filter(consultation_id=consultation.id, status__in=WORKING).exclude(
        part=Part.COLLEAGUE
    )
    experts = {expert.practitioner_id for expert in await giving}
    return consultation.inviter_id in here and bool(experts & here)


async def somebody_left(room: UUID, seat: UUID) -> None:
    """A seat is empty for now; the session goes on."""
    await Presence.filter(consultation_id=room, practitioner_id=seat, here=True).update(
        here=False, left_at=clock.now()
    )


async def room_emptied(room: UUID) -> None:
    """Nobody is there just now. That ends nothing: only a doctor ends a consultation."""
    await Presence.filter(consultation_id=room, here=True).update(here=False, left_at=clock.now())


async def waiting_room_due(consultation_id: str, starts_at: str) -> None:
    """The booked time is near: open the door, unless the time has been moved meanwhile."""
    consultation = await _locked(consultation_id)
    if consultation is None or consultation.status != Status.SCHEDULED:
        return
    if _same_time(consultation, starts_at):
        await _open(consultation)


async def join_overdue(consultation_id: str, starts_at: str) -> None:
    """The join window has closed and the sides have not met: say so, and let them choose."""
    consultation = await _locked(consultation_id)
    if consultation is None or consultation.status != Status.WAITING:
        return
    if not _same_time(consultation, starts_at) or consultation.missed_at is not None:
        return
    consultation.missed_at = clock.now()
    await consultation.save(update_fields=["missed_at"])
    await write_down(
        consultation,
        "missed",
        SYSTEM,
        "约定时间已过 15 分钟,双方没有都到",
        AppointmentMissed(consultation_id=consultation_id),
        note="请改约时间;不需要了就取消。",
    )


def _same_time(consultation: Consultation, starts_at: str) -> bool:
    agreed = consultation.scheduled_at
    return agreed is not None and agreed == datetime.fromisoformat(starts_at)
