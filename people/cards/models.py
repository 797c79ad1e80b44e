"""Tables of the e-health card."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from people.cards.states import CardStatus


class HealthCard(Model):
    """One card of one person. At most one is active (index), a lost one stays as a row.

    `card_no` is what is printed, `card_ref` what the phone's codes name; both are random.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name="health_cards", on_delete=fields.RESTRICT
    )
    patient_id: UUID
    status = fields.CharEnumField(CardStatus, max_length=8, default=CardStatus.ACTIVE)
    card_no = fields.CharField(max_length=20, unique=True)
    card_ref = fields.CharField(max_length=16, unique=True)
    issued_at = fields.DatetimeField()
    issued_by = fields.UUIDField()
    lost_at = fields.DatetimeField(null=True)
    lost_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "people_health_card"
        indexes = (("patient_id", "status"),)


class UsedCode(Model):
    """A code that has opened a door once, kept until it would have expired anyway."""

    nonce = fields.CharField(max_length=40, primary_key=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "people_used_card_code"


class CardAlert(Model):
    """Somebody held out a code this house never made. The administrator looks at it once."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    at = fields.DatetimeField(db_index=True)
    place = fields.CharField(max_length=60)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    account_id = fields.UUIDField()
    account_name = fields.CharField(max_length=60)
    seen_at = fields.DatetimeField(null=True)
    seen_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "people_card_alert"
