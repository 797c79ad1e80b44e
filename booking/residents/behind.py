"""What stands behind a resident's appointment, read for all who look at that moment."""

import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from booking.models import Appointment, Schedule, WaitingWish
from booking.states import LIVE
from booking.taking import MOST_SLOTS, REMEMBERED_S
from core import db
from core.gathering import Gathered
from core.rows import rows_by

appointments: Final = rows_by(Appointment, "id")
wishes: Final = rows_by(WaitingWish, "appointment_id")
"""The wish through whose turn in the line the appointment came."""

LATEST: Final = """
SELECT found.* FROM {asked} JOIN booking_appointment AS found ON found.patient_id = asked.id
WHERE TRUE {alive} {after} ORDER BY found.starts_at DESC, found.id DESC LIMIT {limit}
"""
"""What stands for some patients, page by page; by hand, because it is every resident's home."""

_LIVE: Final = ", ".join(f"'{state.value}'" for state in sorted(LIVE))
ALIVE: Final = {
    True: f"AND found.status IN ({_LIVE})",
    False: f"AND found.status NOT IN ({_LIVE})",
}
AFTER: Final = "AND (found.starts_at, found.id) < ($2, $3)"
"""After the last one of the page before: when it starts, and its id."""

_schedules: dict[UUID, tuple[float, Schedule]] = {}


async def schedule(schedule_id: UUID) -> Schedule:
    """Whose clinic it is, with house and doctor, perhaps from memory: names and place only."""
    until, found = _schedules.get(schedule_id, (0.0, None))
    if found is not None and time.monotonic() < until:
        return found
    return await _schedule.ask(schedule_id)


async def _read(ids: Sequence[UUID]) -> list[Schedule]:
    rows = await Schedule.filter(id__in=set(ids)).select_related("organization", "practitioner")
    if len(_schedules) + len(rows) > MOST_SLOTS:
        _schedules.clear()
    found = {row.id: db.with_plain_ids(row) for row in rows}
    until = time.monotonic() + REMEMBERED_S
    _schedules.update((one, (until, row)) for one, row in found.items())
    return [found[one] for one in ids]


_schedule: Final = Gathered(_read)
