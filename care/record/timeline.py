"""Everything that happened to a patient on one line, newest first."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import groupby
from typing import Final
from uuid import UUID

from care.record import queries
from care.record.history import Happening, from_sources
from care.record.measurements import Measurement, panels
from care.record.models import (
    AllergyCategory,
    AllergyIntolerance,
    Condition,
    Entry,
    EntryStatus,
    Interpretation,
    MedicationStatement,
    VitalSign,
)
from core import clock
from people.links import same_person

SHORT: Final = 30


async def timeline(
    patient_id: UUID, measured: Sequence[Measurement], files: Sequence[queries.Attachment]
) -> list[Happening]:
    """Measurements, pictures, statements and what other rooms tell; wrong entries stay, named."""
    found = [
        *_rounds(measured),
        *_pictures(files),
        *await _statements(patient_id),
        *await from_sources(patient_id),
    ]
    return sorted(found, key=lambda item: item.at, reverse=True)


def _rounds(measured: Sequence[Measurement]) -> list[Happening]:
    found = []
    for panel in panels(measured):
        values = [panel.values[code] for code in VitalSign if code in panel.values]
        worst = [m for m in values if m.level is Interpretation.CRITICAL]
        found.append(
            Happening(
                at=panel.measured_at,
                category="vitals",
                kind="danger" if worst else "neutral",
                what="测量" if not worst else f"测量:{worst[0].finding or '危急值'}",
                by=panel.by,
                text=";".join(" ".join(f"{m.name} {m.meal} {m.words}".split()) for m in values),
            )
        )
    return found


def _pictures(files: Sequence[queries.Attachment]) -> list[Happening]:
    """Pictures of one kind brought together are one point."""

    def together(file: queries.Attachment) -> tuple[str, str, str]:
        return file.kind.value, f"{file.recorded_at:%Y%m%d%H%M}", file.title

    found = []
    for _, group in groupby(sorted(files, key=together), key=together):
        items = list(group)
        first, many = items[0], f" {len(items)} 张" if len(items) > 1 else ""
        at = first.recorded_at
        if first.taken_on != at.astimezone(clock.SHANGHAI).date():
            at = datetime.combine(first.taken_on, time(12), clock.SHANGHAI)
        found.append(
            Happening(
                at=at,
                category="attachment",
                kind="neutral",
                what=f"{first.kind_words}{many}",
                by=first.by,
                text=first.title if first.title != first.kind_words else "",
                href=f"/attachments/{first.id}",
            )
        )
    return found


async def _statements(patient_id: UUID) -> list[Happening]:
    ids = await same_person(patient_id)
    found = [
        _statement(row, "allergy", _allergy_kind(row), _allergy_words(row))
        for row in await AllergyIntolerance.filter(patient_id__in=ids)
    ]
    found += [
        _statement(row, "condition", "neutral", f"病史:{row.name}", row.note)
        for row in await Condition.filter(patient_id__in=ids)
    ]
    found += [
        _statement(row, "medication", "neutral", f"在用药:{row.name}", row.dosage)
        for row in await MedicationStatement.filter(patient_id__in=ids)
    ]
    return found


def _allergy_kind(row: AllergyIntolerance) -> str:
    return "neutral" if row.category is AllergyCategory.NONE_KNOWN else "danger"


def _allergy_words(row: AllergyIntolerance) -> str:
    if row.category is AllergyCategory.NONE_KNOWN:
        return "问过过敏史:无已知过敏"
    return f"过敏:{row.substance}"


def _statement(row: Entry, category: str, kind: str, what: str, text: str = "") -> Happening:
    if row.status is EntryStatus.ENTERED_IN_ERROR:
        text = f"此条记错({row.changed_by_name}):{row.change_reason}"
        kind, what = "returned", f"{what}(记错)"
    elif row.status is EntryStatus.ENDED and row.changed_at:
        text = f"{text} {clock.in_words(row.changed_at)} 由{row.changed_by_name}标为结束".strip()
        kind = "done"
    return Happening(
        at=row.recorded_at,
        category=category,
        kind=kind,
        what=what,
        by=f"{row.recorder_name}({row.organization_name})",
        text=text,
    )
