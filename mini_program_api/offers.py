"""A place that was kept because an online visit could not help, or because a referral was
accepted, as the resident sees it."""

from datetime import timedelta
from typing import Final

from booking import offering
from booking.models import Appointment, ServiceType
from booking.states import Status
from care.encounter.models import Encounter
from care.encounter.reasons import Offer
from care.encounter.steps import subject
from core import clock
from core.clock import in_words
from mini_program_api.schemas.encounters import OfferedOut
from people.specialties import SPECIALTIES

FOUND_WITHIN: Final = timedelta(minutes=5)
"""So long after the end a place may still be found; the dispatcher needs seconds."""


async def of_visit(row: Encounter) -> OfferedOut | None:
    """What was kept because of this visit, whatever became of it."""
    found = await offering.kept_for(subject(row.id))
    return shown(found) if found else None


def may_still_come(row: Encounter, offered: OfferedOut | None) -> bool:
    """Whether it is worth asking again."""
    if row.offer not in (Offer.COUNTER, Offer.ONLINE) or row.ended_at is None:
        return False
    if offered is not None:
        return offered.open
    return clock.now() - row.ended_at < FOUND_WITHIN


def shown(row: Appointment) -> OfferedOut:
    """A kept place; its schedule, house and doctor are loaded."""
    schedule = row.schedule
    waits = row.status is Status.HELD
    until = row.hold_expires_at if waits else None
    return OfferedOut(
        appointment_id=row.id,
        status=row.status.value,
        open=waits,
        sentence=_sentence(row),
        start=row.starts_at,
        until=until,
        fee_fen=row.fee_fen,
        practitioner_name=schedule.practitioner.name if schedule.practitioner else schedule.name,
        department_name=SPECIALTIES.get(schedule.department, schedule.department),
        organization_name=schedule.organization.name,
        place=schedule.place,
        online=schedule.service_type is ServiceType.ONLINE,
    )


def _sentence(row: Appointment) -> str:
    if row.status is Status.HELD:
        until = in_words(row.hold_expires_at) if row.hold_expires_at else ""
        return f"给您留了这个号,留到 {until}。要的话点下面的按钮,不要就不用管。"
    if row.status in (Status.EXPIRED, Status.CANCELLED):
        return "这个号已经放回了。还想看,请自己约一个时间。"
    return "这个号已经是您的了,请按时去。"
