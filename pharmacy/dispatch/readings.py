"""Temperatures of cold bags whenever they change hands."""

from collections.abc import Sequence
from typing import Final

from core import clock
from core.audit import Who
from core.errors import Conflict, FieldError, Invalid
from pharmacy.delivery import tracking
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.rules import Reading
from pharmacy.dispatch import rules

WANTED: Final = "有要冷藏的药:请看温度记录仪,填现在的温度,例如 5.2。"
UNREADABLE: Final = "这不是温度,请填数字,例如 5.2。"
WARM: Final = "现在 {now},不在 2–8 °C,不能交接!请换冷藏箱,温度合格了再交。"
SPOILT: Final = "这一袋冷藏药在 2–8 °C 以外太久,不能再给居民!请放到一边,带回药房。"


async def note_cold(who: Who, parcels: Sequence[Parcel], temperature: str) -> None:
    """Keep the reading for every cold bag among these; nothing is asked where none is cold.

    A bad reading is kept as well, so call it before the transaction it may stop. Raises Invalid
    without one, Conflict `too_warm_now` outside 2-8 °C, `spoilt` for longer than is allowed.
    """
    cold = [one for one in parcels if one.cold]
    if not cold:
        return
    value = read(temperature)
    spoilt = [
        await tracking.read_logger(who, one.id, [Reading(clock.now(), value)]) for one in cold
    ]
    if any(spoilt):
        raise Conflict("spoilt", SPOILT)
    if not rules.is_cold(value):
        raise Conflict("too_warm_now", WARM.format(now=rules.degrees(value)))


def read(temperature: str) -> int:
    """Tenths of a degree. Raises Invalid."""
    if not temperature.strip():
        raise Invalid("reading_needed", WANTED, errors=[FieldError("temperature", WANTED)])
    value = rules.tenths(temperature)
    if value is None:
        raise Invalid("not_a_reading", UNREADABLE, errors=[FieldError("temperature", UNREADABLE)])
    return value
