"""Tables of `notifications`. FHIR: Communication; its attempts and receipts are ours."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from notifications.states import Call, Delivery, Stage


class RecipientKind(StrEnum):
    """Who is told. patient: somebody for whom no account is there, by telephone only. staff: a
    practitioner, at their duty phone."""

    ACCOUNT = "account"
    PATIENT = "patient"
    STAFF = "staff"


class Channel(StrEnum):
    """The ways to a resident, beside the inbox, in the house's order.

    wechat: subscribe messages of the mini program. official: template messages of the official
    account, to those who follow it. phone: a person calls.
    """

    WECHAT = "wechat"
    OFFICIAL = "official"
    SMS = "sms"
    PHONE = "phone"


class Communication(Model):
    """The intent: one thing one recipient is told, about one patient, when it is due.

    `words` are what the channels' templates are filled with, plain enough for a locked screen.
    `page` is where it leads in the H5. `channel` is the one to be tried at `next_at`, `tries` how
    often it was, `lease` which process has it. Nobody is told after `expires_at`. What is open is
    found by partial indexes (migration 0005), which a row leaves for good with its end.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    recipient_kind = fields.CharEnumField(RecipientKind, max_length=8)
    recipient_id = fields.UUIDField()
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
    due_at = fields.DatetimeField()
    next_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    status = fields.CharEnumField(Stage, max_length=12)
    channel = fields.CharEnumField(Channel, max_length=12, null=True)
    tries = fields.IntField(default=0)
    lease = fields.CharField(max_length=16, null=True)
    leased_until = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications_communication"
        unique_together = (("recipient_id", "topic", "subject"),)
        indexes = (("topic", "subject"),)


class Attempt(Model):
    """One try to bring one communication by one channel. `code` says why it did not work.

    It is written before the message leaves the house. `account_id` and `template_id` tell which
    messages the channel could confuse: of those only one is under way (a partial unique index of
    the migration). `message_id` is the channel's own name for it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    communication: Any = fields.ForeignKeyField(
        "notifications.Communication", related_name="attempts", on_delete=fields.CASCADE
    )
    communication_id: UUID
    channel = fields.CharEnumField(Channel, max_length=12)
    status = fields.CharEnumField(Delivery, max_length=12, default=Delivery.SENDING)
    code = fields.CharField(max_length=60, default="")
    account_id = fields.UUIDField()
    template_id = fields.CharField(max_length=64, default="")
    message_id = fields.CharField(max_length=64, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "notifications_attempt"
        indexes = (("channel", "message_id"), ("communication_id",), ("at",))


class Heard(StrEnum):
    """What became of a message that a channel took."""

    DELIVERED = "delivered"
    FAILED = "failed"
    READ = "read"
    TAPPED = "tapped"


class Receipt(Model):
    """A word about a message afterwards: of the channel, or of the one who reads it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    communication: Any = fields.ForeignKeyField(
        "notifications.Communication", related_name="receipts", on_delete=fields.CASCADE
    )
    communication_id: UUID
    channel = fields.CharField(max_length=12)
    kind = fields.CharEnumField(Heard, max_length=12)
    code = fields.CharField(max_length=60, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "notifications_receipt"
        unique_together = (("communication_id", "channel", "kind"),)
        indexes = (("channel", "at"),)


class Bucket(Model):
    """How many messages a channel may take just now. All processes draw from it."""

    channel = fields.CharField(max_length=12, primary_key=True)
    level = fields.FloatField()
    at = fields.FloatField()

    class Meta:
        table = "notifications_bucket"


class CallTask(Model):
    """Somebody is to be called, because no channel reached them. FHIR: Task.

    It belongs to the house that manages the patient's record. `due_at` moves when nobody answers.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    communication: Any = fields.OneToOneField(
        "notifications.Communication", related_name="call", on_delete=fields.CASCADE
    )
    communication_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    organization_id = fields.UUIDField()
    status = fields.CharEnumField(Call, max_length=12, default=Call.OPEN)
    tries = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    note = fields.CharField(max_length=200, default="")
    made_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    done_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "notifications_call_task"
        indexes = (("organization_id", "status", "due_at"),)


class Preference(Model):
    """A channel that an account has switched off for a group of topics."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    account_id = fields.UUIDField()
    group = fields.CharField(max_length=12)
    channel = fields.CharEnumField(Channel, max_length=12)
    at = fields.DatetimeField()

    class Meta:
        table = "notifications_preference"
        unique_together = (("account_id", "group", "channel"),)
