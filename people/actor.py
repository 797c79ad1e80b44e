"""The person behind a request, as every package above sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from aiohttp import web

from core.errors import Forbidden, Unauthorized


class Role(StrEnum):
    """What a staff member works as; one person may hold several."""

    VILLAGE_DOCTOR = "village_doctor"
    TOWNSHIP_DOCTOR = "township_doctor"
    SPECIALIST = "specialist"
    PHARMACIST = "pharmacist"
    STOCK_KEEPER = "stock_keeper"
    DRIVER = "driver"
    TEAM_LEAD = "team_lead"
    NURSE = "nurse"
    SCHEDULER = "scheduler"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


CLINICIANS: Final = (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR, Role.SPECIALIST)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in staff member. Built from the session, never from the client's word."""

    account_id: UUID
    practitioner_id: UUID
    name: str
    title: str
    organization_id: UUID
    organization_name: str
    tier: str
    roles: frozenset[str]
    session_id: UUID
    reauthenticated_at: datetime | None = None

    def has(self, *roles: str) -> bool:
        """Whether one of these roles is held."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: str) -> None:
        """Raise Forbidden unless one of these roles is held."""
        if not self.has(*roles):
            raise Forbidden("forbidden", "您的岗位不能做这个操作。")


ACTOR: Final = web.RequestKey("actor", Actor)


def actor_of(request: web.Request) -> Actor:
    """The signed-in person. Raises Unauthorized."""
    if ACTOR not in request:
        raise Unauthorized("signed_out", "请先登录。")
    return request[ACTOR]
