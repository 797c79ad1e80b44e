"""All rooms in one order."""

from app.today import consultations, contracts, family, prescriptions, referrals, visits
from app.today.items import Item
from people.actor import Actor

ROOMS = (
    visits.online,
    visits.appointments,
    consultations.asked,
    family.dangers,
    family.written,
    contracts.waiting,
    consultations.owed,
    referrals.referred,
    prescriptions.prescribed,
)


async def today(actor: Actor) -> list[Item]:
    """All of it, the next thing first."""
    found = [item for room in ROOMS for item in await room(actor)]
    return sorted(found, key=lambda item: item.order)
