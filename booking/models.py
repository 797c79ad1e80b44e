"""Tables of `booking`. FHIR: Schedule, Slot, Appointment."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from booking.states import Remedy, Status, Wish


class ActorKind(StrEnum):
    """Whose time is booked: a doctor's, a room's or a device's."""

    DOCTOR = "doctor"
    ROOM = "room"
    DEVICE = "device"


class ServiceType(StrEnum):
    """A visit at the counter, an online visit, or an examination."""

    VISIT = "visit"
    ONLINE = "online"
    EXAM = "exam"


class Pool(StrEnum):
    """For whom places are kept (domain facts §6)."""

    PUBLIC = "public"
    GRASSROOTS = "grassroots"
    FAMILY_DOCTOR = "family_doctor"
    ONSITE = "onsite"
    FOLLOWUP = "followup"


class Channel(StrEnum):
    """Through whom the appointment was made."""

    RESIDENT = "resident"
    VILLAGE = "village"
    COUNTER = "counter"
    DOCTOR = "doctor"


class Payment(StrEnum):
    """How the fee is settled. pending: nobody has paid yet."""

    FREE = "free"
    PENDING = "pending"
    ONLINE = "online"
    CASH = "cash"
    AT_VISIT = "at_visit"


class CancelledBy(StrEnum):
    """Who gave the appointment up."""

    PATIENT = "patient"
    STAFF = "staff"
    HOSPITAL = "hospital"


class Schedule(Model):
    """What can be booked: one doctor's clinic, one room, one device.

    `needs` names what an examination asks of the patient (`rules.PREREQUISITES`).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    kind = fields.CharEnumField(ActorKind, max_length=8)
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID | None
    name = fields.CharField(max_length=40)
    department = fields.CharField(max_length=30)
    service_type = fields.CharEnumField(ServiceType, max_length=8)
    place = fields.CharField(max_length=60, default="")
    fee_fen = fields.IntField(default=0)
    needs: Any = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "booking_schedule"
        unique_together = (("organization_id", "kind", "name", "service_type"),)


class WeeklyHours(Model):
    """One block of a week: minutes since midnight, the length of a slot, places by pool."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    schedule: Any = fields.ForeignKeyField(
        "booking.Schedule", related_name="hours", on_delete=fields.CASCADE
    )
    schedule_id: UUID
    weekday = fields.IntField()
    opens = fields.IntField()
    closes = fields.IntField()
    slot_minutes = fields.IntField()
    places: Any = fields.JSONField()

    class Meta:
        table = "booking_weekly_hours"
        unique_together = (("schedule_id", "weekday", "opens"),)


class Closure(Model):
    """Time without service: a holiday of the house (no schedule), or one schedule stopped."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    schedule: Any = fields.ForeignKeyField(
        "booking.Schedule", related_name="closures", null=True, on_delete=fields.CASCADE
    )
    schedule_id: UUID | None
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    reason = fields.CharField(max_length=100)
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField()
    lifted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking_closure"
        indexes = (("organization_id", "ends_at"),)


class Slot(Model):
    """The places of one pool at one time. `remaining` moves only by conditional updates.

    quota = remaining + appointments in `states.HOLDS_PLACE`, always.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    schedule: Any = fields.ForeignKeyField(
        "booking.Schedule", related_name="slots", on_delete=fields.RESTRICT
    )
    schedule_id: UUID
    pool = fields.CharEnumField(Pool, max_length=16)
    day = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    quota = fields.IntField()
    remaining = fields.IntField()
    open = fields.BooleanField(default=True)
    release_at = fields.DatetimeField()
    returns_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking_slot"
        unique_together = (("schedule_id", "starts_at", "pool"),)
        indexes = (("schedule_id", "day"), ("returns_at",))


