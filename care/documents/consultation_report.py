"""远程会诊报告单: what is on it, and how it comes into both archives.

远程医疗服务管理规范(试行) 国卫医发〔2018〕25号: the invitee issues a report signed by its doctors,
the inviter decides with reference to it, and both sides archive an original.
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
from care.documents.service import Archive, Paper, archive, find
from care.signatures.models import Signature
from core.audit import Who
from core.blobs import Store

KIND: Final = "ConsultationReport"
TITLE: Final = "远程会诊报告单"
TEMPLATE: Final = "care/documents/consultation_report.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPatient:
    """The patient block. `id_masked` never carries the whole number."""

    name: str
    sex: str
    age: str
    id_masked: str
    village: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who took part. `part` in words: 邀请医生, 会诊专家, 主持专家, 旁听."""

    name: str
    title: str
    organization: str
    specialty: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedText:
    """An opinion or decision with the signature under it; `serial` is the certificate's."""

    name: str
    title: str
    organization: str
    specialty: str
    text: str
    signed_at: datetime
    serial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationReport:
    """Everything on the form. Empty text prints as 无.

    `mode` in words, such as 即时 · 单学科; `consent` such as 患者本人 2026年11月21日 签署(第 1 版);
    `joint` only for several experts (MDT); `opinions` in the order they were signed.
    """

    consultation_id: UUID
    number: str
    version: int
    patient_id: UUID
    patient: ReportPatient
    inviter_organization: str
    invitee_organizations: Sequence[str]
    mode: str
    urgency: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    participants: Sequence[Participant]
    aim: str
    chief_complaint: str
    history: str
    opinions: Sequence[SignedText]
    issued_at: datetime
    decision: SignedText | None = None
    joint: SignedText | None = None
    examination: str = ""
    vitals: Sequence[str] = ()
    allergies: Sequence[str] = ()
    attachments: Sequence[str] = ()
    working_diagnosis: str = ""
    questions: Sequence[str] = ()
    consent: str = ""
    phone_calls: Sequence[str] = ()
    fee_fen: int = 0
    replaces_version: int | None = None
    correction_reason: str = ""

    @property
    def paper(self) -> Paper:
        """The report as the archive knows it."""
        return Paper(
            kind=KIND,
            subject_id=self.consultation_id,
            version=self.version,
            title=TITLE,
            patient_id=self.patient_id,
            issuer_name=self.invitee_organizations[0],
            signed_at=self.issued_at,
            replaces_version=self.replaces_version,
            correction_reason=self.correction_reason,
        )


async def print_report(report: ConsultationReport, *, base_url: str) -> bytes:
    """The report as PDF, not yet sealed."""
    shown = {"report": report, "title": TITLE}
    return await render_pdf(TEMPLATE, shown | verification(report.paper.code, base_url))


async def issue_report(
    who: Who,
    report: ConsultationReport,
    *,
    signatures: Sequence[Signature],
    archives: Sequence[Archive],
    store: Store,
    base_url: str,
) -> list[ArchivedDocument]:
    """Print, seal with every signer's certificate and archive; safe to repeat.

    Takes about a second: call it from a reaction, with no transaction open (`core.outbox.outside`).
    """
    paper = report.paper
    if kept := await find(paper.kind, paper.subject_id, paper.version):
        return kept
    pdf = await seal_pdf(await print_report(report, base_url=base_url), *signatures)
    return await archive(who, paper, pdf, archives=archives, store=store)
