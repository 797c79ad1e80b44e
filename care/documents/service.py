"""Put papers into the archives, and take them out again unharmed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from care.documents.codes import code_of
from care.documents.events import DocumentArchived
from care.documents.fates import Fate, fate_of
from care.documents.models import ArchivedDocument
from core import clock, db
from core.audit import Who, audit
from core.blobs import Store
from core.errors import Conflict, Problem
from core.outbox import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One version of one document, before it is archived.

    `issuer_name` is the institution that issues it; a correction names the version it replaces
    and why.
    """

    kind: str
    subject_id: UUID
    version: int
    title: str
    patient_id: UUID
    issuer_name: str
    signed_at: datetime
    replaces_version: int | None = None
    correction_reason: str = ""

    @property
    def code(self) -> str:
        """The verification code to print on it."""
        return code_of(self.kind, self.subject_id, self.version)


@dataclass(frozen=True, slots=True)
class Archive:
    """An institution that keeps an original."""

    organization_id: UUID
    organization_name: str


class Damaged(Problem):
    """The file is not the one that was archived."""

    status, title = 500, "档案损坏"


async def find(kind: str, subject_id: UUID, version: int) -> list[ArchivedDocument]:
    """The originals of one version, one for each archive; empty when it is not archived yet."""
    rows = ArchivedDocument.filter(kind=kind, subject_id=subject_id, version=version)
    return await rows.order_by("organization_name")


async def newest(kind: str, subject_id: UUID) -> ArchivedDocument | None:
    """The original that counts; None while nothing is archived."""
    rows = ArchivedDocument.filter(kind=kind, subject_id=subject_id)
    return await rows.order_by("-version", "organization_name").first()


async def archive(
    who: Who, paper: Paper, pdf: bytes, *, archives: Sequence[Archive], store: Store
) -> list[ArchivedDocument]:
    """Keep `pdf` as the original of every side; a second call finds what the first one kept.

    Raises Conflict `version_gap` when the version does not follow the one it replaces.
    """
    kept = await find(paper.kind, paper.subject_id, paper.version)
    if kept:
        return kept
    await _require_successor(paper)
    blob = await store.keep(
        pdf, name=f"{paper.title} {paper.code}.pdf", content_type="application/pdf"
    )
    async with db.atomic():
        if kept := await find(paper.kind, paper.subject_id, paper.version):
            return kept
        for place in archives:
            kept.append(
                await ArchivedDocument.create(
                    id=uuid4(),
                    kind=paper.kind,
                    subject_id=paper.subject_id,
                    version=paper.version,
                    replaces_version=paper.replaces_version,
                    correction_reason=paper.correction_reason,
                    title=paper.title,
                    patient_id=paper.patient_id,
                    organization_id=place.organization_id,
                    organization_name=place.organization_name,
                    issuer_name=paper.issuer_name,
                    signed_at=paper.signed_at,
                    code=paper.code,
                    blob_id=blob.id,
                    sha256=blob.sha256,
                    archived_at=clock.now(),
                )
            )
        await audit(
            who,
            "document.archive",
            f"{paper.kind}/{paper.subject_id}",
            patient_id=paper.patient_id,
            reason=f"version {paper.version}",
        )
        await record(
            DocumentArchived(
                kind=paper.kind,
                subject_id=str(paper.subject_id),
                version=paper.version,
                patient_id=str(paper.patient_id),
            ),
            subject=f"{paper.kind}/{paper.subject_id}",
        )
    return kept


async def _require_successor(paper: Paper) -> None:
    before = await ArchivedDocument.filter(kind=paper.kind, subject_id=paper.subject_id)
    newest = max((row.version for row in before), default=None)
    if paper.replaces_version != newest or paper.version != (newest or 0) + 1:
        raise Conflict("version_gap", "这份文书已有更新的版本,请在最新一版上更正。")


async def content(document: ArchivedDocument, store: Store) -> bytes:
    """The original, proven to be the one that was archived. Raises Damaged or NotFound."""
    pdf = await store.read(await document.blob)
    if hashlib.sha256(pdf).hexdigest() != document.sha256:
        raise Damaged("archive_damaged", "这份档案和归档时不一致,请马上告诉管理员。")
    return pdf


@dataclass(frozen=True, slots=True)
class Standing:
    """What anybody holding the paper may know about it."""

    kind: str
    title: str
    issuer_name: str
    signed_at: datetime
    version: int
    is_current: bool
    fate: Fate | None = None


async def standing(code: str) -> Standing | None:
    """Whether a code belongs to a genuine paper, and whether a newer version replaced it."""
    row = await ArchivedDocument.filter(code=code).first() if code else None
    if row is None:
        return None
    newer = await ArchivedDocument.exists(
        kind=row.kind, subject_id=row.subject_id, version__gt=row.version
    )
    fate = await fate_of(row.kind, row.subject_id)
    return Standing(
        row.kind, row.title, row.issuer_name, row.signed_at, row.version, not newer, fate
    )