class Appointment(Model):
    """One patient's place. At most one live one for a patient, a `group` and a day (index).

    `group` is the department, for examinations the schedule. `key` makes a repeat harmless,
    `code` is on the slip and tells nothing about anybody. `queue_number` is given at the door.
    `fresh`: made by this very call, with its schedule loaded; nothing can have become of it yet.
    """

    fresh = False
    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12)
    slot: Any = fields.ForeignKeyField(
        "booking.Slot", related_name="appointments", on_delete=fields.RESTRICT
    )
    slot_id: UUID
    schedule: Any = fields.ForeignKeyField(
        "booking.Schedule", related_name="appointments", on_delete=fields.RESTRICT
    )
    schedule_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    group = fields.CharField(max_length=80)
    day = fields.DateField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    code = fields.CharField(max_length=12, unique=True)
    key = fields.CharField(max_length=100, null=True, unique=True)
    channel = fields.CharEnumField(Channel, max_length=10)
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=60)
    made_at_organization_id = fields.UUIDField(null=True)
    fee_fen = fields.IntField()
    payment = fields.CharEnumField(Payment, max_length=10)
    held_at = fields.DatetimeField()
    hold_expires_at = fields.DatetimeField(null=True)
    booked_at = fields.DatetimeField(null=True)
    miss_at = fields.DatetimeField()
    checked_in_at = fields.DatetimeField(null=True)
    queue_number = fields.IntField(null=True)
    queue_at = fields.DatetimeField(null=True)
    called_at = fields.DatetimeField(null=True)
    calls = fields.IntField(default=0)
    began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    cancelled_by = fields.CharEnumField(CancelledBy, max_length=10, null=True)
    reason = fields.CharField(max_length=200, default="")
    refund_fen = fields.IntField(default=0)
    refunded_at = fields.DatetimeField(null=True)
    excused_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking_appointment"
        unique_together = (("schedule_id", "day", "queue_number"),)
        indexes = (
            ("slot_id", "status"),
            ("patient_id", "status"),
            ("status", "hold_expires_at"),
            ("status", "miss_at"),
            ("schedule_id", "day"),
            ("made_at_organization_id", "day"),
        )


class Tally(Model):
    """Counts each place taken for one patient, so that two at once cannot both be checked right.

    Whoever adds an appointment moves `version` on, and only from where it stood when the patient's
    other appointments were read (docs/adr/0027).
    """

    patient_id = fields.UUIDField(primary_key=True)
    version = fields.BigIntField()

    class Meta:
        table = "booking_tally"


class WaitingWish(Model):
    """Somebody would like any place of one schedule, day and pool. The line is by `id`."""

    id = fields.BigIntField(primary_key=True)
    status = fields.CharEnumField(Wish, max_length=10, default=Wish.WAITING)
    schedule: Any = fields.ForeignKeyField(
        "booking.Schedule", related_name="wishes", on_delete=fields.CASCADE
    )
    schedule_id: UUID
    day = fields.DateField()
    pool = fields.CharEnumField(Pool, max_length=16)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    channel = fields.CharEnumField(Channel, max_length=10)
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=60)
    made_at_organization_id = fields.UUIDField(null=True)
    joined_at = fields.DatetimeField()
    appointment_id = fields.UUIDField(null=True, unique=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking_waiting_wish"
        indexes = (("schedule_id", "day", "pool", "status"), ("patient_id",))


class Disruption(Model):
    """One appointment that a closure ended, and what was done about it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    closure: Any = fields.ForeignKeyField(
        "booking.Closure", related_name="disruptions", on_delete=fields.RESTRICT
    )
    closure_id: UUID
    appointment: Any = fields.OneToOneField(
        "booking.Appointment", related_name="disruption", on_delete=fields.RESTRICT
    )
    appointment_id: UUID
    remedy = fields.CharEnumField(Remedy, max_length=10, default=Remedy.OPEN)
    moved_to_id = fields.UUIDField(null=True)
    settled_at = fields.DatetimeField(null=True)
    settled_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "booking_disruption"


class CashEntry(Model):
    """Cash taken (or given back, negative) for one appointment, until it is handed over."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="cash", on_delete=fields.RESTRICT
    )
    appointment_id: UUID
    kind = fields.CharField(max_length=8)
    amount_fen = fields.IntField()
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    practitioner_id = fields.UUIDField()
    practitioner_name = fields.CharField(max_length=60)
    at = fields.DatetimeField()
    handed_over_at = fields.DatetimeField(null=True)
    received_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "booking_cash_entry"
        unique_together = (("appointment_id", "kind"),)
        indexes = (("organization_id", "at"),)


class Appeal(Model):
    """Why a missed appointment should not count, and what the outpatient office found."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    appointment: Any = fields.OneToOneField(
        "booking.Appointment", related_name="appeal", on_delete=fields.RESTRICT
    )
    appointment_id: UUID
    text = fields.CharField(max_length=300)
    made_by_name = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()
    upheld = fields.BooleanField(null=True)
    decision = fields.CharField(max_length=300, default="")
    decided_by_name = fields.CharField(max_length=60, default="")
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking_appeal"
