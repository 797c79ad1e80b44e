"""Tables of duty phones."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField


class DutyPhone(Model):
    """The number at which somebody of the staff is told what cannot wait for a screen.

    `phone` is proven by a code; `asked_phone` waits for its code, of which only the MAC is kept.
    `only_alerts`: nothing but dangerous readings, until it is switched back.
    """

    practitioner_id: UUID = fields.UUIDField(primary_key=True)
    phone = SealedField(null=True)
    proven_at = fields.DatetimeField(null=True)
    only_alerts = fields.BooleanField(default=False)
    asked_phone = SealedField(null=True)
    mac = fields.CharField(max_length=64, default="")
    sent_at = fields.DatetimeField(null=True)
    failures = fields.IntField(default=0)
    day = fields.DateField(null=True)
    sent_that_day = fields.IntField(default=0)

    class Meta:
        table = "notifications_duty_phone"
