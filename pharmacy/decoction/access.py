"""The door to a decoction: pharmacists of the room in which it is made."""

from typing import Final
from uuid import UUID

from core.errors import Conflict, NotFound
from people.actor import Actor, Role
from pharmacy.decoction.models import Decoction
from pharmacy.formulary.models import Pharmacy, PharmacyKind

WORKERS: Final = (Role.PHARMACIST,)
NO_ROOM: Final = ("no_decoction_room", "您所在的机构没有煎药室。")
MISSING: Final = ("decoction_not_found", "没有这个煎药单。")


async def require_room(actor: Actor) -> Pharmacy:
    """The room of the actor's house. Raises Conflict where there is none."""
    actor.require(*WORKERS)
    room = await Pharmacy.get_or_none(
        organization_id=actor.organization_id, kind=PharmacyKind.DECOCTION, active=True
    )
    if room is None:
        raise Conflict(*NO_ROOM)
    return room


async def open_decoction(actor: Actor, decoction_id: UUID) -> Decoction:
    """One of this room's. Raises NotFound, which does not tell whether there is such a one."""
    actor.require(*WORKERS)
    row = await Decoction.get_or_none(
        id=decoction_id, organization_id=actor.organization_id
    ).select_related("request")
    if row is None:
        raise NotFound(*MISSING)
    return row
