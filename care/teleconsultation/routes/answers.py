"""Steps that are a reason, a time or an answer: parse, one verb, back to the page."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from care.teleconsultation import desk, requests, session
from care.teleconsultation.access import open_consultation
from care.teleconsultation.bindings import BINDINGS
from care.teleconsultation.routes.shown import page
from care.teleconsultation.schemas import (
    AcceptanceIn,
    InvitationIn,
    MaterialIn,
    MaterialRequestIn,
    ReasonIn,
    RedirectionIn,
    ReferralIn,
    TimeIn,
)
from care.teleconsultation.times import set_time
from core import pages
from core.doors import allow
from core.errors import Invalid
from core.forms import read_form, with_problem
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, Actor, Role, actor_of

routes = web.RouteTableDef()

M = TypeVar("M", bound=BaseModel)
Verb = Callable[[Actor, UUID, M], Awaitable[Any]]

ACCEPTED: Final = pages.notice("consultation-accepted", "已接诊。可以先看资料,再进入会诊室。")
DECLINED: Final = pages.notice("consultation-declined", "已婉拒,原因已告诉发起医生。")
REDIRECTED: Final = pages.notice("consultation-redirected", "已转出,对方会马上看到。")
ASKED: Final = pages.notice("material-asked", "已告诉发起医生要补哪些资料。")
PROVIDED: Final = pages.notice("material-provided", "资料已发给专家。")
TIMED: Final = pages.notice("consultation-timed", "时间已定,双方都会看到。")
CANCELLED: Final = pages.notice("consultation-cancelled", "会诊已取消。")
ABORTED: Final = pages.notice("consultation-aborted", "会诊已因技术原因中止,记录都在。")
REFERRED: Final = pages.notice("consultation-referred", "已转为转诊,填写的内容已保存。")
INVITED: Final = pages.notice("doctor-invited", "邀请已发出,对方会马上看到。")
ENDED: Final = pages.notice("consultation-ended", "会诊已结束。请专家写好意见并签名。")
READ: Final = pages.notice("consultation-read", "现在可以写会诊意见了。")
RELEASED: Final = pages.notice("expert-released", "已调整会诊成员。")


async def _do(
    request: web.Request, model: type[M], verb: Verb[M], *, action: str, say: str, to: str = ""
) -> web.Response:
    """One step; what is wrong comes back on the page with everything that was typed."""
    actor, consultation_id = actor_of(request), path_id(request)
    form = await read_form(request, model)
    if form.entry is not None:
        try:
            await verb(actor, consultation_id, form.entry)
        except Invalid as problem:
            form = with_problem(form, problem)
            if not form.errors:
                form.errors[""] = problem.detail
        else:
            raise pages.see_other(to or f"/consultations/{consultation_id}", say=say)
    view = await open_consultation(actor, consultation_id)
    return await page(request, view, wrong=action, form=form, status=422)


@routes.post("/consultations/{id}/acceptance", name="accept_consultation")
@allow(*CLINICIANS)
@once
async def accept(request: web.Request) -> web.Response:
    """Take the seat; a booked one with the chosen time."""

    async def verb(actor: Actor, consultation_id: UUID, entry: AcceptanceIn) -> None:
        await desk.accept(actor, consultation_id, entry.time)

    return await _do(request, AcceptanceIn, verb, action="accept", say=ACCEPTED)


@routes.post("/consultations/{id}/refusal", name="decline_consultation")
@allow(*CLINICIANS)
@once
async def decline(request: web.Request) -> web.Response:
    """Say no, with a reason."""
    wait = request.app[BINDINGS].instant_answer

    async def verb(actor: Actor, consultation_id: UUID, entry: ReasonIn) -> None:
        await desk.decline(actor, consultation_id, entry.reason, instant_answer=wait)

    home = "/desk" if actor_of(request).has(Role.SPECIALIST) else "/clinic"
    return await _do(request, ReasonIn, verb, action="decline", say=DECLINED, to=home)


@routes.post("/consultations/{id}/redirection", name="redirect_consultation")
@allow(*CLINICIANS)
@once
async def redirect(request: web.Request) -> web.Response:
    """Hand on."""
    wait = request.app[BINDINGS].instant_answer

    async def verb(actor: Actor, consultation_id: UUID, entry: RedirectionIn) -> None:
        await desk.redirect(actor, consultation_id, entry, instant_answer=wait)

    return await _do(request, RedirectionIn, verb, action="redirect", say=REDIRECTED, to="/desk")


@routes.post("/consultations/{id}/material-request", name="request_material")
@allow(*CLINICIANS)
@once
async def ask_material(request: web.Request) -> web.Response:
    """Ask for more."""
    return await _do(
        request, MaterialRequestIn, desk.request_material, action="request_material", say=ASKED
    )


@routes.post("/consultations/{id}/material", name="provide_material")
@allow(*CLINICIANS)
@once
async def give_material(request: web.Request) -> web.Response:
    """Answer what was asked."""
    return await _do(
        request, MaterialIn, requests.provide_material, action="provide_material", say=PROVIDED
    )


@routes.post("/consultations/{id}/schedule", name="schedule_consultation")
@allow(*CLINICIANS)
@once
async def schedule(request: web.Request) -> web.Response:
    """Agree or move the time."""

    async def verb(actor: Actor, consultation_id: UUID, entry: TimeIn) -> None:
        await set_time(actor, consultation_id, entry.time)

    return await _do(request, TimeIn, verb, action="schedule", say=TIMED)


@routes.post("/consultations/{id}/cancellation", name="cancel_consultation")
@allow(*CLINICIANS)
@once
async def cancel(request: web.Request) -> web.Response:
    """Take the request back."""

    async def verb(actor: Actor, consultation_id: UUID, entry: ReasonIn) -> None:
        await requests.cancel(actor, consultation_id, entry.reason)

    return await _do(request, ReasonIn, verb, action="cancel", say=CANCELLED)


@routes.post("/consultations/{id}/abortion", name="abort_consultation")
@allow(*CLINICIANS)
@once
async def abort(request: web.Request) -> web.Response:
    """Stop for technical reasons."""

    async def verb(actor: Actor, consultation_id: UUID, entry: ReasonIn) -> None:
        await requests.abort(actor, consultation_id, entry.reason)

    return await _do(request, ReasonIn, verb, action="abort", say=ABORTED)


@routes.post("/consultations/{id}/referral", name="refer_consultation")
@allow(*CLINICIANS)
@once
async def refer(request: web.Request) -> web.Response:
    """Make a referral of it."""
    return await _do(request, ReferralIn, requests.refer, action="convert", say=REFERRED)


@routes.post("/consultations/{id}/invitation", name="invite_doctor")
@allow(*CLINICIANS)
@once
async def invite(request: web.Request) -> web.Response:
    """Ask one more doctor in; from the room (htmx) the answer is a toast."""
    if request.headers.get("HX-Request"):
        return await _invite_from_room(request)
    return await _do(request, InvitationIn, session.invite, action="invite", say=INVITED)


async def _invite_from_room(request: web.Request) -> web.Response:
    actor, consultation_id = actor_of(request), path_id(request)
    form = await read_form(request, InvitationIn)
    said, status = "邀请已发出,对方会马上看到。", 200
    if form.entry is None:
        said, status = "请选一位医生。", 422
    else:
        try:
            await session.invite(actor, consultation_id, form.entry)
        except Invalid as problem:
            said, status = problem.detail, 422
    return await pages.render(
        request,
        "care/teleconsultation/_invited.html",
        status=status,
        said=said,
        kind="done" if status == 200 else "danger",
    )


@routes.post("/consultations/{id}/closure", name="end_consultation")
@allow(*CLINICIANS)
@once
async def end(request: web.Request) -> web.Response:
    """End the talk for everybody."""
    consultation_id = path_id(request)
    await session.end(actor_of(request), consultation_id)
    raise pages.see_other(f"/consultations/{consultation_id}", say=ENDED)


@routes.post("/consultations/{id}/reading", name="read_consultation")
@allow(*CLINICIANS)
@once
async def read(request: web.Request) -> web.Response:
    """The material has been read; the opinion follows."""
    consultation_id = path_id(request)
    await session.read(actor_of(request), consultation_id)
    raise pages.see_other(f"/consultations/{consultation_id}/opinion", say=READ)


@routes.post("/consultations/{id}/experts/{expert}/release", name="release_expert")
@allow(*CLINICIANS)
@once
async def release(request: web.Request) -> web.Response:
    """Let an expert go."""
    expert_id = path_id(request, "expert")

    async def verb(actor: Actor, consultation_id: UUID, entry: ReasonIn) -> None:
        await desk.release_expert(actor, consultation_id, expert_id, entry.reason)

    return await _do(request, ReasonIn, verb, action="release", say=RELEASED)
