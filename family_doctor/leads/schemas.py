"""What crosses the border of leads."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from care.referral.schemas import ReferIn
from core.http import Schema

Origin = Annotated[str, StringConstraints(pattern=r"^(Task|Alert)/[0-9a-fA-F-]{36}$")]


class OriginIn(Schema):
    """From where."""

    origin: Origin


class ReferFromIn(OriginIn, ReferIn):
    """A referral, and from where."""


class OfferIn(OriginIn):
    """A visit; `visit` is `now.<doctor>` or `time.<doctor>`."""

    visit: Annotated[str, StringConstraints(pattern=r"^(now|time)\.[0-9a-fA-F-]{36}$")]

    @property
    def when(self) -> Literal["now", "time"]:
        """At once, or at a time."""
        return "now" if self.visit.startswith("now.") else "time"

    @property
    def practitioner_id(self) -> UUID:
        """With whom."""
        return UUID(self.visit.partition(".")[2])
