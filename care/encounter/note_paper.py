"""The paper of a visit's note: put together from what was signed, for print and archive."""

from care.documents.consultation_report import ReportPatient
from care.documents.models import ArchivedDocument
from care.documents.visit_note import VisitNotePaper, issue_note
from care.encounter.models import Encounter
from care.note import signing
from care.note.models import Composition
from care.note.shown import entries
from care.signatures.models import Signature
from core.audit import Who
from core.blobs import Store
from people.queries import patient_header
from people.specialties import SPECIALTIES


async def issue(
    who: Who, versions: list[Composition], *, store: Store, base_url: str
) -> ArchivedDocument:
    """The newest version's paper; earlier versions are archived before it, as each names the one
    it replaces. No transaction may be open."""
    kept = None
    for row in sorted(versions, key=lambda one: one.version):
        kept = await issue_note(who, await _assembled(row), store=store, base_url=base_url)
    if kept is None:
        raise ValueError("a note without a signed version has no paper")
    return kept


async def _assembled(row: Composition) -> VisitNotePaper:
    visit = await Encounter.get(id=row.subject.partition("/")[2]).select_related("practitioner")
    patient = await patient_header(row.patient_id)
    specialty = visit.practitioner.specialty
    return VisitNotePaper(
        document_id=row.document_id,
        version=row.version,
        patient_id=row.patient_id,
        patient=ReportPatient(
            name=patient.name,
            sex=patient.sex,
            age=patient.age,
            id_masked=patient.id_masked,
            village=patient.village,
        ),
        organization_id=visit.organization_id,
        specialty=SPECIALTIES.get(specialty, specialty),
        visited_at=visit.began_at or visit.asked_at,
        entries=entries(signing.typed_of(row.content)),
        signature=await Signature.get(id=row.signature_id),
        replaces_version=row.version - 1 if row.corrects_id else None,
        correction_reason=row.correction_reason,
    )
