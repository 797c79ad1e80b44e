"""DocumentReference: pictures and papers of the record, signed notes of visits, archived reports.
The bytes are at `Binary/{id}`.

A note's original is what was signed; its paper is printed when somebody asks for the bytes. A
report lies in the archive of both sides: one of the two is served, that of the house it is from.
"""

from collections.abc import Sequence
from typing import Any, Final

from tortoise.expressions import F, Q

from care.documents.consultation_report import KIND as REPORT
from care.documents.consultation_report import TITLE as REPORT_TITLE
from care.documents.models import ArchivedDocument
from care.documents.visit_note import TITLE as NOTE_TITLE
from care.fhir.resources.parts import (
    About,
    Resource,
    Source,
    coded,
    concept,
    house,
    moment,
    named,
    resource,
    subject,
)
from care.note.models import Composition
from care.record.models import DocumentReference, EntryStatus
from care.record.queries import KINDS

LOINC: Final = "http://loinc.org"
VISIT_NOTE: Final = concept(coded(LOINC, "34108-1", "Outpatient Note"), text=NOTE_TITLE)
CONSULT_NOTE: Final = concept(coded(LOINC, "11488-4", "Consult note"), text=REPORT_TITLE)
PDF: Final = "application/pdf"


def shown(row: DocumentReference, about: About) -> Resource:
    """One picture or paper, with where its bytes are."""
    wrong = row.status is EntryStatus.ENTERED_IN_ERROR
    blob = row.blob
    return resource(
        "DocumentReference",
        row.id,
        row.changed_at or row.recorded_at,
        status="entered-in-error" if wrong else "current",
        type=concept(text=KINDS[row.kind]),
        subject=subject(about),
        date=moment(row.recorded_at),
        author=[named(f"{row.recorder_name}({row.organization_name})")],
        description=row.change_reason if wrong else row.title,
        content=[
            {
                "attachment": {
                    "contentType": blob.content_type,
                    "url": f"{about.base}/Binary/{row.id}",
                    "size": blob.size,
                    "title": row.title or KINDS[row.kind],
                    "creation": row.taken_on.isoformat(),
                }
            }
        ],
    )


def note(row: Any, about: About) -> Resource:
    """One signed version of a visit's note; a later one replaces it and names it."""
    return resource(
        "DocumentReference",
        row.id,
        row.signed_at or row.saved_at,
        status="superseded" if row.superseded else "current",
        docStatus="amended" if row.corrects_id else "final",
        type=VISIT_NOTE,
        subject=subject(about),
        date=moment(row.signed_at),
        author=[named(f"{row.author_name} {row.author_title}".strip())],
        custodian=house(about, row.author_organization),
        relatesTo=_replaces(row.corrects_id),
        description=row.correction_reason,
        content=[_paper(row.id, f"{NOTE_TITLE} 第{row.version}版", about, row.signed_at)],
        context={"encounter": [{"reference": row.subject}]},
    )


def report(row: Any, about: About) -> Resource:
    """One archived version of a consultation's report."""
    return resource(
        "DocumentReference",
        row.id,
        row.archived_at,
        status="superseded" if row.superseded else "current",
        docStatus="amended" if row.replaces_version else "final",
        type=CONSULT_NOTE,
        subject=subject(about),
        date=moment(row.signed_at),
        author=[named(row.issuer_name)],
        custodian=house(about, row.organization_name),
        description=row.correction_reason,
        content=[_paper(row.id, f"{row.title} 第{row.version}版", about, row.signed_at)],
        context={"encounter": [{"reference": f"Encounter/{row.subject_id}"}]},
    )


def _replaces(id: object) -> list[Resource]:
    if id is None:
        return []
    return [{"code": "replaces", "target": {"reference": f"DocumentReference/{id}"}}]


def _paper(id: object, title: str, about: About, at: object) -> Resource:
    return {
        "attachment": {
            "contentType": PDF,
            "url": f"{about.base}/Binary/{id}",
            "title": title,
            "creation": moment(at),  # type: ignore[arg-type]
        }
    }


async def newer_notes(rows: Sequence[Composition]) -> None:
    """Mark the versions that a signed one has replaced."""
    replaced = Composition.filter(corrects_id__in=[row.id for row in rows], signed_at__isnull=False)
    old = set(await replaced.values_list("corrects_id", flat=True))
    for row in rows:
        row.superseded = row.id in old


async def newer_reports(rows: Sequence[ArchivedDocument]) -> None:
    """Mark the versions that were replaced."""
    of = ArchivedDocument.filter(kind=REPORT, subject_id__in={row.subject_id for row in rows})
    newest: dict[object, int] = {}
    for subject_id, version in await of.values_list("subject_id", "version"):
        newest[subject_id] = max(version, newest.get(subject_id, 0))
    for row in rows:
        row.superseded = row.version < newest[row.subject_id]


SOURCES: Final = (
    Source(DocumentReference, "recorded_at", shown, ("blob",)),
    Source(Composition, "signed_at", note, only=Q(signed_at__isnull=False), ready=newer_notes),
    Source(
        ArchivedDocument,
        "signed_at",
        report,
        only=Q(kind=REPORT, organization_name=F("issuer_name")),
        ready=newer_reports,
    ),
)
