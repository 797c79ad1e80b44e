"""Tables of delivery. FHIR: SupplyDelivery (a parcel), Observation (a reading of its logger)."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField
from pharmacy.delivery.states import BatchStatus, Carrier, Status, Word


class Batch(Model):
    """The bags for one village clinic on one drive: the hand-over list (交接单).

    `clinic_id` is the clinic's organization. Who put it together, who drove it away and who took
    it in stand here with their times.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(BatchStatus, max_length=12, default=BatchStatus.OPEN)
    number = fields.CharField(max_length=20, unique=True)
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    clinic_id = fields.UUIDField()
    made_at = fields.DatetimeField()
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=40)
    driver_id = fields.UUIDField(null=True)
    driver_name = fields.CharField(max_length=40, default="")
    handed_over_at = fields.DatetimeField(null=True)
    handed_over_by_name = fields.CharField(max_length=40, default="")
    arrived_at = fields.DatetimeField(null=True)
    received_by_name = fields.CharField(max_length=40, default="")

    class Meta:
        table = "pharmacy_batch"
        indexes = (("clinic_id", "status"), ("pharmacy_id", "status"))


class Parcel(Model):
    """One sealed bag on its way. `subject` names what was dispensed (`MedicationDispense/…`).

    `order_id` is the order it belongs to. A bag that is sent once more is another parcel of the
    same order, its subject ending in a number. `clinic_id` is the village clinic it goes to.
    Name, phone and address of who is to receive it are sealed. `disputed` says that a carrier
    told two different ends, which a person has to clear up. `problem` is the carrier's last
    complaint in words, `recalled` why it may be given to nobody any more and has to come back.
    `seal_number` is what is scanned when it changes hands; `reminded_at` when its resident was
    told that it still lies at the clinic.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.SEALED)
    subject = fields.CharField(max_length=100, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    order_id = fields.UUIDField(null=True)
    clinic_id = fields.UUIDField(null=True)
    batch: Any = fields.ForeignKeyField(
        "pharmacy.Batch", related_name="parcels", null=True, on_delete=fields.RESTRICT
    )
    batch_id: UUID | None
    carrier = fields.CharEnumField(Carrier, max_length=8)
    recipient_name = SealedField()
    recipient_phone = SealedField()
    address = SealedField()
    cold = fields.BooleanField(default=False)
    tracking_number = fields.CharField(max_length=40, null=True, unique=True)
    seal_number = fields.CharField(max_length=24, default="")
    driver_id = fields.UUIDField(null=True)
    driver_name = fields.CharField(max_length=40, default="")
    disputed = fields.BooleanField(default=False)
    problem = fields.CharField(max_length=200, default="")
    recalled = fields.CharField(max_length=200, default="")
    sealed_at = fields.DatetimeField()
    handed_over_at = fields.DatetimeField(null=True)
    arrived_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    cancel_asked_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    tries = fields.IntField(default=0)

    class Meta:
        table = "pharmacy_parcel"
        indexes = (
            ("due_at",),
            ("order_id",),
            ("patient_id", "sealed_at"),
            ("pharmacy_id", "status"),
            ("clinic_id", "status"),
            ("seal_number",),
            ("driver_id", "status"),
        )


class Proof(StrEnum):
    """Against what a parcel was given."""

    CODE = "code"  # the six digits on the resident's phone
    NAME = "name"  # name and the document's end
    CARD = "card"  # the electronic health card, read beside the bag
    WITNESS = "witness"  # a village doctor who knows them
    COURIER = "courier"  # the courier says that it was signed for


class Receipt(Model):
    """Who took a parcel, against what, from whom. One for a parcel (its key).

    `name` (sealed) is who took it, `relation` what they are to the patient. `given_by_name` is
    the village doctor, driver or pharmacist; empty for a courier's word. `photo_id` is a blob.
    """

    parcel: Any = fields.OneToOneField(
        "pharmacy.Parcel", related_name="receipt", on_delete=fields.RESTRICT, primary_key=True
    )
    parcel_id: UUID
    proof = fields.CharEnumField(Proof, max_length=8)
    name = SealedField(null=True)
    relation = fields.CharField(max_length=20, default="")
    given_by = fields.UUIDField(null=True)
    given_by_name = fields.CharField(max_length=40, default="")
    note = fields.CharField(max_length=200, default="")
    photo_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_parcel_receipt"


class Why(StrEnum):
    """Why a parcel came back, as it was found at the pharmacy's desk."""

    REFUSED = "refused"  # not wanted, and nothing wrong with it
    NOT_REACHED = "not_reached"
    QUALITY = "quality"  # torn, leaking, near its end
    WRONG = "wrong"  # not what was prescribed
    RECALLED = "recalled"  # called back by us


class Fault(StrEnum):
    """Whose it was that it came back: who bears the delivery."""

    RESIDENT = "resident"
    CARRIER = "carrier"
    PHARMACY = "pharmacy"


class Goods(StrEnum):
    """Where the drugs of a parcel that came back are afterwards."""

    SHELF = "shelf"
    DESTROYED = "destroyed"


class Return(Model):
    """What the pharmacy found when it opened a parcel that came back. One for a parcel (its key).

    `sound`: fit to be handed to the same patient. `custody`: it never left the hands of our own
    staff, which is the condition for a drug to go on a shelf again. `goods` is where the drugs are
    after a second person has seen to it.
    """

    parcel: Any = fields.OneToOneField(
        "pharmacy.Parcel", related_name="inspection", on_delete=fields.RESTRICT, primary_key=True
    )
    parcel_id: UUID
    why = fields.CharEnumField(Why, max_length=12)
    fault = fields.CharEnumField(Fault, max_length=10)
    sound = fields.BooleanField()
    custody = fields.BooleanField(default=False)
    note = fields.CharField(max_length=200, default="")
    by = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    at = fields.DatetimeField()
    goods = fields.CharEnumField(Goods, max_length=10, null=True)
    disposed_by_name = fields.CharField(max_length=40, default="")
    disposed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_parcel_return"


class ParcelEvent(Model):
    """One thing a carrier said happened at `at`, kept once however often it is said."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    parcel: Any = fields.ForeignKeyField(
        "pharmacy.Parcel", related_name="events", on_delete=fields.RESTRICT
    )
    parcel_id: UUID
    word = fields.CharEnumField(Word, max_length=16)
    at = fields.DatetimeField()
    place = fields.CharField(max_length=80, default="")
    note = fields.CharField(max_length=200, default="")
    heard_at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_parcel_event"
        unique_together = (("parcel_id", "word", "at"),)


class ParcelReading(Model):
    """One reading of a cold parcel's logger, in tenths of a degree Celsius."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    parcel: Any = fields.ForeignKeyField(
        "pharmacy.Parcel", related_name="readings", on_delete=fields.RESTRICT
    )
    parcel_id: UUID
    at = fields.DatetimeField()
    tenths = fields.IntField()

    class Meta:
        table = "pharmacy_parcel_reading"
        unique_together = (("parcel_id", "at"),)
