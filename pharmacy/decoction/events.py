"""What happened in the decoction room that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoctionMoved(Event):
    """One stage further: which one, of which prescription, in whose room, where it is now."""

    name: ClassVar[str] = "pharmacy.DecoctionMoved"
    decoction_id: str
    request_id: str
    organization_id: str
    status: str
