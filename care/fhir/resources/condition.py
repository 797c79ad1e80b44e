"""Condition: problems and past illnesses, and the diagnoses of signed notes."""

from typing import Final

from tortoise.expressions import Q

from care.fhir.resources.parts import (
    TERMINOLOGY,
    About,
    Resource,
    Source,
    coded,
    concept,
    moment,
    named,
    resource,
    subject,
)
from care.note.models import NoteDiagnosis
from care.record.models import Condition, EntryStatus

ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
WORDS: Final = {EntryStatus.ACTIVE: "active", EntryStatus.ENDED: "resolved"}


def shown(row: Condition, about: About) -> Resource:
    """One problem. What was entered in error has no clinical status (FHIR con-5)."""
    wrong = row.status is EntryStatus.ENTERED_IN_ERROR
    return resource(
        "Condition",
        row.id,
        row.changed_at or row.recorded_at,
        clinicalStatus=None
        if wrong
        else concept(coded(f"{TERMINOLOGY}condition-clinical", WORDS[row.status])),
        verificationStatus=concept(coded(f"{TERMINOLOGY}condition-ver-status", "entered-in-error"))
        if wrong
        else None,
        category=[concept(coded(f"{TERMINOLOGY}condition-category", "problem-list-item"))],
        code=diagnosis(row.icd10, row.name, about),
        subject=subject(about),
        onsetString=row.onset,
        recordedDate=moment(row.recorded_at),
        recorder=named(f"{row.recorder_name}({row.organization_name})"),
        note=[{"text": row.change_reason if wrong else row.note}],
    )


def found(row: NoteDiagnosis, about: About) -> Resource:
    """One diagnosis of a signed note, as its newest version says."""
    note = row.composition
    kind, _, id = note.subject.partition("/")
    return resource(
        "Condition",
        row.id,
        row.recorded_at,
        clinicalStatus=concept(coded(f"{TERMINOLOGY}condition-clinical", "active")),
        category=[concept(coded(f"{TERMINOLOGY}condition-category", "encounter-diagnosis"))],
        code=diagnosis(row.icd10, row.name, about),
        subject=subject(about),
        encounter={"reference": note.subject} if kind == "Encounter" and id else None,
        recordedDate=moment(row.recorded_at),
        recorder=named(f"{note.author_name}({note.author_organization})"),
    )


def diagnosis(icd10: str, words: str, about: About) -> Resource:
    """The Chinese clinical code as it was written (GB/T 14396), and WHO's category of it."""
    codings = []
    if icd10:
        codings = [
            coded(f"{about.base}/sid/gb-t-14396", icd10, words),
            coded(ICD10, icd10[:3]),
        ]
    return concept(*codings, text=words)


SOURCES: Final = (
    Source(Condition, "recorded_at", shown),
    Source(NoteDiagnosis, "recorded_at", found, ("composition",), Q(replaced_at=None)),
)
