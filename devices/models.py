"""Tables of devices and of what they say. FHIR: Device, DeviceUseStatement; a message has none."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField
from devices.states import DeviceStatus, MessageStatus


class Kind(StrEnum):
    """What a device measures."""

    PRESSURE = "blood-pressure"
    GLUCOSE = "glucose"
    COMBINED = "combined"


class Way(StrEnum):
    """How a message came."""

    HTTP = "http"
    MQTT = "mqtt"


class Reason(StrEnum):
    """Why a message was refused, is held, or was taken without an alert."""

    # refused before it was read
    UNKNOWN_DEVICE = "unknown_device"
    SIGNATURE = "signature"
    LOST = "lost"
    RETIRED = "retired"
    TOO_LARGE = "too_large"
    # refused for what it says
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    # held for a person
    UNIT = "unit"
    ID_REUSED = "id_reused"
    FUTURE = "future"
    CLOCK = "clock"
    ANCIENT = "ancient"
    NO_PATIENT = "no_patient"
    UNKNOWN_PATIENT = "unknown_patient"
    ANOTHER_PATIENT = "another_patient"
    TWO_PATIENTS = "two_patients"
    CARD = "card"
    DECEASED = "deceased"
    # put aside by a person
    DISMISSED = "dismissed"
    # taken, but nobody was alarmed
    STALE = "stale"


class Device(Model):
    """One device of one clinic. `code` is what it calls itself, `key` signs its messages.

    `offset_s` is how far its clock is ahead of ours, by its last message. `format` names the
    module of `devices.formats` that reads what it says.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=40, unique=True)
    kind = fields.CharEnumField(Kind, max_length=16)
    maker = fields.CharField(max_length=40)
    model = fields.CharField(max_length=40)
    serial = fields.CharField(max_length=60, default="")
    format = fields.CharField(max_length=20)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    key = SealedField()
    key_since = fields.DatetimeField()
    status = fields.CharEnumField(DeviceStatus, max_length=8, default=DeviceStatus.IN_USE)
    status_note = fields.CharField(max_length=200, default="")
    registered_at = fields.DatetimeField()
    registered_by = fields.CharField(max_length=40)
    seen_at = fields.DatetimeField(null=True)
    offset_s = fields.IntField(null=True)
    battery = fields.SmallIntField(null=True)

    class Meta:
        table = "devices_device"
        indexes = (("organization_id", "status"),)


class Loan(Model):
    """A device at a resident's home: whatever it measured meanwhile is theirs.

    `open_device_id` repeats the device while it is out, so that none is lent twice.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    device: Any = fields.ForeignKeyField(
        "devices.Device", related_name=False, on_delete=fields.RESTRICT
    )
    device_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    open_device_id = fields.UUIDField(null=True, unique=True)
    lent_at = fields.DatetimeField()
    lent_by = fields.CharField(max_length=40)
    returned_at = fields.DatetimeField(null=True)
    returned_by = fields.CharField(max_length=40, default="")

    class Meta:
        table = "devices_loan"
        indexes = (("device_id", "lent_at"), ("patient_id",))


class Measuring(Model):
    """正在给谁量: who sits before a clinic's device, from `begun_at` to `until` at the latest."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    device: Any = fields.ForeignKeyField(
        "devices.Device", related_name=False, on_delete=fields.RESTRICT
    )
    device_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    begun_at = fields.DatetimeField()
    begun_by = fields.CharField(max_length=40)
    until = fields.DatetimeField()

    class Meta:
        table = "devices_measuring"
        indexes = (("device_id", "begun_at"),)


class RawMessage(Model):
    """One message as it came, kept before it is understood, and what became of it.

    `body` holds its bytes one letter each (Latin-1), sealed. `sha256` is of all its bytes, also of
    those beyond what is kept. `words` says the reason to a person and names nobody.
    `message_of` names the first message when this one says the same again.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    device: Any = fields.ForeignKeyField(
        "devices.Device", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    device_id: UUID | None
    code = fields.CharField(max_length=40)
    way = fields.CharEnumField(Way, max_length=4)
    path = fields.CharField(max_length=200)
    received_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    body = SealedField()
    status = fields.CharEnumField(MessageStatus, max_length=12, default=MessageStatus.RECEIVED)
    reason = fields.CharEnumField(Reason, max_length=20, null=True)
    words = fields.CharField(max_length=300, default="")
    message_of = fields.UUIDField(null=True)
    measured_at = fields.DatetimeField(null=True)
    critical = fields.BooleanField(default=False)
    patient_id = fields.UUIDField(null=True)
    panel_id = fields.UUIDField(null=True)
    settled_at = fields.DatetimeField(null=True)
    settled_by = fields.CharField(max_length=40, default="")

    class Meta:
        table = "devices_message"
        indexes = (
            ("device_id", "received_at"),
            ("status", "received_at"),
            ("received_at",),
            ("patient_id",),
        )


class TakenReading(Model):
    """What a device has said already, by its own number and by its values (`fingerprint`).

    Stays when the message is forgotten. `about` tells two named people apart, without names.
    """

    id = fields.BigIntField(primary_key=True)
    device: Any = fields.ForeignKeyField(
        "devices.Device", related_name=False, on_delete=fields.RESTRICT
    )
    device_id: UUID
    measurement_id = fields.CharField(max_length=80)
    fingerprint = fields.CharField(max_length=64)
    about = fields.CharField(max_length=64, default="")
    measured_at = fields.DatetimeField()
    message_id = fields.UUIDField()

    class Meta:
        table = "devices_reading"
        unique_together = (("device_id", "measurement_id"),)
        indexes = (("device_id", "fingerprint"),)
