"""A child's next visits as rows, kept true to the record."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from core import clock, db
from core.outbox import record
from family_doctor.immunization import policy, rules
from family_doctor.immunization.events import ImmunizationDue, ImmunizationSettled
from family_doctor.immunization.models import (
    Immunization,
    ImmunizationBook,
    ImmunizationRecommendation,
    Status,
)
from family_doctor.immunization.rules import Child, Given, Line, Visit
from people.links import same_person
from people.models import Patient

AT_ONCE: Final = 500


async def given_to(records: Sequence[UUID]) -> list[Immunization]:
    """What counts of these records of one child, in the order of the days."""
    rows = Immunization.filter(patient_id__in=list(records), status=Status.COMPLETED)
    return await rows.order_by("given_on", "vaccine", "number", "id")


async def book_of(records: Sequence[UUID]) -> ImmunizationBook | None:
    """The last comparison with the book."""
    rows = ImmunizationBook.filter(patient_id__in=list(records))
    return await rows.order_by("-checked_on", "id").first()


def forecast(patient: Patient, rows: Sequence[Immunization], today: date) -> list[Line]:
    """The calendar of this child."""
    child = Child(patient.birth_date, patient.sex.value)
    book = [Given(one.vaccine, one.number, one.given_on) for one in rows]
    return rules.forecast(policy.calendar(), child, book, today, policy.params().rules)


async def hold(patient: Patient) -> None:
    """One change of a child's record at a time. Within a transaction.

    The same lock as of joining records, so that neither waits for a stronger one in the middle.
    """
    await Patient.filter(id=patient.id).select_for_update(no_key=True).first()


async def plan(patient: Patient) -> None:
    """Make the child's visits anew. Same day, same row. Within a transaction."""
    await hold(patient)
    records = await same_person(patient.id)
    wanted: dict[str, Visit] = {}
    if await book_of(records) is not None and patient.deceased_on is None:
        lines = forecast(patient, await given_to(records), clock.today())
        wanted = {f"{records[0]}:{one.opens}": one for one in rules.visits(lines)}
    rows = ImmunizationRecommendation.filter(patient_id__in=records, ended_at=None)
    there = {row.open: row for row in await rows}
    for name, row in there.items():
        if name not in wanted:
            await _settle(row)
    for name, visit in wanted.items():
        await _want(records[0], name, visit, there.get(name))
    books = ImmunizationBook.filter(patient_id__in=records)
    await books.update(planned_with=policy.calendar_name())


async def follow_calendar(most: int = AT_ONCE) -> int:
    """Make visits anew that were made with another calendar; how many children. Now and then, some
    at a time: a new calendar is no reason to hold anybody up."""
    old = ImmunizationBook.filter(planned_with__not=policy.calendar_name())
    books = await old.order_by("id").limit(most).select_related("patient")
    for book in books:
        async with db.atomic():
            await plan(book.patient)
    return len(books)


async def _want(
    patient_id: UUID, name: str, visit: Visit, row: ImmunizationRecommendation | None
) -> None:
    if row is None:
        row = await ImmunizationRecommendation.create(
            patient_id=patient_id,
            open=name,
            opens=visit.opens,
            due=visit.last,
            until=visit.until,
            made_at=clock.now(),
        )
    elif (row.due, row.until) == (visit.last, visit.until):
        return
    else:
        mine = ImmunizationRecommendation.filter(id=row.id)
        await mine.update(due=visit.last, until=visit.until)
    due = ImmunizationDue(recommendation_id=str(row.id))
    await record(due, subject=f"Patient/{patient_id}")


async def _settle(row: ImmunizationRecommendation) -> None:
    open_row = ImmunizationRecommendation.filter(id=row.id, ended_at=None)
    await open_row.update(ended_at=clock.now(), open=None)
    settled = ImmunizationSettled(recommendation_id=str(row.id))
    await record(settled, subject=f"Patient/{row.patient_id}")
