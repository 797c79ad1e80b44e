"""The forms of devices, and what a device is answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from core import clock
from core.http import Schema
from devices.formats import FORMATS
from devices.models import Kind, RawMessage

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class DeviceIn(Schema):
    """A new device. `organization` is a house's code; others than administrators leave it out."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$")]
    kind: Kind
    maker: Text
    model: Text
    serial: str = Field("", max_length=60)
    format: str = "doorstep"
    organization: str = ""

    @field_validator("code", mode="before")
    @classmethod
    def _tidy(cls, value: object) -> object:
        return value.strip().upper() if isinstance(value, str) else value

    @field_validator("format")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FORMATS:
            raise ValueError("请选择一种格式")
        return value


class WhyIn(Schema):
    """Why a device is lost or out of use, or a message is put aside."""

    why: Why


class PatientIn(Schema):
    """Whom it is about."""

    patient_id: UUID


class AssignIn(Schema):
    """Whose a held reading is. `time`: as the device says it, or when it came. `unit`: what the
    number was in, when the device did not say."""

    patient_id: UUID
    time: Literal["device", "received"] = "device"
    unit: str = Field("", max_length=10)


class Answer(Schema):
    """What became of a message. `reason` is stable and for programs, `detail` for a person.

    `received_at` is our clock, by which a device may set its own.
    """

    id: UUID
    outcome: Literal["received", "accepted", "duplicate", "held", "refused"]
    reason: str | None
    detail: str
    duplicate_of: UUID | None
    received_at: datetime


def answer_to(row: RawMessage) -> Answer:
    """What a device is told: nothing about whose it is."""
    return Answer(
        id=row.id,
        outcome=row.status.value,
        reason=row.reason.value if row.reason else None,
        detail=row.words,
        duplicate_of=row.message_of,
        received_at=row.received_at.astimezone(clock.SHANGHAI),
    )
