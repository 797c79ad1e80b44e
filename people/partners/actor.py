"""The partner's system behind a request."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from core.errors import Forbidden, Unauthorized
from people.partners.models import Scope

UNSIGNED: Final = "没有有效的令牌:请检查 Authorization: Bearer,或请县级平台的管理员重新发放。"


@dataclass(frozen=True, slots=True)
class PartnerSystem:
    """A partner with a live token; fits `core.audit.Who`."""

    account_id: UUID
    name: str
    organization_id: UUID
    scopes: frozenset[str]

    def require(self, scope: Scope) -> None:
        """Raise Forbidden when this kind of resource was not agreed on."""
        if scope not in self.scopes:
            raise Forbidden("insufficient_scope", f"这个令牌不能读取 {scope.value}。")


PARTNER_KEY: Final = web.RequestKey("partner", PartnerSystem)


def partner_of(request: web.Request) -> PartnerSystem:
    """The partner. Raises Unauthorized."""
    if PARTNER_KEY not in request:
        raise Unauthorized("no_token", UNSIGNED)
    return request[PARTNER_KEY]
