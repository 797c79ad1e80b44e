"""Reads of vaccination: one child, and the children of teams. None of these is a door."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Min
from tortoise.queryset import QuerySet

from core import clock, db
from family_doctor.care_plan.models import Answer, CarePlan, Programme
from family_doctor.care_plan.states import PlanStatus
from family_doctor.care_plan.words import ANSWERS
from family_doctor.followup.rules.dates import months_after
from family_doctor.immunization import planning
from family_doctor.immunization.models import (
    Immunization,
    ImmunizationBook,
    ImmunizationRecommendation,
    Status,
)
from family_doctor.immunization.rules import Line, State
from family_doctor.queries import signed_now, signed_with
from people.links import same_person
from people.models import Patient

R = TypeVar("R", Immunization, ImmunizationBook)
PAGE: Final = 50
SOON: Final = timedelta(days=30)
CHILD_MONTHS: Final = 7 * 12
"""0~6 岁: until then a book that nobody has compared is looked for."""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about one child. `wrong`: doses found wrong."""

    lines: list[Line]
    given: list[Immunization]
    wrong: list[Immunization]
    book: ImmunizationBook | None

    def these(self, *states: State) -> list[Line]:
        """The lines in these states, the earliest first."""
        return sorted((one for one in self.lines if one.state in states), key=_by_day)

    @property
    def coming(self) -> list[Line]:
        """The next dose of each series that is not yet to be given."""
        return [one for one in self.these(State.LATER) if one.is_next]


def _by_day(line: Line) -> tuple[date, str]:
    return line.opens, line.series.code


async def record_of(patient: Patient) -> Record:
    """What was given to one child, what is next."""
    return (await records_of([patient]))[patient.id]


async def records_of(patients: Collection[Patient]) -> dict[UUID, Record]:
    """The same of many, in as many questions as of one."""
    people = await asyncio.gather(*(same_person(one.id) for one in patients))
    ids = [id for records in people for id in records]
    rows = Immunization.filter(patient_id__in=ids)
    doses = _by_patient(await rows.order_by("given_on", "vaccine", "number", "id"))
    seen = ImmunizationBook.filter(patient_id__in=ids)
    books = _by_patient(await seen.order_by("-checked_on", "id"))
    return {
        patient.id: _record(
            patient,
            [row for id in records for row in doses[id]],
            [row for id in records for row in books[id]],
        )
        for patient, records in zip(patients, people, strict=True)
    }


def _by_patient(rows: Sequence[R]) -> dict[UUID, list[R]]:
    found: dict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(row)
    return found


def _record(patient: Patient, doses: list[Immunization], books: list[ImmunizationBook]) -> Record:
    given = sorted(
        (one for one in doses if one.status is Status.COMPLETED), key=lambda one: one.given_on
    )
    return Record(
        lines=planning.forecast(patient, given, clock.today()),
        given=given,
        wrong=[one for one in doses if one.status is Status.ENTERED_IN_ERROR],
        book=max(books, key=lambda one: one.checked_on, default=None),
    )


class Shown(StrEnum):
    """Which children."""

    DUE = "due"  # may be given now, late ones with it
    LATE = "late"
    SOON = "soon"
    UNSEEN = "unseen"  # nobody has compared the book


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see."""

    team_ids: Collection[UUID]
    shown: Shown = Shown.DUE
    village: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One child of the list."""

    patient: Patient
    record: Record


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    rows: list[Row]
    total: int
    pages: int


def children_of(what: Filter) -> QuerySet[Patient]:
    """The children that fit, without order: signed, alive, not known to be away."""
    today = clock.today()
    rows = Patient.filter(signed_with(what.team_ids), deceased_on=None)
    rows = rows.filter(~Q(id__in=Subquery(_away(today).values("patient_id"))))
    if what.village:
        rows = rows.filter(village=what.village)
    if what.shown is Shown.UNSEEN:
        books = ImmunizationBook.all().values("patient_id")
        young = rows.filter(birth_date__gt=months_after(today, -CHILD_MONTHS))
        return young.filter(~Q(id__in=Subquery(books)))
    return rows.filter(id__in=Subquery(_visits(what.shown, today).values("patient_id")))


