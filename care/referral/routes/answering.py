"""转诊: what one's department was sent and what one has sent; accept, decline, tell the outcome."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from care.referral import note, queries, service
from care.referral.access import open_referral
from care.referral.routes.shown import line, of_view
from care.referral.schemas import AnswerIn, OutcomeIn, RefusalIn
from care.referral.states import REFERRAL
from core import pages
from core.audit import audit
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from people.access import may_open
from people.actor import CLINICIANS, Actor, actor_of

routes = web.RouteTableDef()

ONE: Final = "/referrals/{id:[0-9a-fA-F-]{36}}"
TABS: Final = {"incoming": "转来的", "sent": "我转出的", "past": "已结束"}
ACCEPTED: Final = pages.notice("referral-accepted", "已接收,居民和转出的医生会收到消息。")
DECLINED: Final = pages.notice("referral-declined", "已退回,居民和转出的医生会看到原因。")
CLOSED: Final = pages.notice("referral-closed", "已回复转出的医生,转诊结束。")
MINE: Final = {"sends": ("cancel",), "receives": ("accept", "decline", "close")}


@routes.get("/referrals", name="referrals")
@allow(*CLINICIANS)
async def show(request: web.Request) -> web.Response:
    """What waits for the department, what one has sent, what is over."""
    actor = actor_of(request)
    shown = request.query.get("shown", "")
    shown = shown if shown in TABS else "incoming"
    await audit(actor, "referrals.open", "ServiceRequest/*")
    return await pages.render(
        request,
        "care/referral/referrals.html",
        title="转诊",
        tabs=TABS,
        shown=shown,
        rows=[line(one) for one in await _rows(actor, shown)],
    )


async def _rows(actor: Actor, shown: str) -> list[queries.Line]:
    if shown == "sent":
        return await queries.sent(actor)
    if shown == "incoming":
        return await queries.received(actor)
    both = [*await queries.received(actor, over=True), *await queries.sent(actor, over=True)]
    by_id = {one.row.id: one for one in both}
    return sorted(by_id.values(), key=lambda one: one.row.ended_at or one.row.proposed_at)[::-1]


@routes.get(ONE, name="referral")
@allow(*CLINICIANS)
async def one(request: web.Request) -> web.Response:
    """One referral, with the summary while it may be read."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any], *, opened: str = "") -> web.Response:
    view = await open_referral(actor_of(request), path_id(request))
    row = view.referral
    mine = MINE["sends" if view.sends else "receives"]
    return await pages.render(
        request,
        "care/referral/referral.html",
        status=form.status,
        title="转诊",
        view=view,
        opened=opened,
        form=form,
        can={step for step in allowed(REFERRAL, row.status) if step in mine},
        note=await note.of_referral(row) if view.opens else None,
        record_open=view.opens and await may_open(view.actor, row.patient_id),
        **of_view(view),
    )


@routes.post(f"{ONE}/acceptance", name="accept_referral")
@allow(*CLINICIANS)
@once
@filled(AnswerIn, again=partial(_page, opened="accept"))
async def accept(request: web.Request, entry: AnswerIn) -> web.Response:
    """Take the patient, and say when and where to come."""
    row = await service.accept(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/referrals/{row.id}", say=ACCEPTED)


@routes.post(f"{ONE}/refusal", name="decline_referral")
@allow(*CLINICIANS)
@once
@filled(RefusalIn, again=partial(_page, opened="decline"))
async def decline(request: web.Request, entry: RefusalIn) -> web.Response:
    """Say why not."""
    row = await service.decline(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/referrals/{row.id}", say=DECLINED)


@routes.post(f"{ONE}/closure", name="close_referral")
@allow(*CLINICIANS)
@once
@filled(OutcomeIn, again=partial(_page, opened="close"))
async def close(request: web.Request, entry: OutcomeIn) -> web.Response:
    """Tell what came of it."""
    row = await service.close(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/referrals/{row.id}", say=CLOSED)
