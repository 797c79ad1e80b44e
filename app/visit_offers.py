"""Online visits × booking: who could not be helped online is offered a place that is kept for them.

`care` says what would help, `booking` keeps it; only here they meet. The page and the resident API
find it again by the visit it was kept for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from booking import offering
from booking.models import Appointment, ServiceType
from booking.offering import Wanted
from booking.states import Status as Booked
from care.encounter.events import EncounterEnded
from care.encounter.kept import Kept
from care.encounter.models import Encounter
from care.encounter.policy import params
from care.encounter.reasons import NotHappened, Offer
from care.encounter.steps import subject
from core import clock
from core.clock import in_words
from core.outbox import outside

SOON: Final = timedelta(minutes=15)
GONE: Final = frozenset({NotHappened.NOT_REACHED, NotHappened.DOCTOR_UNAVAILABLE})
"""Reasons after which this doctor sees nobody any more today."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The account that asked for the visit, as the one for whom the place is kept."""

    account_id: UUID
    organization_id: UUID
    name: str = "系统(在线复诊后留号)"


@outside
async def keep_place(event: EncounterEnded) -> None:
    """A counter place after an unfit visit, another online time after one that did not happen."""
    row = await Encounter.get(id=event.encounter_id).select_related("practitioner")
    if wanted := _wanted(row):
        await offering.keep(
            Asker(row.account_id, row.organization_id),
            row.patient_id,
            wanted,
            about=subject(row.id),
            hold=params().offer,
        )


def _wanted(row: Encounter) -> Wanted | None:
    doctor, moment = row.practitioner, clock.now()
    if row.offer == Offer.COUNTER:
        return Wanted(
            service_type=ServiceType.VISIT,
            department=doctor.specialty,
            practitioner_id=doctor.id,
            after=moment + params().journey,
            organization_id=row.organization_id,
        )
    if row.offer == Offer.ONLINE:
        return Wanted(
            service_type=ServiceType.ONLINE,
            department=doctor.specialty,
            practitioner_id=doctor.id,
            after=moment + SOON,
            absent=row.reason in GONE,
        )
    return None


async def kept_places(encounter_ids: Collection[UUID]) -> dict[UUID, Kept]:
    """What became of the places that were kept for these visits, for their doctors."""
    keys = {offering.PREFIX + subject(one): one for one in encounter_ids}
    rows = await Appointment.filter(key__in=list(keys)).select_related("schedule")
    return {keys[row.key]: _kept(row) for row in rows if row.key}


def _kept(row: Appointment) -> Kept:
    where = f"{in_words(row.starts_at)} {row.schedule.name}"
    if row.status is Booked.HELD:
        until = in_words(row.hold_expires_at) if row.hold_expires_at else ""
        return Kept("waiting", "留的号还没要", f"{where},留到 {until}")
    if row.status is Booked.EXPIRED:
        return Kept("returned", "留的号没有要", f"{where},过时放回了")
    if row.status is Booked.CANCELLED:
        return Kept("neutral", "留的号退掉了", where)
    return Kept("done", "留的号他要了", where)
