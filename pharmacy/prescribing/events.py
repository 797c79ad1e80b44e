"""What happened to prescriptions that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestEvent(Event):
    """Base: which prescription, whose, by whom, about which visit, kept by which house."""

    request_id: str
    patient_id: str
    author_id: str
    organization_id: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestSigned(MedicationRequestEvent):
    """Waits for the pharmacist: signed, or signed a second time after a return."""

    name: ClassVar[str] = "pharmacy.MedicationRequestSigned"
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestApproved(MedicationRequestEvent):
    """A pharmacist has let it pass; the resident may order."""

    name: ClassVar[str] = "pharmacy.MedicationRequestApproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestAgreed(MedicationRequestEvent):
    """The resident confirmed the use for more than four weeks."""

    name: ClassVar[str] = "pharmacy.MedicationRequestAgreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestReturned(MedicationRequestEvent):
    """The doctor has to rewrite or confirm."""

    name: ClassVar[str] = "pharmacy.MedicationRequestReturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestRejected(MedicationRequestEvent):
    """Refused for good."""

    name: ClassVar[str] = "pharmacy.MedicationRequestRejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestReplaced(MedicationRequestEvent):
    """A new version took its place."""

    name: ClassVar[str] = "pharmacy.MedicationRequestReplaced"
    replaced_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestCancelled(MedicationRequestEvent):
    """The doctor took it back."""

    name: ClassVar[str] = "pharmacy.MedicationRequestCancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestExpiring(MedicationRequestEvent):
    """Due when its days are over; counts only while it is neither dispensed nor ended."""

    name: ClassVar[str] = "pharmacy.MedicationRequestExpiring"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestExpired(MedicationRequestEvent):
    """Its days are over; what was paid goes back."""

    name: ClassVar[str] = "pharmacy.MedicationRequestExpired"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequestCompleted(MedicationRequestEvent):
    """Handed out."""

    name: ClassVar[str] = "pharmacy.MedicationRequestCompleted"


KINDS: Final[tuple[type[MedicationRequestEvent], ...]] = (
    MedicationRequestSigned,
    MedicationRequestApproved,
    MedicationRequestAgreed,
    MedicationRequestReturned,
    MedicationRequestRejected,
    MedicationRequestReplaced,
    MedicationRequestCancelled,
    MedicationRequestExpired,
    MedicationRequestCompleted,
)
