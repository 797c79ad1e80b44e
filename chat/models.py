"""Tables of `chat`. What was said is kept at least three years (互联网诊疗监管细则)."""

from enum import StrEnum
from typing import Any
from uuid import uuid4

from tortoise import fields
from tortoise.models import Model


class MessageKind(StrEnum):
    """What a message carries. A `system` line has no author."""

    TEXT = "text"
    PICTURE = "picture"
    FILE = "file"
    VOICE = "voice"
    SYSTEM = "system"


class Conversation(Model):
    """One place to talk, found by its subject. `last_seq` hands out the messages' numbers."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    subject = fields.CharField(max_length=100, unique=True)
    title = fields.CharField(max_length=80)
    last_seq = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "chat_conversation"


class Member(Model):
    """Who may read and write. Somebody who left keeps what they could read, not what follows."""

    id = fields.BigIntField(primary_key=True)
    conversation: Any = fields.ForeignKeyField(
        "chat.Conversation", related_name="members", on_delete=fields.CASCADE
    )
    person_id = fields.UUIDField()
    name = fields.CharField(max_length=60)
    organization = fields.CharField(max_length=80, default="")
    may_write = fields.BooleanField(default=True)
    read_seq = fields.IntField(default=0)
    joined_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)
    left_seq = fields.IntField(null=True)

    class Meta:
        table = "chat_member"
        unique_together = (("conversation", "person_id"),)
        indexes = (("person_id",),)


class Message(Model):
    """One thing said. A recalled message keeps its content for the record and shows none of it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    conversation: Any = fields.ForeignKeyField(
        "chat.Conversation", related_name="messages", on_delete=fields.CASCADE
    )
    seq = fields.IntField()
    author_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=60, default="")
    client_id = fields.CharField(max_length=64)
    kind = fields.CharEnumField(MessageKind, max_length=10)
    text = fields.TextField(default="")
    quote_seq = fields.IntField(null=True)
    blob_id = fields.UUIDField(null=True)
    duration_ms = fields.IntField(null=True)
    at = fields.DatetimeField()
    recalled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "chat_message"
        unique_together = (("conversation", "seq"), ("conversation", "author_id", "client_id"))
