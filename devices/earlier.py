"""What a device has said already: by its own number, or the same values at the same time."""

from uuid import UUID

from core import crypto
from devices.formats import Reading
from devices.models import TakenReading
from devices.rules import is_same_measurement


async def look(device_id: UUID, reading: Reading) -> tuple[UUID | None, bool]:
    """The message that said the same, and whether the device used its number for something else
    before. Call under the device's lock."""
    numbered = await TakenReading.get_or_none(device_id=device_id, measurement_id=reading.number)
    if numbered is not None and numbered.fingerprint == _fingerprint(reading):
        return numbered.message_id, False
    alike = TakenReading.filter(device_id=device_id, fingerprint=_fingerprint(reading))
    about = _about(reading)
    for one in await alike.order_by("id"):
        near = is_same_measurement(one.measured_at, reading.measured_at)
        if near and (not about or not one.about or one.about == about):
            return one.message_id, False
    return None, numbered is not None


async def remember(message_id: UUID, device_id: UUID, reading: Reading, *, reused: bool) -> None:
    """From now on this was said. A `reused` number is kept beside its first use."""
    mark = _fingerprint(reading)
    await TakenReading.create(
        device_id=device_id,
        measurement_id=f"{reading.number}*{mark[:12]}" if reused else reading.number,
        fingerprint=mark,
        about=_about(reading),
        measured_at=reading.measured_at,
        message_id=message_id,
    )


def _fingerprint(reading: Reading) -> str:
    return crypto.keyring().mac("device-reading", _bytes(reading.said))


def _about(reading: Reading) -> str:
    if reading.about is None:
        return ""
    said = f"{reading.about.kind}:{reading.about.text}"
    return crypto.keyring().mac("device-reading-about", _bytes(said))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
