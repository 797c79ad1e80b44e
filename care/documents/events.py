"""What others may react to."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentArchived(Event):
    """Every side has its original of this version."""

    name: ClassVar[str] = "care.document_archived"
    kind: str
    subject_id: str
    version: int
    patient_id: str
