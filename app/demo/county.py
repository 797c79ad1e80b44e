"""The whole demo county, from the bottom package up."""

from collections.abc import Awaitable, Callable
from typing import Final

from app.demo import (
    accounts,
    booking,
    cards,
    dangers,
    devices,
    families,
    follow_ups,
    laboratory,
    lines,
    payments,
    people,
    pharmacy,
    record,
    review,
    talks,
    teleconsultation,
    vaccinations,
    visits,
)
from app.settings import Settings
from core import db
from people.models import Organization

Step = Callable[[Settings], Awaitable[None]]
STEPS: Final[list[Step]] = [
    people.create,
    accounts.create,
    cards.create,
    teleconsultation.create,
    record.create,
    laboratory.create,
    lines.create,
    booking.create,
    pharmacy.create,
    visits.create,
    families.create,
    dangers.create,
    follow_ups.create,
    talks.create,
    vaccinations.create,
    devices.create,
    payments.create,
    review.create,
]


async def create(settings: Settings) -> bool:
    """Fill an empty database, all or nothing; False when the county is there already."""
    if await Organization.exists():
        return False
    async with db.atomic():
        for step in STEPS:
            await step(settings)
    return True
