"""Tables of dispensing. FHIR: MedicationDispense; the trace codes are our own."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from pharmacy.dispensing.states import DispenseStatus as Status


class Shown(StrEnum):
    """What the drugs were handed over against."""

    CODE = "code"
    DOCUMENT = "document"
    PARCEL = "parcel"  # given to whoever carries it


class MedicationDispense(Model):
    """One order being made ready at its pharmacy. One for an order (unique).

    `code` is what the resident shows, made when it is ready and good for one hand-over. `boxes`
    are the ten of 四查十对 as they were ticked. `round` counts how often the picking was finished.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.PREPARATION)
    order: Any = fields.OneToOneField(
        "pharmacy.MedicationOrder", related_name=False, on_delete=fields.RESTRICT
    )
    order_id: UUID
    request: Any = fields.ForeignKeyField(
        "pharmacy.MedicationRequest", related_name=False, on_delete=fields.RESTRICT
    )
    request_id: UUID
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    organization_id = fields.UUIDField()
    opened_at = fields.DatetimeField()
    round = fields.IntField(default=0)
    picked_by = fields.UUIDField(null=True)
    picked_by_name = fields.CharField(max_length=40, default="")
    picked_at = fields.DatetimeField(null=True)
    return_reason = fields.CharField(max_length=200, default="")
    checked_by = fields.UUIDField(null=True)
    checked_by_name = fields.CharField(max_length=40, default="")
    checked_at = fields.DatetimeField(null=True)
    boxes: Any = fields.JSONField(default=list)
    code = fields.CharField(max_length=12, null=True, unique=True)
    handed_by_name = fields.CharField(max_length=40, default="")
    handed_at = fields.DatetimeField(null=True)
    shown = fields.CharEnumField(Shown, max_length=8, null=True)
    received_at = fields.DatetimeField(null=True)
    stop_reason = fields.CharField(max_length=200, default="")
    stopped_at = fields.DatetimeField(null=True)
    put_back_by_name = fields.CharField(max_length=40, default="")
    put_back_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_dispense"
        indexes = (("organization_id", "status", "opened_at"), ("request_id",))


class DispensePick(Model):
    """Units of one lot taken from the shelf for one line, by one scan.

    `trace_code` is empty where there was none to scan, and `reason` says why. What was put back
    stays with its time.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    dispense: Any = fields.ForeignKeyField(
        "pharmacy.MedicationDispense", related_name="picks", on_delete=fields.RESTRICT
    )
    dispense_id: UUID
    line: Any = fields.ForeignKeyField(
        "pharmacy.PrescribedLine", related_name=False, on_delete=fields.RESTRICT
    )
    line_id: UUID
    stock_lot: Any = fields.ForeignKeyField(
        "pharmacy.StockLot", related_name=False, on_delete=fields.RESTRICT
    )
    stock_lot_id: UUID
    units = fields.IntField()
    trace_code = fields.CharField(max_length=40, default="")
    reason = fields.CharField(max_length=60, default="")
    picked_by = fields.UUIDField()
    picked_at = fields.DatetimeField()
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_dispense_pick"
        indexes = (("dispense_id", "undone_at"), ("trace_code",))


class TraceCode(Model):
    """One pack with its own code (追溯码), and how many of its units have been sold.

    `sold` never exceeds `pack_units`: a whole pack is sold once, a split one down to its last unit.
    """

    code = fields.CharField(max_length=40, primary_key=True)
    medication_id = fields.UUIDField()
    pack_units = fields.IntField()
    sold = fields.IntField(default=0)

    class Meta:
        table = "pharmacy_trace_code"


class TraceReport(Model):
    """A code that was sold before turned up again: perhaps a forged or returned pack.

    `seen_at`: when somebody has looked into it, and `seen_note` says what was found.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=40)
    dispense_id = fields.UUIDField()
    organization_id = fields.UUIDField()
    reported_by = fields.UUIDField()
    reported_by_name = fields.CharField(max_length=40)
    reported_at = fields.DatetimeField()
    seen_at = fields.DatetimeField(null=True)
    seen_by_name = fields.CharField(max_length=40, default="")
    seen_note = fields.CharField(max_length=200, default="")

    class Meta:
        table = "pharmacy_trace_report"
        unique_together = (("code", "dispense_id"),)
        indexes = (("organization_id", "reported_at"),)
