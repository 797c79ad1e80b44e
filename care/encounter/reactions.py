"""What the online visit does because something happened; wired in `app.reactions`."""

from uuid import UUID

from care.encounter import shifts, visiting
from care.encounter.events import (
    CallUnanswered,
    EncounterEvent,
    EncounterLapsed,
    ShiftChanged,
    ShiftIdle,
)
from core.live import Hint
from core.outbox import outside


@outside
async def tell_pages(event: EncounterEvent, *, hint: Hint) -> None:
    """Hint to the doctor's own pages; residents ask by themselves, cheaply (ETag)."""
    await hint(f"staff:{event.practitioner_id}", event.name, id=event.encounter_id)


@outside
async def tell_desk(event: ShiftChanged, *, hint: Hint) -> None:
    """The doctor's other pages."""
    await hint(f"staff:{event.practitioner_id}", event.name, id=event.shift_id)


async def call_unanswered(event: CallUnanswered) -> None:
    """The minutes after a call are over."""
    await visiting.call_unanswered(UUID(event.encounter_id), event.call)


async def lapsed(event: EncounterLapsed) -> None:
    """Nobody came."""
    await visiting.lapse(UUID(event.encounter_id))


async def shift_idle(event: ShiftIdle, *, spoke: shifts.Spoke) -> None:
    """A shift may have been forgotten; `spoke` knows when its doctor last wrote to somebody."""
    await shifts.end_if_idle(UUID(event.shift_id), spoke)
