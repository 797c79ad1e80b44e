"""Partners' tokens: `dsp_` and 256 random bits; the table knows their SHA-256 only."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID, uuid4

from aiohttp import web
from pydantic import Field, StringConstraints
from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import System, audit
from core.errors import Conflict, NotFound
from core.http import Schema
from people.actor import Actor
from people.models import Organization
from people.partners.actor import PARTNER_KEY, PartnerSystem
from people.partners.models import Partner, Scope

PREFIX: Final = "dsp_"
LONGEST_DAYS: Final = 730
REPEATED: Final = "这张表已经发过一个令牌。没有记下来的话,到“合作系统”里收回那一个,再发一个新的。"
SEEN_EVERY: Final = timedelta(hours=1)


class NewPartner(Schema):
    """Which system of which institution, for what and how long."""

    name: Annotated[str, StringConstraints(min_length=2, max_length=60)]
    organization: str
    scopes: Annotated[list[Scope], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 365


async def issue(
    who: Actor | System, entry: NewPartner, *, id: UUID | None = None
) -> tuple[Partner, str]:
    """A new credential and its token, which nobody sees again; a form that is sent twice gives
    the same `id` and makes no second one.

    Raises NotFound for an institution that does not exist, Conflict for one that treats nobody,
    Conflict `already_issued` for a repeat, whose token cannot be shown again.
    """
    house = await Organization.get_or_none(code=entry.organization)
    if house is None:
        raise NotFound("not_found", "没有这家机构,请核对机构代码。")
    if not house.provides_care:
        raise Conflict("provides_no_care", "这家机构不看病,没有读取病历的依据。")
    token, moment = PREFIX + secrets.token_urlsafe(32), clock.now()
    try:
        async with db.atomic():
            made = await Partner.create(
                id=id or uuid4(),
                name=entry.name,
                organization=house,
                scopes=_joined(entry.scopes),
                token_hash=hash_of(token),
                created_at=moment,
                created_by=who.name,
                expires_at=moment + timedelta(days=entry.days),
            )
            await audit(who, "partner.issue", f"Partner/{made.id}", reason=made.scopes)
    except IntegrityError:
        raise Conflict("already_issued", REPEATED) from None
    return made, token


async def revoke(who: Actor | System, partner_id: UUID, reason: str) -> Partner:
    """End a credential at once; a repeat changes nothing. Raises NotFound."""
    found = await Partner.get_or_none(id=partner_id)
    if found is None:
        raise NotFound("not_found", "没有这个令牌。")
    async with db.atomic():
        moment = clock.now()
        ended = await Partner.filter(id=partner_id, revoked_at=None).update(
            revoked_at=moment, revoked_reason=reason[:200]
        )
        if ended:
            await audit(who, "partner.revoke", f"Partner/{partner_id}", reason=reason)
    await found.refresh_from_db()
    return found


async def partners() -> list[Partner]:
    """All credentials, the newest first, with their institutions."""
    return await Partner.all().order_by("-created_at").select_related("organization")


def is_live(found: Partner) -> bool:
    """Whether it opens anything now."""
    return found.revoked_at is None and found.expires_at > clock.now()


def hash_of(token: str) -> str:
    """What the table knows of a token; it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


async def enter(request: web.Request, token: str) -> None:
    """Put the partner on the request, if the token is a live one."""
    if (found := await partner_by(token)) is not None:
        request[PARTNER_KEY] = found


async def partner_by(token: str) -> PartnerSystem | None:
    """The system behind a live token."""
    row = await Partner.get_or_none(token_hash=hash_of(token))
    if row is None or not is_live(row):
        return None
    moment = clock.now()
    if row.seen_at is None or moment - row.seen_at > SEEN_EVERY:
        await Partner.filter(id=row.id).update(seen_at=moment)
    return PartnerSystem(row.id, row.name, row.organization_id, frozenset(row.scopes.split(",")))


def _joined(scopes: Iterable[Scope]) -> str:
    chosen = set(scopes)
    return ",".join(scope.value for scope in Scope if scope in chosen)
