"""处方笺: the paper of a prescription that a pharmacist let pass, in the legal form.

处方管理办法 (2007) 附件1: 前记, 正文 from Rp on, 后记 with the signatures; white, for emergencies
light yellow, for children light green. Art. 6: what stays empty is crossed out. The signed content
is the original; the paper shows it and carries the certificates of doctor and pharmacist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from care.documents.codes import verification
from care.documents.models import ArchivedDocument
from care.documents.render import render_pdf
from care.documents.seal import seal_pdf
from care.documents.service import Archive, Paper, archive, newest
from care.signatures.models import Signature
from core.audit import Who
from core.blobs import Store

KIND: Final = "Prescription"
TITLE: Final = "处方笺"
TEMPLATE: Final = "care/documents/prescription.html"
ROOM_MM: Final = 86
LINE_MM: Final = 13
HANDED_OUT: Final = "药已发出,补记调配、核对、发药"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One drug: name with strength and quantity on the first row, its use on the second."""

    name: str
    strength: str
    quantity: str
    use: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who made the drugs ready (调配), checked them (核对) and handed them out (发药), and when the
    last of it was done."""

    prepared: str
    checked: str
    issued: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionPaper:
    """Everything on the sheet. `kind`: general, emergency or child. `visit`: the 门诊号.
    `pieces`: one decoction whose `lines` stand side by side, with `whole` below them (7 付,每日
    1 剂). `over_label`: a second signature of the doctor is under a dose. `hands`: None until the
    drugs were handed out."""

    request_id: UUID
    number: str
    patient_id: UUID
    organization_id: UUID
    kind: str
    name: str
    sex: str
    age: str
    weight: str
    fee: str
    visit: str
    department: str
    diagnosis: str
    lines: Sequence[PaperLine]
    pieces: bool
    whole: str
    remarks: Sequence[str]
    amount: str
    long_term: bool
    over_label: bool
    valid_until: datetime
    doctor: Signature
    pharmacist: Signature
    hands: Hands | None = None

    def paper(self, before: ArchivedDocument | None) -> Paper:
        """The prescription as the archive knows it: the first, or the one after `before`."""
        return Paper(
            kind=KIND,
            subject_id=self.request_id,
            version=before.version + 1 if before else 1,
            title=TITLE,
            patient_id=self.patient_id,
            issuer_name=self.doctor.organization_name,
            signed_at=self.doctor.signed_at,
            replaces_version=before.version if before else None,
            correction_reason=HANDED_OUT if before else "",
        )

    def is_told_by(self, kept: ArchivedDocument) -> bool:
        """Whether a paper that was printed once says all there is to say."""
        return self.hands is None or self.hands.at < kept.archived_at

    @property
    def blank_mm(self) -> int:
        """How much of the room under Rp stays empty and is crossed out."""
        rows = -(-len(self.lines) // 3) if self.pieces else len(self.lines)
        return max(ROOM_MM - LINE_MM * rows, 8)


async def issue_prescription(
    who: Who, sheet: PrescriptionPaper, *, store: Store, base_url: str
) -> ArchivedDocument:
    """The archived paper, printed and sealed when there is none; safe to repeat.

    One that was printed before the drugs were handed out is followed by a version with the names
    of those who did (附件1, 后记). Takes about a second: call it with no transaction open.
    """
    before = await newest(KIND, sheet.request_id)
    if before is not None and sheet.is_told_by(before):
        return before
    paper = sheet.paper(before)
    shown = {"sheet": sheet, "title": TITLE}
    pdf = await render_pdf(TEMPLATE, shown | verification(paper.code, base_url))
    pdf = await seal_pdf(pdf, sheet.doctor, sheet.pharmacist)
    house = Archive(sheet.organization_id, sheet.doctor.organization_name)
    return (await archive(who, paper, pdf, archives=[house], store=store))[0]
