"""门诊病历(互联网诊疗): the paper of a signed note.

监管细则: notes of online visits have the form of the house's own and share one system with it;
病历书写基本规范 第十三条 says what is on a follow-up note. The signed content is the original, the
paper shows it: printed when somebody first asks for it, sealed with the doctor's certificate, and
archived like every other paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from care.documents.codes import verification
from care.documents.consultation_report import ReportPatient
from care.documents.models import ArchivedDocument
from care.documents.render import render_pdf
from care.documents.seal import seal_pdf
from care.documents.service import Archive, Paper, archive, find
from care.signatures.models import Signature
from core.audit import Who
from core.blobs import Store

KIND: Final = "VisitNote"
TITLE: Final = "门诊病历"
TEMPLATE: Final = "care/documents/visit_note.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNotePaper:
    """Everything on the sheet. `entries` are (heading, words) in their order."""

    document_id: UUID
    version: int
    patient_id: UUID
    patient: ReportPatient
    organization_id: UUID
    specialty: str
    visited_at: datetime
    entries: Sequence[tuple[str, str]]
    signature: Signature
    replaces_version: int | None = None
    correction_reason: str = ""

    @property
    def paper(self) -> Paper:
        """The note as the archive knows it."""
        return Paper(
            kind=KIND,
            subject_id=self.document_id,
            version=self.version,
            title=TITLE,
            patient_id=self.patient_id,
            issuer_name=self.signature.organization_name,
            signed_at=self.signature.signed_at,
            replaces_version=self.replaces_version,
            correction_reason=self.correction_reason,
        )


async def issue_note(
    who: Who, note: VisitNotePaper, *, store: Store, base_url: str
) -> ArchivedDocument:
    """The archived paper of this version, printed and sealed when there is none; safe to repeat.

    Takes about a second the first time: call it with no transaction open.
    """
    paper = note.paper
    kept = await find(paper.kind, paper.subject_id, paper.version)
    if not kept:
        house = Archive(note.organization_id, note.signature.organization_name)
        pdf = await seal_pdf(await _printed(note, base_url), note.signature)
        kept = await archive(who, paper, pdf, archives=[house], store=store)
    return kept[0]


async def _printed(note: VisitNotePaper, base_url: str) -> bytes:
    shown = {"note": note, "title": TITLE}
    return await render_pdf(TEMPLATE, shown | verification(note.paper.code, base_url))
