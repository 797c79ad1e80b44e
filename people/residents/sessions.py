"""Bearer sessions of residents: 30 days from the last use, ended at once from either side.

A token is `dsr_` and 256 random bits; the table knows its SHA-256 only. A request that carries a
bearer token is a resident's or nobody's: its cookies count for nothing, so a member of staff who
opens the resident pages in the same browser does not mix the two.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from aiohttp import hdrs, web

from core import clock, db, idempotency
from core.gathering import Gathered
from people.residents.actor import RESIDENT_KEY, Resident
from people.residents.models import AccountStatus, ResidentSession
from people.residents.policy import params

SCHEME: Final = "bearer "
PREFIX: Final = "dsr_"
SEEN_EVERY: Final = timedelta(hours=1)
BEHIND: Final = """
SELECT session.token_hash, session.id, session.account_id, session.seen_at, account.openid
FROM {asked} JOIN people_resident_session AS session ON session.token_hash = asked.hash
JOIN people_resident_account AS account ON account.id = session.account_id
WHERE session.ended_at IS NULL AND session.expires_at > $2 AND account.status = $3
"""
"""By hand, because every call of every resident begins with it."""


def new_token() -> tuple[str, str]:
    """A token and the hash to store."""
    token = PREFIX + secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """What the table knows of a token; it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(request: web.BaseRequest) -> str | None:
    """The bearer token of a request; None when it carries none."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    return header[len(SCHEME) :].strip() if header[: len(SCHEME)].lower() == SCHEME else None


async def enter(request: web.Request, token: str) -> None:
    """Put the resident on the request, if the token is a live session's."""
    if (resident := await resident_by(token)) is not None:
        request[RESIDENT_KEY] = resident
        request[idempotency.CALLER] = f"resident:{db.as_text(resident.account_id)}"


async def resident_by(token: str) -> Resident | None:
    """The resident behind a token, and the session is used again from now."""
    if not token.startswith(PREFIX):
        return None
    found = await _behind.ask(hash_of(token))
    if found is None:
        return None
    if clock.now() - found.seen_at > SEEN_EVERY:
        await _use(found.resident.session_id)
    return found.resident


class _Behind(NamedTuple):
    """Whose live session it is, and when it was last written down as used."""

    resident: Resident
    seen_at: datetime


async def _read(hashes: Sequence[str]) -> list[_Behind | None]:
    """The live sessions behind these hashes, in their order."""
    query = BEHIND.format(asked=db.asked(hash="text"))
    wanted = db.listed([{"hash": one} for one in hashes])
    rows = await db.fetch(query, wanted, clock.now(), AccountStatus.ACTIVE.value)
    found = {row["token_hash"]: _behind_of(row) for row in rows}
    return [found.get(one) for one in hashes]


def _behind_of(row: Mapping[str, Any]) -> _Behind:
    resident = Resident(db.as_id(row["account_id"]), row["openid"], db.as_id(row["id"]))
    return _Behind(resident, db.as_moment(row["seen_at"]))


_behind: Final = Gathered(_read)


async def _use(session_id: UUID) -> None:
    moment = clock.now()
    await ResidentSession.filter(id=session_id, ended_at=None).update(
        seen_at=moment, expires_at=moment + params().session
    )


async def start(account_id: UUID, *, address: str, device: str) -> tuple[str, datetime]:
    """A new session and when it expires; the oldest ones end when there are too many."""
    token, hashed = new_token()
    moment = clock.now()
    expires_at = moment + params().session
    await ResidentSession.create(
        token_hash=hashed,
        account_id=account_id,
        created_at=moment,
        seen_at=moment,
        expires_at=expires_at,
        address=address[:45],
        device=device[:200],
    )
    open_ones = ResidentSession.filter(account_id=account_id, ended_at=None)
    surplus = await open_ones.order_by("-created_at", "-id").offset(params().sessions).limit(50)
    if surplus:
        await end(*(row.id for row in surplus))
    return token, expires_at


async def end(*session_ids: UUID) -> int:
    """End these sessions at once; return how many were live."""
    wanted = ResidentSession.filter(id__in=session_ids, ended_at=None)
    return await wanted.update(ended_at=clock.now())


async def end_of_account(account_id: UUID) -> int:
    """End every session of an account."""
    wanted = ResidentSession.filter(account_id=account_id, ended_at=None)
    return await wanted.update(ended_at=clock.now())


async def forget_old() -> int:
    """Delete sessions that ended half a year ago (网络安全法: network logs at least six months)."""
    return await ResidentSession.filter(expires_at__lt=clock.now() - timedelta(days=210)).delete()
