"""What the pages of this room need from outside, bound by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aiohttp import web

from care.teleconsultation.fees import FeeTable
from care.teleconsultation.rules import INSTANT_ANSWER


@dataclass(frozen=True, slots=True)
class Bindings:
    """The answer time of the desk and the published prices."""

    instant_answer: timedelta = INSTANT_ANSWER
    fees: FeeTable = field(default_factory=FeeTable.read)


BINDINGS: Final = web.AppKey("teleconsultation", Bindings)
