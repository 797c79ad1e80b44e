"""Reads of the record for screens, the quality gate and reports. None of these is a door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from care.record import rules
from care.record.history import Happening, from_sources
from care.record.measurements import Measurement, latest, measurements
from care.record.models import (
    AllergyCategory,
    AllergyIntolerance,
    AttachmentKind,
    Condition,
    DocumentReference,
    EntryStatus,
    Interpretation,
    MedicationStatement,
    Observation,
    Severity,
    VitalSign,
)
from core import clock
from people.ages import years
from people.links import same_person, survivor
from people.queries import PatientHeader, patient_header

KINDS: Final[Mapping[AttachmentKind, str]] = {
    AttachmentKind.LAB_SLIP: "化验单",
    AttachmentKind.ECG: "心电图",
    AttachmentKind.WOUND: "伤口",
    AttachmentKind.IMAGING: "影像片",
    AttachmentKind.OTHER: "其他",
}
CATEGORIES: Final[Mapping[AllergyCategory, str]] = {
    AllergyCategory.MEDICATION: "药物",
    AllergyCategory.FOOD: "食物",
    AllergyCategory.ENVIRONMENT: "环境",
    AllergyCategory.OTHER: "其他",
    AllergyCategory.NONE_KNOWN: "无已知过敏",
}
SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.SEVERE: "严重",
    Severity.MILD: "轻",
    Severity.UNKNOWN: "轻重不清楚",
}
_WRONG: Final = EntryStatus.ENTERED_IN_ERROR


@dataclass(frozen=True, slots=True)
class Allergy:
    """A standing allergy. `words` is what the sticky header shows."""

    id: UUID
    substance: str
    category: str
    reaction: str
    severity: str
    severe: bool
    recorded_at: datetime
    by: str

    @property
    def words(self) -> str:
        """青霉素(皮疹)."""
        return f"{self.substance}({self.reaction})" if self.reaction else self.substance


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem or past illness. `active` is false when it is over."""

    id: UUID
    name: str
    icd10: str
    onset: str
    note: str
    active: bool
    recorded_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """Something the patient says they take, or took."""

    id: UUID
    name: str
    dosage: str
    since: str
    active: bool
    recorded_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or PDF."""

    id: UUID
    kind: AttachmentKind
    kind_words: str
    title: str
    taken_on: date
    content_type: str
    size: int
    is_picture: bool
    sha256: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """What somebody must know about a patient before anything else.

    `allergies` is None when nobody has asked, empty when there are none known. `latest` holds the
    newest sound measurement of each vital sign. `past_consultations` comes from `history`.
    """

    patient: PatientHeader
    age_years: int
    allergies: Sequence[Allergy] | None
    problems: Sequence[Problem]
    medicines: Sequence[Medicine]
    latest: Mapping[VitalSign, Measurement]
    attachments: Sequence[Attachment]
    flags: Sequence[str]
    past_consultations: Sequence[Happening] = field(default_factory=tuple)

    @property
    def critical(self) -> list[Measurement]:
        """Newest values that need action now."""
        return [m for m in self.latest.values() if m.level is Interpretation.CRITICAL]

    def banner(self, *, href: str = "") -> dict[str, Any]:
        """What the `patient_header` macro wants."""
        heard = self.allergies
        return {
            "name": self.patient.name,
            "sex": self.patient.sex,
            "age": self.patient.age,
            "id_masked": self.patient.id_masked,
            "allergies": None if heard is None else [allergy.substance for allergy in heard],
            "flags": self._flags(),
            "href": href,
            "reveal_href": self.patient.reveal_href,
        }

    def _flags(self) -> list[dict[str, str]]:
        gone = self.patient.deceased
        dead = [{"kind": "danger", "text": gone}] if gone else []
        return dead + [{"kind": "waiting", "text": flag} for flag in self.flags]


async def summary(patient_id: UUID) -> RecordSummary:
    """Everything at a glance. Raises NotFound."""
    patient = await patient_header(await survivor(patient_id))
    found = await problems(patient_id)
    return RecordSummary(
        patient=patient,
        age_years=_age(patient),
        allergies=await allergies(patient_id),
        problems=found,
        medicines=await medicines(patient_id),
        latest=latest(await measurements(patient_id, limit=200)),
        attachments=await attachments(patient_id),
        flags=rules.chronic_flags((p.name, p.icd10) for p in found if p.active),
        past_consultations=sorted(
            (one for one in await from_sources(patient_id) if one.category == "consultation"),
            key=lambda one: one.at,
            reverse=True,
        ),
    )


def _age(patient: PatientHeader) -> int:
    return years(patient.birth_date, clock.today())


async def allergies(patient_id: UUID) -> list[Allergy] | None:
    """Standing allergies, the severe ones first; None when nobody has asked."""
    rows = await AllergyIntolerance.filter(
        patient_id__in=await same_person(patient_id), status=EntryStatus.ACTIVE
    )
    if not rows:
        return None
    found = [
        Allergy(
            id=row.id,
            substance=row.substance,
            category=CATEGORIES[row.category],
            reaction=row.reaction,
            severity=SEVERITIES[row.severity],
            severe=row.severity is Severity.SEVERE,
            recorded_at=row.recorded_at,
            by=_by(row),
        )
        for row in rows
        if row.category is not AllergyCategory.NONE_KNOWN
    ]
    return sorted(found, key=lambda item: (not item.severe, item.recorded_at))


async def problems(patient_id: UUID) -> list[Problem]:
    """Problems, the active ones first."""
    rows = Condition.filter(patient_id__in=await same_person(patient_id)).exclude(status=_WRONG)
    return [
        Problem(
            id=row.id,
            name=row.name,
            icd10=row.icd10,
            onset=row.onset,
            note=row.note,
            active=row.status is EntryStatus.ACTIVE,
            recorded_at=row.recorded_at,
            by=_by(row),
        )
        for row in await rows.order_by("status", "-recorded_at")
    ]


async def medicines(patient_id: UUID) -> list[Medicine]:
    """What the patient takes, then what they took."""
    rows = MedicationStatement.filter(patient_id__in=await same_person(patient_id)).exclude(
        status=_WRONG
    )
    return [
        Medicine(
            id=row.id,
            name=row.name,
            dosage=row.dosage,
            since=row.since,
            active=row.status is EntryStatus.ACTIVE,
            recorded_at=row.recorded_at,
            by=_by(row),
        )
        for row in await rows.order_by("status", "-recorded_at")
    ]


async def attachments(patient_id: UUID) -> list[Attachment]:
    """Pictures and PDFs, the newest first."""
    rows = DocumentReference.filter(patient_id__in=await same_person(patient_id)).exclude(
        status=_WRONG
    )
    found = await rows.order_by("-taken_on", "-recorded_at").prefetch_related("blob")
    return [attachment(row) for row in found]


def attachment(row: DocumentReference) -> Attachment:
    """One attachment whose blob is loaded."""
    return Attachment(
        id=row.id,
        kind=row.kind,
        kind_words=KINDS[row.kind],
        title=row.title or KINDS[row.kind],
        taken_on=row.taken_on,
        content_type=row.blob.content_type,
        size=row.blob.size,
        is_picture=row.blob.is_picture,
        sha256=row.blob.sha256,
        by=_by(row),
        recorded_at=row.recorded_at,
    )


def _by(row: Any) -> str:
    return f"{row.recorder_name}({row.organization_name})"


def in_words(row: Any) -> str:
    """One entry of any kind in a line, for the page that asks why it is wrong."""
    match row:
        case Observation():
            value = rules.written(row.code, row.value, row.diastolic)
            return f"{rules.VITALS[row.code].name} {value}"
        case DocumentReference():
            return f"{KINDS[row.kind]}:{row.title or '没有标题'}"
        case AllergyIntolerance() if row.category is AllergyCategory.NONE_KNOWN:
            return "无已知过敏"
        case AllergyIntolerance():
            return f"过敏:{row.substance}"
        case Condition():
            return f"病史:{row.name}"
    return f"在用药:{row.name}"
