"""What devices speak: one small module for each format, named here.

A module has `WORDS`, its name for people, and `read(raw) -> Reading`, which raises Unreadable and
nothing else, whatever the bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from devices.formats import ieee11073, own
from devices.formats.reading import Measure, Quantity, Reading, Reference, Unreadable

__all__ = ["FORMATS", "Format", "Measure", "Quantity", "Reading", "Reference", "Unreadable", "read"]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to say it."""

    words: str
    read: Callable[[bytes], Reading]


FORMATS: Final[Mapping[str, Format]] = {
    "doorstep": Format(own.WORDS, own.read),
    "ieee11073": Format(ieee11073.WORDS, ieee11073.read),
}


def read(name: str, raw: bytes) -> Reading:
    """What a device of this format says. Raises Unreadable."""
    return FORMATS[name].read(raw)
