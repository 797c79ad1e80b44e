"""What referrals do because something happened; wired in `app.reactions`."""

from uuid import UUID

from care.referral import queries, service
from care.referral.events import ReferralDue, ReferralMoved
from care.referral.states import Status
from core.live import Hint
from core.outbox import outside


async def due(event: ReferralDue) -> None:
    """Nobody did what was waited for."""
    await service.expire(UUID(event.referral_id), Status(event.status))


@outside
async def tell_pages(event: ReferralMoved, *, hint: Hint) -> None:
    """Hint to the referring doctor's pages, and to the department's once it was sent."""
    people = [event.requester_id]
    if event.status != Status.PROPOSED:
        house = UUID(event.to_organization_id)
        people += [str(one) for one in await queries.doctors_of(house, event.department)]
    for practitioner_id in people:
        await hint(f"staff:{practitioner_id}", event.name, id=event.referral_id)
