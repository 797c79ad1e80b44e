"""What became of a place that was kept because a visit could not help (ADR 0038).

`care` knows no booking: the composition root tells, and the doctor who ended the visit reads it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from aiohttp import web

from care.encounter.models import Encounter
from care.encounter.reasons import Offer
from core import clock

FOUND_WITHIN: Final = timedelta(minutes=5)
"""So long after the end a place may still be found; it takes seconds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Badge, word, and the rest of the sentence."""

    kind: str
    word: str
    words: str = ""


Places = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, Kept]]]
PLACES: Final[web.AppKey[Places]] = web.AppKey("visit_places")
NONE: Final = Kept("returned", "没有号可留", "居民看到的是请他自己约号")
LOOKING: Final = Kept("waiting", "正在找号")


async def of(request: web.Request, rows: Collection[Encounter]) -> dict[UUID, Kept]:
    """By visit; nothing for visits that offered no place."""
    offering = [row for row in rows if row.offer in (Offer.COUNTER, Offer.ONLINE)]
    found = await request.app[PLACES]([row.id for row in offering]) if offering else {}
    return {row.id: found.get(row.id) or _missing(row) for row in offering}


def _missing(row: Encounter) -> Kept:
    fresh = row.ended_at is not None and clock.now() - row.ended_at < FOUND_WITHIN
    return LOOKING if fresh else NONE
