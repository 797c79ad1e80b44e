"""Online visits × booking: the appointment follows what becomes of the visit, and the other way."""

from typing import Final
from uuid import UUID

from booking import events as bookings
from booking import online
from booking.models import CancelledBy
from booking.states import Status as Booked
from care.encounter import asking
from care.encounter.events import (
    EncounterArrived,
    EncounterBegan,
    EncounterCalled,
    EncounterEnded,
    EncounterEvent,
    EncounterMoved,
)
from care.encounter.models import Encounter
from care.encounter.reasons import NotHappened, ending_of
from care.encounter.states import OVER, Status
from core.audit import SYSTEM

KIND: Final = "Appointment"
ABSENT: Final = frozenset({NotHappened.NO_SHOW, NotHappened.LEFT_MIDWAY})


def _appointment(event: EncounterEvent) -> UUID | None:
    kind, _, id = event.booked_by.partition("/")
    return UUID(id) if kind == KIND else None


async def check_in(event: EncounterArrived) -> None:
    """Who is in the waiting room is checked in."""
    if appointment_id := _appointment(event):
        await online.follow(appointment_id, Booked.CHECKED_IN)


async def follow_call(event: EncounterCalled) -> None:
    """Called; a repeated call changes nothing at the appointment."""
    if appointment_id := _appointment(event):
        await online.follow(appointment_id, Booked.CALLED)


async def follow_line(event: EncounterMoved) -> None:
    """Passed over: in line again."""
    row = await Encounter.get(id=event.encounter_id)
    appointment_id = _appointment(event)
    if appointment_id and row.status in (Status.WAITING, Status.AWAY):
        await online.passed_over(appointment_id)


async def follow_begin(event: EncounterBegan) -> None:
    """Doctor and resident are together."""
    if appointment_id := _appointment(event):
        await online.follow(appointment_id, Booked.IN_SERVICE)


async def follow_end(event: EncounterEnded) -> None:
    """Over: seen, missed or called off, and the fee as the rule of the reason says."""
    appointment_id = _appointment(event)
    if appointment_id is None:
        return
    if event.status in (Status.FINISHED, Status.TERMINATED):
        await online.finish(appointment_id, refund=event.refund)
    elif event.reason in ABSENT:
        await online.miss(appointment_id)
    else:
        resident = event.status == Status.CANCELLED or event.reason == NotHappened.DECLINED
        found = ending_of(event.reason)
        await online.call_off(
            appointment_id,
            by=CancelledBy.PATIENT if resident else CancelledBy.STAFF,
            reason=found.words if found else "居民取消",
            refund=event.refund,
        )


async def give_up(event: bookings.AppointmentCancelled | bookings.AppointmentStopped) -> None:
    """The appointment was cancelled or stopped: its visit is given up, if it is still to come."""
    row = await Encounter.get_or_none(subject=f"{KIND}/{event.appointment_id}")
    if row is None or row.status in OVER or row.status is Status.IN_PROGRESS:
        return
    await asking.cancel(SYSTEM, row, reason="预约已取消")
