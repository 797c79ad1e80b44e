"""Who may hear that something moved: doors of the `/live` topics `desk` and `consultation:<id>`."""

from uuid import UUID

from care.teleconsultation.access import Side, open_consultation
from core.errors import Problem
from people.actor import Actor, Role


async def hears_desk(actor: Actor, _: str) -> bool:
    """The desk's hints name no patient; specialists and the bureau hear them."""
    return actor.has(Role.SPECIALIST, Role.SUPERVISOR)


async def hears_consultation(actor: Actor, consultation_id: str) -> bool:
    """Whoever may open its page."""
    try:
        await open_consultation(actor, UUID(consultation_id))
    except (Problem, ValueError):
        return False
    return True


async def may_watch_recordings(actor: Actor, room_id: UUID) -> bool:
    """The two sides of the consultation, not those who were merely asked and not the bureau."""
    try:
        view = await open_consultation(actor, room_id)
    except Problem:
        return False
    return view.side in (Side.INVITER, Side.EXPERT)
