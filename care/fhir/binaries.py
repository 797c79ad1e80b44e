"""The bytes behind a DocumentReference: a file that was brought, or a sealed paper."""

from dataclasses import dataclass
from typing import Any

from care.documents.models import ArchivedDocument
from care.documents.service import content
from care.encounter import note_paper
from care.fhir.resources.documents import PDF
from care.note import drafts
from care.note.models import Composition
from core.audit import Who
from core.blobs import Store


@dataclass(frozen=True, slots=True)
class Binary:
    """What is sent."""

    content_type: str
    body: bytes


async def read(who: Who, row: Any, *, store: Store, house: str) -> Binary:
    """The bytes of one row that is shown as DocumentReference; the caller has passed the door.

    A note that nobody has printed yet is printed now, which takes about a second.
    """
    if isinstance(row, Composition):
        versions = await drafts.of_document(row.document_id)
        wanted = [one for one in versions if one.version <= row.version]
        row = await note_paper.issue(who, wanted, store=store, base_url=house)
    if isinstance(row, ArchivedDocument):
        return Binary(PDF, await content(row, store))
    return Binary(row.blob.content_type, await store.read(row.blob))
