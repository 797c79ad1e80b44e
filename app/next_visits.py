"""Notes × booking: the next appointment that a doctor wrote into a note is kept with the same
doctor, as soon as booking is open for that day; the resident takes it or lets it go.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from app.visit_offers import Asker
from booking import offering, rules
from booking.models import Appointment, ServiceType
from booking.offering import Wanted
from booking.policy import params as calendar
from booking.states import LIVE
from care.encounter.events import NextVisitDue, NoteSigned
from care.encounter.models import Encounter
from care.encounter.policy import params
from care.encounter.steps import subject
from care.note import drafts, signing
from core import clock, db, outbox
from core.clock import SHANGHAI
from core.outbox import outside

NEXT: Final = "NextVisit/"
WITHIN: Final = timedelta(days=7)
"""A place so many days after the day named is as good; before it, none is."""
WAYS: Final = {"clinic": ServiceType.VISIT, "online": ServiceType.ONLINE}


async def look_forward(event: NoteSigned) -> None:
    """A signed note names a day: keep a place now, or on the day when booking opens for it."""
    words = await _said(UUID(event.encounter_id))
    day = _day(words)
    if day is None or day <= clock.today():
        return
    opens = rules.released(day, calendar())
    due = NextVisitDue(encounter_id=event.encounter_id)
    async with db.atomic():
        moment = max(opens + timedelta(minutes=5), clock.now())
        await outbox.schedule(due, due_at=moment, key=f"next-visit-{event.encounter_id}")


@outside
async def keep_next(event: NextVisitDue) -> None:
    """A place with the same doctor, from the day named on, unless they have one already."""
    row = await Encounter.get(id=event.encounter_id).select_related("practitioner")
    words = await _said(row.id)
    day, way = _day(words), WAYS.get(words.get("next_way", ""))
    if day is None or way is None or await _has_one(row, day):
        return
    wanted = Wanted(
        service_type=way,
        department=row.practitioner.specialty,
        practitioner_id=row.practitioner_id,
        after=datetime.combine(day, time(0), SHANGHAI),
        before=datetime.combine(day + WITHIN, time(0), SHANGHAI),
        same_doctor=True,
    )
    who = Asker(row.account_id, row.organization_id)
    await offering.keep(
        who, row.patient_id, wanted, about=f"{NEXT}{row.id}", hold=params().next_offer
    )


async def _said(encounter_id: UUID) -> dict[str, Any]:
    """The note as its last version has it."""
    versions = await drafts.versions(subject(encounter_id))
    return signing.typed_of(versions[0].content) if versions else {}


def _day(words: dict[str, Any]) -> date | None:
    text = words.get("next_on", "")
    return date.fromisoformat(text) if text and words.get("next_way") in WAYS else None


async def _has_one(row: Encounter, day: date) -> bool:
    """They have booked with this doctor by themselves."""
    mine = Appointment.filter(
        patient_id=row.patient_id,
        schedule__practitioner_id=row.practitioner_id,
        status__in=list(LIVE),
    )
    return await mine.filter(day__gte=clock.today(), day__lte=day + WITHIN).exists()
