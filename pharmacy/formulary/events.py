"""What happened to goods that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LotClosed(Event):
    """A lot was closed off or recalled; what has left with it has to come back."""

    name: ClassVar[str] = "pharmacy.LotClosed"
    lot_id: str
    reason: str
