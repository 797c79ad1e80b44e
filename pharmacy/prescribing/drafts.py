"""Prescriptions that are written, and those that were signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from core import clock
from core.drafts import BaseIn, Drafts
from core.states import advance
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.states import MEDICATION_REQUEST, SIGNED, Status


@dataclass(frozen=True, slots=True)
class About:
    """Whose prescription it is: the visit's name, the patient, the doctor and their house."""

    subject: str
    category: Category
    patient_id: UUID
    author_id: UUID
    organization_id: UUID
    department: str

    @property
    def open(self) -> str:
        """The key that only one draft may hold."""
        return f"{self.subject}/{self.author_id}/{self.category.value}"


DRAFTS: Final = Drafts(MedicationRequest, "typed", "prescription_changed", "这张处方")


async def draft_of(about: About) -> MedicationRequest | None:
    """What is being written on this form."""
    return await DRAFTS.of(about.open)


async def signed_of(subject: str) -> list[MedicationRequest]:
    """What was signed in this visit, the newest first."""
    rows = MedicationRequest.filter(subject=subject, status__in=list(SIGNED))
    return await rows.order_by("-signed_at", "-version")


async def nothing_yet(about: About) -> int:
    """The revision of a form without a draft: it counts what was signed or thrown away, so that
    late words of a window that has signed begin nothing new."""
    before = MedicationRequest.filter(
        subject=about.subject, category=about.category, author_id=about.author_id, open=None
    )
    return -await before.count()


async def save(about: About, words: Mapping[str, Any], base: BaseIn) -> MedicationRequest:
    """Keep what was typed over what it was typed from (`core.drafts`).

    Raises Changed when another window was faster.
    """
    row = await draft_of(about)
    if row is not None:
        return await DRAFTS.keep(row, words, base)
    if base.revision != await nothing_yet(about):
        raise DRAFTS.changed(None)
    return await begin(about, words, base)


async def begin(
    about: About,
    words: Mapping[str, Any],
    base: BaseIn,
    *,
    replaces: MedicationRequest | None = None,
) -> MedicationRequest:
    """A new draft; with `replaces` it will be the next version of that one. Raises Changed."""
    own = uuid4()
    return await DRAFTS.begin(
        about.open,
        words,
        base,
        id=own,
        document_id=replaces.document_id if replaces else own,
        version=replaces.version + 1 if replaces else 1,
        replaces_id=replaces.id if replaces else None,
        subject=about.subject,
        category=about.category,
        patient_id=about.patient_id,
        author_id=about.author_id,
        organization_id=about.organization_id,
        department=about.department,
    )


async def discard(row: MedicationRequest) -> None:
    """Throw a draft away. One that was to replace another is a document of its own from now on,
    so that the next attempt may take its version."""
    alone = {"document_id": row.id, "version": 1, "replaces_id": None}
    await advance(row, MEDICATION_REQUEST, "discard", open=None, ended_at=clock.now(), **alone)


def is_draft(row: MedicationRequest) -> bool:
    """Whether it may still be changed."""
    return row.status is Status.DRAFT
