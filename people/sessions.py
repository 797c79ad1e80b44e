"""Sessions: from a cookie to the person, and the one place where `core.doors` are enforced.

Residents come with a bearer token instead (`people.residents.sessions`), partners' systems with one
of theirs (`people.partners`); a request has one of the three.
The cookie carries 256 random bits, the table only their SHA-256. A session that still owes a
step (second factor, new password) opens nothing but the pages of that step.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from aiohttp import web

from core import audit, clock, doors, idempotency, pages
from core.errors import Forbidden, Problem, Unauthorized
from core.http import Handler
from people.actor import ACTOR, Actor
from people.models import Account, Session
from people.partners import tokens as partners
from people.partners.actor import partner_of
from people.policy import policy
from people.proof import REAUTHENTICATE
from people.residents import sessions as residents
from people.residents.actor import resident_of

COOKIE: Final = "doorstep_session"
SEEN_EVERY: Final = timedelta(minutes=1)


class Step(StrEnum):
    """What a session still owes before it opens doors."""

    ENROLMENT = "enrolment"
    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105  (the name of a step)
    OPEN = "open"


STEP_PAGES: Final[Mapping[Step, str]] = {
    Step.ENROLMENT: "/second-factor/enrolment",
    Step.SECOND_FACTOR: "/second-factor",
    Step.PASSWORD: "/password",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session, whose it is, and what it still owes."""

    session: Session
    account: Account
    actor: Actor
    step: Step


VISIT: Final = web.RequestKey("visit", Visit)


def new_token() -> tuple[str, str]:
    """A session token and the hash to store."""
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """What the table knows of a token; it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


async def visit_of(cookies: Mapping[str, str]) -> Visit | None:
    """The live session behind these cookies, finished or not."""
    token = cookies.get(COOKIE, "")
    if not token:
        return None
    session = (
        await Session.filter(token_hash=hash_of(token), ended_at=None)
        .select_related("account__practitioner__organization")
        .first()
    )
    if session is None or not session.account.active:
        return None
    visit = _visit(session)
    if is_over(session, finished=visit.step is Step.OPEN):
        await Session.filter(id=session.id, ended_at=None).update(ended_at=clock.now())
        return None
    return visit


async def actor_from_cookies(cookies: Mapping[str, str]) -> Actor | None:
    """The signed-in person, for sockets. None for strangers and unfinished sign-ins."""
    visit = await visit_of(cookies)
    return visit.actor if visit and visit.step is Step.OPEN else None


def is_over(session: Session, *, finished: bool) -> bool:
    """Whether the idle or the absolute time is up."""
    moment, rules = clock.now(), policy()
    longest = rules.session_absolute if finished else rules.unfinished_sign_in
    return moment - session.created_at >= longest or moment - session.seen_at >= rules.session_idle


def step_of(account: Account, session: Session) -> Step:
    """What is still owed: second factor first, then a password of one's own."""
    if policy().second_factor:
        if not account.totp_secret:
            return Step.ENROLMENT
        if session.second_factor_at is None:
            return Step.SECOND_FACTOR
    return Step.PASSWORD if account.must_change_password else Step.OPEN


async def alive(session_ids: set[UUID]) -> set[UUID]:
    """Those of these finished sessions that still hold; sockets ask this every few seconds."""
    rows = await Session.filter(
        id__in=session_ids, ended_at=None, account__active=True
    ).select_related("account")
    return {row.id for row in rows if not is_over(row, finished=True)}


async def touch(session_id: UUID) -> None:
    """The person is at work on a page that makes no requests (a running consultation)."""
    moment = clock.now()
    await Session.filter(id=session_id, ended_at=None, seen_at__lt=moment - SEEN_EVERY).update(
        seen_at=moment
    )


async def end(*session_ids: UUID) -> int:
    """End these sessions at once; return how many were live."""
    return await Session.filter(id__in=session_ids, ended_at=None).update(ended_at=clock.now())


async def end_of_account(account_id: UUID, *, but: UUID | None = None) -> int:
    """End every session of an account, or every other one."""
    mine = Session.filter(account_id=account_id, ended_at=None)
    return await (mine.exclude(id=but) if but else mine).update(ended_at=clock.now())


def set_cookie(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Give the browser its token."""
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=policy().secure_cookies or request.secure,
        path="/",
    )


def safe_next(value: str | None) -> str:
    """A path of this very site to go on to, else the home page."""
    target = value or "/"
    parts = urlsplit(target)
    harmless = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and "\\" not in target
        and target.isprintable()
        and not parts.scheme
        and not parts.netloc
        and parts.path not in ("/login", "/logout")
    )
    return target if harmless else "/"


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the person on the request and open the door only for those it names."""
    if not request.path.startswith("/static/"):
        await _enter(request)
    try:
        if request.match_info.http_exception is None:
            _check_door(request)
        return await handler(request)
    except Problem as problem:
        await audit.write_refusal(problem)
        if problem.code == REAUTHENTICATE and pages.wants_html(request):
            return _ask_password_again(request)
        raise


async def _enter(request: web.Request) -> None:
    if (token := residents.token_of(request)) is not None:
        kind = partners if token.startswith(partners.PREFIX) else residents
        await kind.enter(request, token)
        return
    visit = await visit_of(request.cookies)
    if visit is None:
        return
    request[VISIT] = visit
    request[idempotency.CALLER] = str(visit.account.id)
    if visit.step is Step.OPEN:
        request[ACTOR] = visit.actor
        if clock.now() - visit.session.seen_at > SEEN_EVERY:
            await touch(visit.session.id)


def _check_door(request: web.Request) -> None:
    door = doors.door_of(request.match_info.handler)
    if not door:
        raise Forbidden("no_door", "这个页面还没有对任何岗位开放。")
    if doors.ANYONE in door:
        return
    if doors.RESIDENT in door:
        resident_of(request)
        return
    if doors.PARTNER in door:
        partner_of(request)
        return
    if ACTOR not in request:
        if VISIT in request and pages.wants_html(request):
            raise pages.see_other(STEP_PAGES[request[VISIT].step])
        raise Unauthorized("signed_out", "请先登录。")
    actor = request[ACTOR]
    if doors.ANY_STAFF not in door and not actor.has(*door):
        name = request.match_info.route.name or "route"
        closed = Forbidden("forbidden", "您的岗位不能打开这个页面。需要的话请联系管理员。")
        raise audit.refused(closed, actor, "door", f"Route/{name}")


def _ask_password_again(request: web.Request) -> web.StreamResponse:
    """Ask on a page of its own, and come back to where the person was."""
    here = request.path_qs
    if request.method != "GET" or request.headers.get("HX-Request"):
        came_from = urlsplit(request.headers.get("Referer", ""))
        here = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    target = f"/reauthentication?{urlencode({'next': safe_next(here)})}"
    if request.headers.get("HX-Request"):
        return web.Response(status=403, headers={"HX-Redirect": target})
    return web.Response(status=303, headers={"Location": target})


def _visit(session: Session) -> Visit:
    account = session.account
    practitioner = account.practitioner
    organization = practitioner.organization
    actor = Actor(
        account_id=account.id,
        practitioner_id=practitioner.id,
        name=practitioner.name,
        title=practitioner.title,
        organization_id=organization.id,
        organization_name=organization.name,
        tier=organization.tier.value,
        roles=frozenset(account.roles),
        session_id=session.id,
        reauthenticated_at=session.reauthenticated_at,
    )
    return Visit(session, account, actor, step_of(account, session))
