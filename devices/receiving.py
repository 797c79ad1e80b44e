"""A message is kept before anybody understands it, with the fact that it wants to be understood.

Unsigned ones are kept too, because somebody has to mend that device; of each code only so many an
hour, because anybody can send them.
"""

import hashlib
from uuid import uuid4

import structlog

from core import clock, db, envelopes
from core.errors import TooMany
from core.limits import HOUR, MINUTE, Counter
from core.outbox import record
from devices.envelope import LARGEST, LONGEST_CODE, Incoming
from devices.events import DeviceMessageKept
from devices.models import Device, RawMessage, Reason, Way
from devices.policy import params
from devices.states import DeviceStatus, MessageStatus
from devices.words import REASONS

log = structlog.get_logger(__name__)
STRANGERS = "strangers"


async def keep(incoming: Incoming, counter: Counter) -> RawMessage | None:
    """The stored message; None for one unsigned too many, which nobody needs to see.

    Refused at once: unknown device, wrong signature, lost or retired device, too large. Raises
    TooMany for a device that speaks without end over HTTP.
    """
    device = await Device.get_or_none(code=incoming.code[:LONGEST_CODE])
    reason = _why_not(device, incoming)
    if reason in (Reason.UNKNOWN_DEVICE, Reason.SIGNATURE):
        whose = str(device.id) if device else STRANGERS
        try:
            await counter.hit((params().refused_per_hour, HOUR, f"refused:{whose}"))
        except TooMany:
            log.warning("device_message_dropped", reason=reason.value, way=incoming.way.value)
            return None
    if device is not None and reason is None and incoming.way is Way.HTTP:
        await counter.hit((params().per_minute, MINUTE, f"messages:{device.id}"))
    row = _row(incoming, device, reason)
    async with db.atomic():
        await row.save(force_create=True)
        if reason is None:
            event = DeviceMessageKept(message_id=str(row.id))
            await record(event, subject=f"Device/{device.id if device else row.id}")
    log.info("device_message", reason=reason.value if reason else "", way=incoming.way.value)
    return row


async def storms(row: RawMessage, counter: Counter) -> bool:
    """Whether its device says more in a minute than one has to say; counts this message, which came
    by MQTT and is stored."""
    try:
        await counter.hit((params().per_minute, MINUTE, f"messages:{row.device_id}"))
    except TooMany:
        log.warning("device_storms", device=str(row.device_id))
        return True
    return False


def _why_not(device: Device | None, incoming: Incoming) -> Reason | None:
    if device is None:
        return Reason.UNKNOWN_DEVICE
    if not incoming.is_signed_by(device.key):
        return Reason.SIGNATURE
    if device.status is not DeviceStatus.IN_USE:
        return Reason.LOST if device.status is DeviceStatus.LOST else Reason.RETIRED
    return Reason.TOO_LARGE if len(incoming.body) > LARGEST else None


def _row(incoming: Incoming, device: Device | None, reason: Reason | None) -> RawMessage:
    moment = clock.now()
    return RawMessage(
        id=uuid4(),
        device_id=device.id if device else None,
        code=_storable(incoming.code[:LONGEST_CODE]),
        way=incoming.way,
        path=_storable(incoming.path[:200]),
        received_at=moment,
        sent_at=envelopes.moment_of(incoming.time),
        sha256=hashlib.sha256(incoming.body).hexdigest(),
        size=len(incoming.body),
        body=incoming.body[:LARGEST].decode("latin-1"),
        status=MessageStatus.REFUSED if reason else MessageStatus.RECEIVED,
        reason=reason,
        words=REASONS[reason] if reason else "",
        settled_at=moment if reason else None,
    )


def _storable(text: str) -> str:
    """Text as a database keeps it; whoever sent it may have put anything there."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def body_of(row: RawMessage) -> bytes:
    """The bytes as they came, as far as they were kept."""
    return row.body.encode("latin-1")
