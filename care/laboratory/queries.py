"""Reads of results for screens, screening and reports. None of these is a door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from care.laboratory import kidneys, rules
from care.laboratory.catalogue import Analyte, analytes
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.laboratory.states import COUNTS, Status
from care.laboratory.words import day
from care.record.models import EntryStatus as Entered
from care.record.models import Interpretation, Observation, VitalSign
from core import clock
from people.ages import years
from people.links import same_person
from people.models import Patient

CREATININE: Final = "creatinine"
MOST: Final = 2000
CHILD_GROWS: Final = 180
"""Days for which a child's height counts beside a creatinine."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result with what it means. `given` is what the slip says where its unit is another."""

    id: UUID
    report_id: UUID
    analyte: Analyte
    value: Decimal | None
    words: str
    bare: str
    given: str
    low: Decimal | None
    high: Decimal | None
    range: str
    range_source: str
    level: Interpretation
    taken_at: datetime
    corrected: bool

    @property
    def flag(self) -> str:
        """`偏高`, `偏低`, or nothing; of a word that is not the healthy one, `异常`."""
        if self.value is None:
            return "" if self.level is Interpretation.NORMAL else "异常"
        return rules.FLAGS.get(self.level, "")

    @property
    def taken_on(self) -> date:
        """The county's day."""
        return self.taken_at.astimezone(clock.SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Report:
    """One version of a panel. `newer` is the version that counts instead."""

    id: UUID
    document_id: UUID
    version: int
    status: Status
    taken_at: datetime
    hour_known: bool
    laboratory: str
    slip_id: UUID | None
    by: str
    recorded_at: datetime
    reason: str
    changed_by: str
    change_reason: str
    results: Sequence[Result]

    @property
    def counts(self) -> bool:
        """Whether it is to be believed now."""
        return self.status in COUNTS

    @property
    def taken(self) -> str:
        """The day, with the hour where it is known."""
        if self.hour_known:
            return clock.in_words(self.taken_at)
        return day(self.taken_at.astimezone(clock.SHANGHAI).date())

    @property
    def abnormal(self) -> list[Result]:
        """What lies outside its range."""
        return [one for one in self.results if one.flag]


@dataclass(frozen=True, slots=True)
class Course:
    """All results of one analyte, the newest first."""

    analyte: Analyte
    results: Sequence[Result]

    @property
    def latest(self) -> Result:
        """The newest."""
        return self.results[0]


@dataclass(frozen=True, slots=True)
class Filtration:
    """eGFR from one creatinine: of which day, in which words."""

    egfr: Decimal
    creatinine: Decimal
    taken_on: date

    @property
    def words(self) -> str:
        """2026年11月3日肌酐 201 μmol/L."""
        value = rules.shown(analytes()[CREATININE], self.creatinine)
        return f"{day(self.taken_on)}肌酐 {value}"


async def results(patient_id: UUID) -> list[Result]:
    """Every result that counts, the newest first."""
    rows = LaboratoryObservation.filter(
        patient_id__in=await same_person(patient_id), report__status__in=list(COUNTS)
    )
    found = rows.order_by("-taken_at", "-report__recorded_at", "place").limit(MOST)
    return [shown(row) for row in await found]


def courses(found: Iterable[Result]) -> list[Course]:
    """By analyte, in the order of a form."""
    groups: dict[str, list[Result]] = {}
    for one in found:
        groups.setdefault(one.analyte.code, []).append(one)
    return [Course(one, groups[code]) for code, one in analytes().items() if code in groups]


def shown(row: LaboratoryObservation) -> Result:
    """One row with its words."""
    analyte = analytes()[row.code]
    bare = row.answer
    words = row.answer
    if row.value is not None:
        bare = f"{row.comparator}{rules.bare(analyte, row.value)}"
        words = rules.shown(analyte, row.value, row.comparator)
    unit = analyte.unit_of(row.given_unit) or analyte.unit
    return Result(
        id=row.id,
        report_id=row.report_id,
        analyte=analyte,
        value=row.value,
        words=words,
        bare=bare,
        given=f"{row.given_value} {unit.shown}" if unit.code != analyte.unit.code else "",
        low=row.low,
        high=row.high,
        range=_range(row, analyte),
        range_source=row.range_source,
        level=row.interpretation,
        taken_at=row.taken_at,
        corrected=row.corrects_id is not None,
    )


def _range(row: LaboratoryObservation, analyte: Analyte) -> str:
    if analyte.answers:
        return analyte.answers[0]
    return rules.range_words(analyte, row.low, row.high)


async def reports(patient_id: UUID, *, every: bool = False) -> list[Report]:
    """The panels, the newest first; `every` with the ones that count no more."""
    rows = DiagnosticReport.filter(patient_id__in=await same_person(patient_id))
    if not every:
        rows = rows.filter(status__in=list(COUNTS))
    return await _shown(await rows.order_by("-taken_at", "-recorded_at"))


async def report(row: DiagnosticReport) -> Report:
    """One version."""
    return (await _shown([row]))[0]


async def versions(document_id: UUID) -> list[Report]:
    """All versions of a panel, the newest first."""
    rows = DiagnosticReport.filter(document_id=document_id)
    return await _shown(await rows.order_by("-version"))


async def of_slip(slip_id: UUID) -> list[Report]:
    """What was typed from this picture and counts."""
    rows = DiagnosticReport.filter(slip_id=slip_id, status__in=list(COUNTS))
    return await _shown(await rows.order_by("-recorded_at"))


async def _shown(rows: Sequence[DiagnosticReport]) -> list[Report]:
    of: dict[UUID, list[Result]] = {}
    found = LaboratoryObservation.filter(report_id__in=[row.id for row in rows])
    for one in await found.order_by("place"):
        of.setdefault(one.report_id, []).append(shown(one))
    return [
        Report(
            id=row.id,
            document_id=row.document_id,
            version=row.version,
            status=row.status,
            taken_at=row.taken_at,
            hour_known=row.hour_known,
            laboratory=row.laboratory,
            slip_id=row.slip_id,
            by=f"{row.recorder_name}({row.organization_name})",
            recorded_at=row.recorded_at,
            reason=row.correction_reason,
            changed_by=row.changed_by_name,
            change_reason=row.change_reason,
            results=of.get(row.id, []),
        )
        for row in rows
    ]


async def filtration(patient: Patient) -> Filtration | None:
    """eGFR from the newest creatinine that counts; None without one, or where no formula holds."""
    ids = await same_person(patient.id)
    rows = LaboratoryObservation.filter(
        patient_id__in=ids, code=CREATININE, comparator="", report__status__in=list(COUNTS)
    )
    newest = await rows.order_by("-taken_at", "-report__recorded_at").first()
    if newest is None or newest.value is None:
        return None
    on = newest.taken_at.astimezone(clock.SHANGHAI).date()
    age = years(patient.birth_date, on)
    height = await _height(ids, newest.taken_at) if age < kidneys.GROWN else None
    value = kidneys.filtration(newest.value, sex=patient.sex.value, age_years=age, height_cm=height)
    return None if value is None else Filtration(value, newest.value, on)


async def _height(ids: Sequence[UUID], at: datetime) -> Decimal | None:
    """A child's height of about that time."""
    rows = Observation.filter(patient_id__in=ids, code=VitalSign.HEIGHT)
    row = await rows.exclude(status=Entered.ENTERED_IN_ERROR).order_by("-measured_at").first()
    near = row is not None and abs((row.measured_at - at).days) <= CHILD_GROWS
    return row.value if row is not None and near else None
