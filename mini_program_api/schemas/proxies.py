"""Who acts for me."""

from uuid import UUID

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Items


class ProxyOut(Schema):
    """One account that acts for me; `pending`: it has asked, and I have not said yes.

    `owner` is masked, and empty for somebody whose own name is not proven.
    """

    id: UUID
    owner: str
    phone_masked: str
    scopes: list[str]
    pending: bool
    asked_at: Moment
    until: Moment | None


class Proxies(Items[ProxyOut]):
    """The oldest first."""
