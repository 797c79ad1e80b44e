"""All tables of the Tortoise app `pharmacy`, gathered from its rooms."""

from pharmacy.decoction.models import Decoction, DecoctionStep
from pharmacy.delivery.models import Batch, Parcel, ParcelEvent, ParcelReading, Receipt, Return
from pharmacy.dispatch.models import BatchFinding
from pharmacy.dispensing.models import DispensePick, MedicationDispense, TraceCode, TraceReport
from pharmacy.formulary.models import (
    ImportFile,
    Medication,
    MedicationChange,
    Pharmacy,
    Reservation,
    StockLot,
    StockMinimum,
    StockMove,
)
from pharmacy.orders.models import MedicationOrder, OrderCash, Trouble
from pharmacy.prescribing.models import MedicationRequest, PrescribedLine, PrescriptionTemplate
from pharmacy.review.models import (
    Appraisal,
    AppraisalMonth,
    Review,
    ReviewerTraining,
    ReviewShift,
)
from pharmacy.sealing.models import Seal

__all__ = [
    "Appraisal",
    "AppraisalMonth",
    "Batch",
    "BatchFinding",
    "Decoction",
    "DecoctionStep",
    "DispensePick",
    "ImportFile",
    "Medication",
    "MedicationChange",
    "MedicationDispense",
    "MedicationOrder",
    "MedicationRequest",
    "OrderCash",
    "Parcel",
    "ParcelEvent",
    "ParcelReading",
    "Pharmacy",
    "PrescribedLine",
    "PrescriptionTemplate",
    "Receipt",
    "Reservation",
    "Return",
    "Review",
    "ReviewShift",
    "ReviewerTraining",
    "Seal",
    "StockLot",
    "StockMinimum",
    "StockMove",
    "TraceCode",
    "TraceReport",
    "Trouble",
]
