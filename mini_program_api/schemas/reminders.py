"""How somebody wants to be told: which channels for which kind of message."""

from pydantic import Field

from core.http import Schema
from mini_program_api.schemas.common import Input, Items
from notifications.models import Channel
from notifications.topics import Group


class ChannelOut(Schema):
    """One way, and whether it is on."""

    channel: Channel
    on: bool


class ReminderGroupOut(Schema):
    """One kind of message. `required`: the law wants it told, so it stays on."""

    group: Group
    required: bool
    channels: list[ChannelOut]


class ReminderGroups(Items[ReminderGroupOut]):
    """All kinds. Between `quiet_from` and `quiet_until` only what cannot wait is sent."""

    quiet_from: str = Field(description="HH:MM")
    quiet_until: str = Field(description="HH:MM")


class ReminderIn(Input):
    """One switch."""

    group: str = Field(min_length=1, max_length=12)
    channel: str = Field(min_length=1, max_length=12)
    on: bool
