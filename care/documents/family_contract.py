"""家庭医生签约服务协议: the paper of a contract that both have signed.

The signed content is the original (电子签名法 art. 13, 14); the paper shows it with the whole
text of the agreement (诊疗办法 art. 17), carries the responsible doctor's certificate, and says how
the resident signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from markupsafe import Markup

from care.documents.codes import verification
from care.documents.models import ArchivedDocument
from care.documents.render import render_pdf
from care.documents.seal import seal_pdf
from care.documents.service import Archive, Paper, archive, find
from care.signatures.models import Signature
from core.audit import Who
from core.blobs import Store

KIND: Final = "FamilyDoctorContract"
TITLE: Final = "家庭医生签约服务协议"
TEMPLATE: Final = "care/documents/family_contract.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedItem:
    """One line of the table of services, in words."""

    package: str
    name: str
    times: int
    mode: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPaper:
    """Everything on the sheet. `term`, `price` and `how` (the resident signed) are in words."""

    contract_id: UUID
    number: str
    patient_id: UUID
    name: str
    sex: str
    age: str
    village: str
    team: str
    organization_id: UUID
    phone: str
    term: str
    price: str
    promised: Sequence[PromisedItem]
    text_version: str
    text: Markup
    signer: str
    how: str
    resident_signed_at: datetime
    doctor: Signature

    @property
    def paper(self) -> Paper:
        """The contract as the archive knows it."""
        return Paper(
            kind=KIND,
            subject_id=self.contract_id,
            version=1,
            title=TITLE,
            patient_id=self.patient_id,
            issuer_name=self.doctor.organization_name,
            signed_at=self.doctor.signed_at,
        )


async def issue_contract(
    who: Who, sheet: ContractPaper, *, store: Store, base_url: str
) -> ArchivedDocument:
    """The archived paper, printed and sealed when there is none; safe to repeat.

    Takes about a second the first time: call it with no transaction open.
    """
    paper = sheet.paper
    kept = await find(paper.kind, paper.subject_id, paper.version)
    if not kept:
        shown = {"sheet": sheet, "title": TITLE}
        pdf = await render_pdf(TEMPLATE, shown | verification(paper.code, base_url))
        house = Archive(sheet.organization_id, sheet.doctor.organization_name)
        kept = await archive(
            who, paper, await seal_pdf(pdf, sheet.doctor), archives=[house], store=store
        )
    return kept[0]
