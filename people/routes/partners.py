"""合作系统: which information systems read the shared record, with tokens that are shown once."""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from aiohttp import web
from pydantic import StringConstraints

from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import ABOVE, Form, blank, filled, text_of
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, Role, actor_of
from people.partners import tokens
from people.partners.models import Partner, Scope
from people.partners.tokens import LONGEST_DAYS, NewPartner
from people.proof import require_recent_proof
from people.queries import organizations

routes = web.RouteTableDef()

ONE: Final = "/partners/{id:[0-9a-fA-F-]{36}}"
REVOKED: Final = pages.notice("partner-revoked", "令牌已收回,对方下一次读取就会被拒绝。")
ENDS_SOON: Final = timedelta(days=30)
SCOPES: Final[dict[Scope, str]] = {
    Scope.PATIENT: "基本信息(姓名、性别、年龄,证件号遮住)",
    Scope.ENCOUNTER: "就诊(在线复诊、会诊、门诊)",
    Scope.OBSERVATION: "测量(血压、血糖、体重等)",
    Scope.CONDITION: "诊断",
    Scope.DOCUMENT: "文书和图片(病历、会诊报告、化验单)",
}


class RevocationIn(Schema):
    """Why it ends."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


@routes.get("/partners", name="partner_systems")
@allow(Role.ADMIN)
async def show(request: web.Request) -> web.Response:
    """All tokens, the newest first, without their secrets."""
    await audit(actor_of(request), "partners.open", "Partner/*")
    return await pages.render(
        request,
        "people/partners.html",
        rows=[_row(one) for one in await tokens.partners()],
    )


def _row(one: Partner) -> dict[str, Any]:
    kind, word = _state(one)
    scopes = [SCOPES[Scope(scope)].partition("(")[0] for scope in one.scopes.split(",")]
    return {"row": one, "kind": kind, "word": word, "scopes": "、".join(scopes)}


def _state(one: Partner) -> tuple[str, str]:
    if one.revoked_at is not None:
        return "neutral", "已收回"
    left = one.expires_at - clock.now()
    if left <= timedelta(0):
        return "neutral", "已到期"
    return ("waiting", "快到期") if left < ENDS_SOON else ("done", "在用")


@routes.get("/partners/new", name="new_partner_system")
@allow(Role.ADMIN)
async def new(request: web.Request) -> web.Response:
    """Which system of which house, what it may read, how long."""
    return await _new(request, blank(days=365))


async def _new(request: web.Request, form: Form[Any]) -> web.Response:
    require_recent_proof(actor_of(request))
    houses = [one for one in await organizations() if one.provides_care]
    return await pages.render(
        request,
        "people/partner_new.html",
        status=form.status,
        form=form,
        organizations=[(one.code, one.name) for one in houses],
        scopes=[(scope.value, words) for scope, words in SCOPES.items()],
        longest=LONGEST_DAYS,
    )


@routes.post("/partners", name="issue_partner_token")
@allow(Role.ADMIN)
@filled(NewPartner, again=_new, refusals={Conflict: ABOVE, NotFound: ABOVE})
async def issue(request: web.Request, entry: NewPartner) -> web.Response:
    """Make the token and show it, once. The same form again makes no second one."""
    actor = actor_of(request)
    require_recent_proof(actor)
    made, token = await tokens.issue(actor, entry, id=await _own_id(request, actor))
    await made.fetch_related("organization")
    return await pages.render(
        request, "people/partner_token.html", status=201, token=token, **_row(made)
    )


async def _own_id(request: web.Request, actor: Actor) -> UUID | None:
    """One id for one form; what is sent without our form gets any."""
    key = await text_of(request, "once")
    return uuid5(NAMESPACE_OID, f"{actor.account_id}/{key}") if key else None


@routes.get(ONE, name="partner_system")
@allow(Role.ADMIN)
async def one(request: web.Request) -> web.Response:
    """One token: what it may read, who gave it, when it was used, and the way to end it."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    found = await Partner.get_or_none(id=path_id(request)).select_related("organization")
    if found is None:
        raise NotFound("not_found", "没有这个令牌。")
    return await pages.render(
        request,
        "people/partner.html",
        status=form.status,
        form=form,
        live=tokens.is_live(found),
        **_row(found),
    )


@routes.post(f"{ONE}/revocation", name="revoke_partner_token")
@allow(Role.ADMIN)
@once
@filled(RevocationIn, again=_page)
async def revoke(request: web.Request, entry: RevocationIn) -> web.Response:
    """End it at once. No password is asked for: closing a door has to be quick."""
    await tokens.revoke(actor_of(request), path_id(request), entry.reason)
    raise pages.see_other("/partners", say=REVOKED)
