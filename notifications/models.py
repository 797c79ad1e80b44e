"""Tables of `notifications`. FHIR: Communication."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from notifications.states import Delivery


class Channel(StrEnum):
    """The ways to a resident, beside the inbox."""

    WECHAT = "wechat"


class Communication(Model):
    """One thing one account is told, about one patient. `page` is where it leads in the H5.

    `words` are what the channels' templates are filled with, plain enough for a locked screen.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    account_id = fields.UUIDField()
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    topic = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=100)
    title = fields.CharField(max_length=40)
    text = fields.CharField(max_length=300)
    words: Any = fields.JSONField()
    page = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications_communication"
        unique_together = (("account_id", "topic", "subject"),)
        indexes = (("account_id", "created_at"),)


class Attempt(Model):
    """What became of one communication on one channel. `code` is the channel's refusal."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    communication: Any = fields.ForeignKeyField(
        "notifications.Communication", related_name="attempts", on_delete=fields.CASCADE
    )
    communication_id: UUID
    channel = fields.CharEnumField(Channel, max_length=12)
    status = fields.CharEnumField(Delivery, max_length=12, default=Delivery.SENDING)
    code = fields.CharField(max_length=60, default="")
    tries = fields.IntField(default=1)
    at = fields.DatetimeField()

    class Meta:
        table = "notifications_attempt"
        unique_together = (("communication_id", "channel"),)
