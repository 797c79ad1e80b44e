"""Reads of what was measured, each value with what it means. None of these is a door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from care.record import rules
from care.record.models import EntryStatus, Interpretation, Observation, VitalSign
from people.ages import years
from people.links import same_person, survivor
from people.queries import patient_header


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value with what it means. `words` is the value with its unit."""

    id: UUID
    panel_id: UUID
    code: VitalSign
    name: str
    value: Decimal
    diastolic: Decimal | None
    meal: str
    words: str
    measured_at: datetime
    level: Interpretation
    finding: str
    source: str
    by: str
    device: str
    wrong: bool = False
    wrong_reason: str = ""

    @property
    def bare(self) -> str:
        """The value without its unit, for tables."""
        return self.words.rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Panel:
    """What was measured in one go; a row of the table."""

    id: UUID
    measured_at: datetime
    by: str
    values: Mapping[VitalSign, Measurement]

    @property
    def device(self) -> str:
        """With what; empty when nobody wrote it down."""
        return next((item.device for item in self.values.values() if item.device), "")


def panels(found: Iterable[Measurement]) -> list[Panel]:
    """Group measurements into rounds, in the order given."""
    groups: dict[UUID, list[Measurement]] = {}
    for item in found:
        groups.setdefault(item.panel_id, []).append(item)
    return [
        Panel(key, items[0].measured_at, items[0].by, {item.code: item for item in items})
        for key, items in groups.items()
    ]


async def measurements(
    patient_id: UUID, *, with_wrong: bool = False, limit: int = 1000
) -> list[Measurement]:
    """Values of all kinds, the newest first."""
    rows = Observation.filter(patient_id__in=await same_person(patient_id))
    if not with_wrong:
        rows = rows.exclude(status=EntryStatus.ENTERED_IN_ERROR)
    patient = await patient_header(await survivor(patient_id))
    found = await rows.order_by("-measured_at", "-recorded_at").limit(limit)
    return [_measurement(row, patient.birth_date) for row in found]


def _measurement(row: Observation, born: date) -> Measurement:
    age = years(born, row.measured_at.date())
    finding = rules.judge(
        row.code, row.value, diastolic=row.diastolic, meal=row.meal, age_years=age
    )
    return Measurement(
        id=row.id,
        panel_id=row.panel_id,
        code=row.code,
        name=rules.VITALS[row.code].name,
        value=row.value,
        diastolic=row.diastolic,
        meal=rules.MEALS[row.meal] if row.meal else "",
        words=rules.written(row.code, row.value, row.diastolic),
        measured_at=row.measured_at,
        level=row.interpretation,
        finding=finding.words if finding.level is row.interpretation else "",
        source=finding.source,
        by=f"{row.recorder_name}({row.organization_name})",
        device=row.device,
        wrong=row.status is EntryStatus.ENTERED_IN_ERROR,
        wrong_reason=row.change_reason if row.status is EntryStatus.ENTERED_IN_ERROR else "",
    )


def latest(found: Iterable[Measurement]) -> dict[VitalSign, Measurement]:
    """The first of each vital sign, in the order given."""
    newest: dict[VitalSign, Measurement] = {}
    for item in found:
        newest.setdefault(item.code, item)
    return {code: newest[code] for code in VitalSign if code in newest}
