"""What residents thought: stars and words, once for each visit, without effect on anything else.

The doctor reads an average and the words without names or days, and only from a few on, so that
nobody is found by being the only one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.functions import Avg, Count

from care.encounter.models import Encounter, EncounterRating
from care.encounter.policy import params
from care.encounter.states import Status
from care.encounter.steps import write_down
from core import clock, db
from core.audit import Who
from core.errors import Conflict

ENOUGH: Final = 3
LATEST: Final = 20
RATED: Final = frozenset({Status.FINISHED, Status.TERMINATED})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a doctor reads. `average` None: too few to say."""

    count: int
    average: float | None
    words: list[str]


def may_rate_until(row: Encounter) -> datetime | None:
    """Until when the visit may be rated, and the rating changed; None when not at all."""
    if row.status not in RATED or row.ended_at is None:
        return None
    return row.ended_at + params().rating


async def rate(who: Who, row: Encounter, stars: int, words: str) -> EncounterRating:
    """Give or change the rating. Raises Conflict before the end or too late."""
    until = may_rate_until(row)
    if until is None:
        raise Conflict("not_over", "看完以后才能评价。")
    if clock.now() > until:
        raise Conflict("too_late", "评价的时间过了。有问题可以投诉。")
    async with db.atomic():
        await Encounter.filter(id=row.id).select_for_update().first()
        found, created = await EncounterRating.get_or_create(
            encounter_id=row.id,
            defaults={
                "practitioner_id": row.practitioner_id,
                "account_id": who.account_id,
                "stars": stars,
                "words": words,
                "at": clock.now(),
            },
        )
        if created or (found.stars, found.words) != (stars, words):
            found.update_from_dict({"stars": stars, "words": words, "account_id": who.account_id})
            await found.save(update_fields=["stars", "words", "account_id"])
            await write_down(who, row, "rate")
    return found


async def of_visit(row: Encounter) -> EncounterRating | None:
    """The rating, for the resident."""
    return await EncounterRating.get_or_none(encounter_id=row.id)


async def opinion_of(practitioner_id: UUID) -> Opinion:
    """What all of this doctor's residents thought; the words in no order of time."""
    rows = EncounterRating.filter(practitioner_id=practitioner_id)
    summed = await rows.annotate(mean=Avg("stars"), many=Count("id")).values("mean", "many")
    count = int(summed[0]["many"]) if summed else 0
    if count < ENOUGH:
        return Opinion(count, None, [])
    said = (
        await rows.exclude(words="").order_by("-at").limit(LATEST).values_list("words", flat=True)
    )
    return Opinion(count, round(float(summed[0]["mean"]), 1), sorted(map(str, said)))
