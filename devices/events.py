"""What happened to devices' messages that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMessageKept(Event):
    """A genuine message is stored and wants to be understood."""

    name: ClassVar[str] = "devices.DeviceMessageKept"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMessageSettled(Event):
    """It was accepted, refused, held, or said something again; or a person decided."""

    name: ClassVar[str] = "devices.DeviceMessageSettled"
    message_id: str
    organization_id: str
    status: str
