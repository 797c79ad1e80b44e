"""The resident behind a request, as every package above sees them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from core.audit import NOBODY
from core.errors import Unauthorized

SIGNED_OUT: Final = "登录已过期,请重新打开小程序。"


@dataclass(frozen=True, slots=True)
class Resident:
    """A signed-in WeChat user; fits `core.audit.Who`. Says nothing of who that is."""

    account_id: UUID
    openid: str
    session_id: UUID

    @property
    def name(self) -> str:
        """How the audit trail names an account: without personal data."""
        return "居民账号"

    @property
    def organization_id(self) -> UUID:
        """Residents belong to no organization."""
        return NOBODY


RESIDENT_KEY: Final = web.RequestKey("resident", Resident)


def resident_of(request: web.Request) -> Resident:
    """The signed-in resident. Raises Unauthorized."""
    resident: Resident | None = request.get(RESIDENT_KEY)
    if resident is None:
        raise Unauthorized("signed_out", SIGNED_OUT)
    return resident
