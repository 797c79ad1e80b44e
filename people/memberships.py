"""Which teams somebody belongs to at this moment.

Teams are kept by a package above; the composition root tells here how to ask for them, so that a
grant to a team opens for those who belong to it while they look, and for nobody who has left.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

Ask = Callable[[UUID], QuerySet[Any]]

_ask: Ask | None = None


def configure(ask: Ask) -> None:
    """`ask(practitioner_id)`: the rows of the person's memberships, each with a `team_id`."""
    global _ask
    _ask = ask


def teams_of(practitioner_id: UUID) -> Any:
    """The ids of the person's teams, for a filter; None where the house keeps no teams."""
    return _ask(practitioner_id).values("team_id") if _ask else None
