"""Demo logins as actors, without a session."""

from core import clock
from people.actor import Actor
from people.models import Account


async def actor(username: str) -> Actor:
    """The person of the demo county who signs in by this name; their password was just given."""
    account = await Account.get(username=username).select_related("practitioner__organization")
    person = account.practitioner
    return Actor(
        account_id=account.id,
        practitioner_id=person.id,
        name=person.name,
        title=person.title,
        organization_id=person.organization.id,
        organization_name=person.organization.name,
        tier=person.organization.tier.value,
        roles=frozenset(account.roles),
        session_id=account.id,
        reauthenticated_at=clock.now(),
    )
