"""Tables of `chat`. What was said is kept at least three years (互联网诊疗监管细则)."""

from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from tortoise import fields
from tortoise.models import Model

from chat.speakers import PersonKind

NOTHING: Final = -1
"""As `left_seq`: who has left keeps nothing of it."""


class MessageKind(StrEnum):
    """What a message carries. A `system` line has no author."""

    TEXT = "text"
    PICTURE = "picture"
    FILE = "file"
    VOICE = "voice"
    SYSTEM = "system"


class Conversation(Model):
    """One place to talk, found by its subject. `last_seq` hands out the messages' numbers.

    `last_change` counts everything that changed, recalls too. A conversation with `held_at` is
    under legal hold: nothing of it is ever forgotten.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    subject = fields.CharField(max_length=100, unique=True)
    title = fields.CharField(max_length=80)
    last_seq = fields.IntField(default=0)
    last_change = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    held_at = fields.DatetimeField(null=True)
    hold_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "chat_conversation"


class Member(Model):
    """Who may read and write. Somebody who left keeps what they could read, not what follows; a
    guest may read only what comes after `from_seq`."""

    id = fields.BigIntField(primary_key=True)
    conversation: Any = fields.ForeignKeyField(
        "chat.Conversation", related_name="members", on_delete=fields.CASCADE
    )
    person_id = fields.UUIDField()
    name = fields.CharField(max_length=60)
    organization = fields.CharField(max_length=80, default="")
    kind = fields.CharEnumField(PersonKind, default=PersonKind.STAFF, max_length=10)
    may_write = fields.BooleanField(default=True)
    read_seq = fields.IntField(default=0)
    from_seq = fields.IntField(default=0)
    joined_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)
    left_seq = fields.IntField(null=True)

    class Meta:
        table = "chat_member"
        unique_together = (("conversation", "person_id"),)
        indexes = (("person_id",),)


class Message(Model):
    """One thing said. A recalled message keeps its content for the record and shows none of it.

    `change` is the conversation's count when the message was said or, later, recalled.
    `account_id` is the account that wrote, `folded` the text as searches compare it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    conversation: Any = fields.ForeignKeyField(
        "chat.Conversation", related_name="messages", on_delete=fields.CASCADE
    )
    seq = fields.IntField()
    change = fields.IntField(default=0)
    author_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=60, default="")
    client_id = fields.CharField(max_length=64)
    kind = fields.CharEnumField(MessageKind, max_length=10)
    text = fields.TextField(default="")
    folded = fields.TextField(default="")
    quote_seq = fields.IntField(null=True)
    blob_id = fields.UUIDField(null=True)
    duration_ms = fields.IntField(null=True)
    at = fields.DatetimeField()
    recalled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "chat_message"
        unique_together = (("conversation", "seq"), ("conversation", "author_id", "client_id"))
        indexes = (("conversation_id", "change"),)


class Phrase(Model):
    """A canned sentence (常用语): of one doctor, or of a department (`owner_id` is null)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    organization_id = fields.UUIDField()
    department = fields.CharField(max_length=30, default="")
    owner_id = fields.UUIDField(null=True)
    made_by = fields.UUIDField()
    text = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()

    class Meta:
        table = "chat_phrase"
        indexes = (("organization_id", "department"), ("owner_id",))
