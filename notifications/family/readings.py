"""Reminders of values that the team wants from home; wired in `app.reactions`."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from core.clock import SHANGHAI
from family_doctor.care_plan import readings
from family_doctor.care_plan.events import ReadingSettled, ReadingWanted
from family_doctor.care_plan.models import ReadingRequest
from notifications import reminders
from notifications.events import ReminderComes
from notifications.family import rules, wording
from notifications.family.whose import contract_now
from notifications.reminders import Said, Source

NAME: Final = "HomeReading"
GOOD_FOR: Final = timedelta(days=3)


async def set_reminder(event: ReadingWanted) -> None:
    """On its day."""
    row = await ReadingRequest.get(id=event.request_id)
    await reminders.remind(NAME, row.id, due_at=rules.at(row.due_on))


async def take_back(event: ReadingSettled) -> None:
    """It came, or is wanted no more."""
    await reminders.withdraw(NAME, UUID(event.request_id))


async def once_more(event: ReminderComes) -> None:
    """Said for this time; the next one follows until a value comes, a few times."""
    if event.source == NAME:
        await readings.again(UUID(event.id))


async def _still(ids: Collection[UUID]) -> set[UUID]:
    return await readings.still_wanted(ids)


async def _said(id: UUID) -> Said:
    row = await ReadingRequest.get(id=id).select_related("patient")
    message = wording.measure(row, await contract_now(row.patient_id))
    over = datetime.combine(row.due_on, time(), SHANGHAI) + GOOD_FOR
    return Said(row.patient_id, message, expires_at=over)


OWN: Final = (Source(NAME, "home_reading", _still, _said),)
