"""What happened to parcels that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelChanged(Event):
    """Base: which parcel, of which order (empty for none), whose, what is in it
    (`MedicationDispense/…`), where it is now."""

    parcel_id: str
    order_id: str
    patient_id: str
    subject: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(ParcelChanged):
    """A step towards its end."""

    name: ClassVar[str] = "pharmacy.ParcelMoved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelEnded(ParcelChanged):
    """Signed for, returned, lost, damaged, too warm or cancelled."""

    name: ClassVar[str] = "pharmacy.ParcelEnded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelWaits(ParcelChanged):
    """It has lain at a village clinic for days, and goes back at `until` (ISO 8601)."""

    name: ClassVar[str] = "pharmacy.ParcelWaits"
    until: str
