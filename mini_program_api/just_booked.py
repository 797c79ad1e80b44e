"""The answer to a booking, which thousands get in the same minute.

Nearly all of it (whose clinic, where, when, what it costs) is the same for everybody who takes the
same time, so that part is rendered once and the few fields that are one's own are put in front.
"""

from typing import Final, NamedTuple
from uuid import UUID

from booking.models import Appointment, Schedule
from booking.states import Status
from booking.taking import MOST_SLOTS
from core.clock import SHANGHAI
from core.http import Rendered, Template
from mini_program_api import own, words
from mini_program_api.schemas.booking import AppointmentOut

OWN: Final = (
    *("id", "patient_id", "patient_name", "code"),
    *("next_step", "hold_expires_at", "cancel_until"),
)


class _Kept(NamedTuple):
    """`schedule` is what the template says; another one of the same id may say something else."""

    schedule: Schedule
    template: Template


_kept: dict[UUID, _Kept] = {}


async def just_booked(row: Appointment, patient_name: str) -> AppointmentOut | Rendered:
    """What `own.appointment` says of a row that was made this moment, its schedule loaded."""
    until = row.hold_expires_at
    if row.status is not Status.HELD or until is None:
        return await own.fresh_appointment(row, patient_name)
    template = await _template(row, patient_name)
    until = until.astimezone(SHANGHAI)
    return template.filled(
        id=row.id,
        patient_id=row.patient_id,
        patient_name=patient_name,
        code=row.code,
        next_step=words.pay_by(until, row.fee_fen),
        hold_expires_at=until,
        cancel_until=until,
    )


async def _template(row: Appointment, patient_name: str) -> Template:
    """Made again whenever names and place were read again (`booking.taking.slot_of`)."""
    kept = _kept.get(row.slot_id)
    if kept is not None and kept.schedule is row.schedule:
        return kept.template
    if len(_kept) >= MOST_SLOTS:
        _kept.clear()
    made = Template(await own.fresh_appointment(row, patient_name), OWN)
    _kept[row.slot_id] = _Kept(row.schedule, made)
    return made
