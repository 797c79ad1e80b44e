"""Notes that are written, and those that were signed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from care.note.models import Composition
from core.drafts import BaseIn, Drafts


@dataclass(frozen=True, slots=True)
class About:
    """Whose note it is: the visit's name, the patient, the doctor."""

    subject: str
    patient_id: UUID
    author_id: UUID

    @property
    def open(self) -> str:
        """The key that only one draft may hold."""
        return f"{self.subject}/{self.author_id}"


DRAFTS: Final = Drafts(Composition, "content", "note_changed", "这份病历")


async def draft_of(about: About) -> Composition | None:
    """What is being written."""
    return await DRAFTS.of(about.open)


async def versions(subject: str) -> list[Composition]:
    """What was signed about this subject, the version that counts first."""
    rows = Composition.filter(subject=subject).exclude(signed_at=None)
    return await rows.order_by("-version")


async def of_document(document_id: UUID) -> list[Composition]:
    """The signed versions of one note, the one that counts first; empty when there is none."""
    rows = Composition.filter(document_id=document_id).exclude(signed_at=None)
    return await rows.order_by("-version")


async def latest(subject: str) -> Composition | None:
    """The signed version that counts."""
    found = await versions(subject)
    return found[0] if found else None


def nothing_yet(signed: Composition | None) -> int:
    """The revision of a form without a draft: it names the signed version it would add to, so
    that late words of a window that has signed begin nothing new."""
    return -signed.version if signed else 0


async def latest_of(subjects: Collection[str]) -> dict[str, Composition]:
    """The signed version that counts of each of these, by subject; one question for all."""
    rows = Composition.filter(subject__in=list(subjects)).exclude(signed_at=None)
    return {row.subject: row for row in await rows.order_by("version")}


async def save(about: About, words: Mapping[str, Any], base: BaseIn) -> Composition:
    """Keep what was typed over what it was typed from (`core.drafts`).

    Raises Changed when another window was faster.
    """
    row = await draft_of(about)
    if row is not None:
        return await DRAFTS.keep(row, words, base)
    signed = await latest(about.subject)
    if base.revision != nothing_yet(signed):
        raise DRAFTS.changed(signed)
    own = uuid4()
    return await DRAFTS.begin(
        about.open,
        words,
        base,
        id=own,
        document_id=signed.document_id if signed else own,
        version=signed.version + 1 if signed else 1,
        corrects_id=signed.id if signed else None,
        subject=about.subject,
        patient_id=about.patient_id,
        author_id=about.author_id,
    )