def _visits(shown: Shown, today: date) -> QuerySet[ImmunizationRecommendation]:
    rows = ImmunizationRecommendation.filter(ended_at=None, until__gt=today)
    match shown:
        case Shown.LATE:
            return rows.filter(opens__lte=today, due__lt=today)
        case Shown.SOON:
            return rows.filter(opens__gt=today, opens__lte=today + SOON)
        case _:
            return rows.filter(opens__lte=today)


def _away(today: date) -> QuerySet[CarePlan]:
    """Plans of children who moved, rest, or are out of care before they are seven."""
    mine = CarePlan.filter(programme=Programme.CHILD)
    gone = Q(status=PlanStatus.ON_HOLD)
    gone |= Q(status=PlanStatus.ENDED, end_reason=ANSWERS[Answer.MOVED])
    young = months_after(today, -CHILD_MONTHS)
    gone |= Q(status=PlanStatus.ENDED, patient__birth_date__gt=young)
    back = CarePlan.filter(programme=Programme.CHILD, status=PlanStatus.ACTIVE)
    return mine.filter(gone).filter(~Q(patient_id__in=Subquery(back.values("patient_id"))))


async def listed(what: Filter) -> Listed:
    """A page, whose visit is late for longest first; of unseen books the youngest child first."""
    rows = children_of(what)
    total = await rows.count()
    first = (what.page - 1) * PAGE
    if what.shown is Shown.UNSEEN:
        found = await rows.order_by("-birth_date", "id").offset(first).limit(PAGE)
    else:
        found = await _by_last(what, rows, first)
    records = await records_of(found)
    return Listed([Row(one, records[one.id]) for one in found], total, max(-(-total // PAGE), 1))


async def _by_last(what: Filter, rows: QuerySet[Patient], first: int) -> list[Patient]:
    visits = _visits(what.shown, clock.today()).filter(patient_id__in=Subquery(rows.values("id")))
    order: Any = visits.annotate(until_when=Min("due")).group_by("patient_id")
    page = (
        await order.order_by("until_when", "patient_id")
        .offset(first)
        .limit(PAGE)
        .values("patient_id", "until_when")
    )
    ids = [db.as_id(one["patient_id"]) for one in page]
    by_id = {one.id: one for one in await Patient.filter(id__in=ids)}
    return [by_id[one] for one in ids if one in by_id]


async def counts(what: Filter) -> dict[Shown, int]:
    """How many children each part of the list has."""
    return {
        shown: await children_of(Filter(what.team_ids, shown, what.village)).count()
        for shown in Shown
    }


async def still_waits(ids: Collection[UUID]) -> dict[UUID, list[Line]]:
    """Of these recommendations, those that are still true, with what may be given or is to come:
    signed, alive, not away, and what the record says today."""
    rows = await ImmunizationRecommendation.filter(
        id__in=list(ids), ended_at=None, patient__deceased_on=None
    ).select_related("patient")
    whose = {row.patient_id for row in rows}
    away = (
        await _away(clock.today())
        .filter(patient_id__in=list(whose))
        .values_list("patient_id", flat=True)
    )
    reached = await signed_now(whose) - {db.as_id(one) for one in away}
    mine = [row for row in rows if row.patient_id in reached]
    records = await records_of({row.patient_id: row.patient for row in mine}.values())
    waits = {row.id: _waits(row, records[row.patient_id]) for row in mine}
    return {id: lines for id, lines in waits.items() if lines}


def _waits(row: ImmunizationRecommendation, record: Record) -> list[Line]:
    nexts = (one for one in record.lines if one.is_next and one.opens == row.opens)
    return [one for one in nexts if one.state is not State.OVER]
