"""Online visits, and appointments at the hospital."""

from typing import Any, Final

from app.today.items import Item, When, is_today, who
from booking.models import Appointment, ServiceType
from booking.queries import lines as appointment_lines
from booking.states import Status as Booked
from booking.words import SERVICE
from care.encounter import queries as visits
from care.encounter import words
from care.encounter.models import Encounter
from care.encounter.states import Status as Visit
from care.encounter.steps import subject
from core import clock
from people.actor import Actor
from people.ages import age_in_words
from people.queries import SEX_WORDS

VISITS: Final = {Visit.IN_PROGRESS: When.NOW, Visit.CALLED: When.NOW}
BOOKED: Final = {
    Booked.IN_SERVICE: When.NOW,
    Booked.CALLED: When.NOW,
    Booked.CHECKED_IN: When.WAITING,
    Booked.BOOKED: When.LATER,
}


async def online(actor: Actor) -> list[Item]:
    here = [_visit(line) for line in await visits.desk(actor.practitioner_id)]
    coming = await visits.expected(actor.practitioner_id)
    return here + [_visit(line) for line in coming if is_today(line.encounter.booked_for)]


def _visit(line: visits.Line) -> Item:
    row = line.encounter
    badge, word = words.AT_DESK[row.status]
    planned = row.status is Visit.PLANNED
    usual = When.LATER if planned or row.status is Visit.AWAY else When.WAITING
    when = VISITS.get(row.status, usual)
    return Item(
        when=when,
        at=row.booked_for if planned else row.place or row.arrived_at,
        kind=f"在线复诊·{words.KINDS[row.kind]}",
        who=who(line.name, SEX_WORDS[line.sex], age_in_words(line.birth_date, clock.today())),
        note=line.condition,
        badge=badge,
        word=word,
        href="/visits" if planned else f"/visits/{row.id}",
        act="看候诊" if planned else "回到复诊" if when is When.NOW else "打开",
        talk=subject(row.id),
    )


async def appointments(actor: Actor) -> list[Item]:
    """At the hospital; one for an online visit only until its visit has been asked for."""
    rows = await Appointment.filter(
        schedule__practitioner_id=actor.practitioner_id,
        day=clock.today(),
        status__in=list(BOOKED),
    ).select_related("slot", "schedule")
    subjects = [f"Appointment/{row.id}" for row in rows]
    asked = {visit.subject for visit in await Encounter.filter(subject__in=subjects)}
    mine = [row for row in rows if f"Appointment/{row.id}" not in asked]
    return [_appointment(line) for line in await appointment_lines(mine)]


def _appointment(line: Any) -> Item:
    row, patient = line.row, line.patient
    online = row.schedule.service_type is ServiceType.ONLINE
    queue = f"/outpatient/queues/{row.schedule_id}?day={row.day}"
    number = f" · {row.queue_number} 号" if row.queue_number else ""
    return Item(
        when=BOOKED[row.status],
        at=row.queue_at if row.status is Booked.CHECKED_IN else row.starts_at,
        kind=SERVICE[row.schedule.service_type],
        who=who(patient.name, patient.sex, patient.age),
        note=f"{row.schedule.name}{number}",
        badge=line.kind,
        word="还没填复诊资料" if online else line.word,
        href="/visits" if online else queue,
        act="看候诊" if online else "到门诊",
    )
