"""What happened to orders that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderEvent(Event):
    """Base: which order, of which prescription, whose, at which pharmacy of which house."""

    order_id: str
    request_id: str
    patient_id: str
    pharmacy_id: str
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderPlaced(MedicationOrderEvent):
    """Ordered, and to be paid."""

    name: ClassVar[str] = "pharmacy.MedicationOrderPlaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderPaid(MedicationOrderEvent):
    """The pharmacy may begin."""

    name: ClassVar[str] = "pharmacy.MedicationOrderPaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderClosed(MedicationOrderEvent):
    """Never paid; nothing was charged."""

    name: ClassVar[str] = "pharmacy.MedicationOrderClosed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderStopped(MedicationOrderEvent):
    """Paid, and not to be had: `refund_fen` goes back the way it came."""

    name: ClassVar[str] = "pharmacy.MedicationOrderStopped"
    refund_fen: int
    payment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderReady(MedicationOrderEvent):
    """Checked by the second person; the resident may fetch the drugs."""

    name: ClassVar[str] = "pharmacy.MedicationOrderReady"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderPickedUp(MedicationOrderEvent):
    """Handed over against the code or the document."""

    name: ClassVar[str] = "pharmacy.MedicationOrderPickedUp"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderShipped(MedicationOrderEvent):
    """The parcel has left the house."""

    name: ClassVar[str] = "pharmacy.MedicationOrderShipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderArrived(MedicationOrderEvent):
    """It lies at the village clinic, to be fetched."""

    name: ClassVar[str] = "pharmacy.MedicationOrderArrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderReceived(MedicationOrderEvent):
    """Signed for."""

    name: ClassVar[str] = "pharmacy.MedicationOrderReceived"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderCameBack(MedicationOrderEvent):
    """Not taken, looked at, in order: it waits at the pharmacy. `refund_fen` of the delivery."""

    name: ClassVar[str] = "pharmacy.MedicationOrderCameBack"
    refund_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderLapsed(MedicationOrderEvent):
    """It waited at the pharmacy to the end, and nobody came."""

    name: ClassVar[str] = "pharmacy.MedicationOrderLapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleRaised(MedicationOrderEvent):
    """The resident says that something is wrong with what came."""

    name: ClassVar[str] = "pharmacy.TroubleRaised"


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleSettled(MedicationOrderEvent):
    """The pharmacy has answered."""

    name: ClassVar[str] = "pharmacy.TroubleSettled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationOrderRefunded(MedicationOrderEvent):
    """The money is back with the payer."""

    name: ClassVar[str] = "pharmacy.MedicationOrderRefunded"
    refund_fen: int
    payment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUpReminderDue(Event):
    """Due some days after it was ready; counts while it still lies there since `ready_at`."""

    name: ClassVar[str] = "pharmacy.PickUpReminderDue"
    order_id: str
    ready_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUpOver(Event):
    """Due when it has lain there to the end; counts while it still does since `ready_at`."""

    name: ClassVar[str] = "pharmacy.PickUpOver"
    order_id: str
    ready_at: str


KINDS = (
    MedicationOrderPaid,
    MedicationOrderClosed,
    MedicationOrderStopped,
    MedicationOrderReady,
    MedicationOrderPickedUp,
    MedicationOrderShipped,
    MedicationOrderArrived,
    MedicationOrderReceived,
    MedicationOrderCameBack,
    MedicationOrderLapsed,
    TroubleRaised,
    TroubleSettled,
    MedicationOrderRefunded,
)
