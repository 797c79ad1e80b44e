"""What a device has said already: by its own number, or the same values at the same time."""

from uuid import UUID

from core import crypto
from devices.formats import Reading
from devices.models import TakenReading
from devices.rules import is_same_measurement


async def look(device_id: UUID, reading: Reading) -> tuple[UUID | None, bool]:
    """The message that said the same, and whether the device used its number for something else
    before; with the same values too when it names another person. Call under the device's lock."""
    about = _about(reading)
    numbered = await TakenReading.get_or_none(device_id=device_id, measurement_id=reading.number)
    mark = _fingerprint(reading)
    if numbered is not None and numbered.fingerprint == mark and _may_be(numbered, about):
        return numbered.message_id, False
    for one in await TakenReading.filter(device_id=device_id, fingerprint=mark).order_by("id"):
        if is_same_measurement(one.measured_at, reading.measured_at) and _may_be(one, about):
            return one.message_id, False
    return None, numbered is not None


def _may_be(one: TakenReading, about: str) -> bool:
    """Whether it is not said to be another person's."""
    return not about or not one.about or one.about == about


async def remember(message_id: UUID, device_id: UUID, reading: Reading, *, reused: bool) -> None:
    """From now on this was said. A `reused` number is kept beside its uses before, however many:
    some counters begin again every day."""
    await TakenReading.create(
        device_id=device_id,
        measurement_id=f"{reading.number}*{message_id.hex[:12]}" if reused else reading.number,
        fingerprint=_fingerprint(reading),
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
