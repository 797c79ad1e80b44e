"""What the pages of this room need from outside, bound by the composition root."""

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from care.teleconsultation.fees import FeeTable


@dataclass(frozen=True, slots=True)
class Bindings:
    """The published prices."""

    fees: FeeTable = field(default_factory=FeeTable.read)


BINDINGS: Final = web.AppKey("teleconsultation", Bindings)
