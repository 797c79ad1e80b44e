"""What this room asks of its neighbours, which it does not know: bound by the composition root."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from family_doctor.leads.models import Lead
from people.models import Practitioner


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: badge, word, the rest of the sentence, and where one can look."""

    kind: str
    word: str
    words: str = ""
    href: str = ""


Outcomes = Callable[[Sequence[Lead]], Awaitable[Mapping[UUID, Outcome]]]
OUTCOMES: Final[web.AppKey[Outcomes]] = web.AppKey("family_lead_outcomes")

Times = Callable[[Collection[Practitioner]], Awaitable[Mapping[UUID, datetime]]]
TIMES: Final[web.AppKey[Times]] = web.AppKey("family_lead_times")
"""The next free time of each doctor's online visits."""
