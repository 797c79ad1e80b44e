"""Tables of who can be asked when: the roster, weekly hours, and the times that are taken."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Shift(Model):
    """Somebody is on call for a specialty, `position` 1 is asked first."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.CASCADE
    )
    organization_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name="shifts", on_delete=fields.CASCADE
    )
    practitioner_id: UUID
    specialty = fields.CharField(max_length=30)
    position = fields.IntField(default=1)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "care_shift"
        indexes = (("specialty", "starts_at", "ends_at"),)


class ConsultHours(Model):
    """When a specialist takes booked consultations, every week: minutes since midnight."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name="consult_hours", on_delete=fields.CASCADE
    )
    practitioner_id: UUID
    weekday = fields.IntField()
    opens = fields.IntField()
    closes = fields.IntField()

    class Meta:
        table = "care_consult_hours"
        unique_together = (("practitioner_id", "weekday", "opens"),)


class Booking(Model):
    """A specialist's time that is taken, unique, so the slower of two bookings is told."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="bookings", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.CASCADE
    )
    practitioner_id: UUID
    starts_at = fields.DatetimeField()

    class Meta:
        table = "care_booking"
        unique_together = (("practitioner_id", "starts_at"),)
