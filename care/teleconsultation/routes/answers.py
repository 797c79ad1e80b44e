"""Steps that are a reason, a time or an answer: parse, one verb, back to the page."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from care.teleconsultation import desk, handing_on, requests, session
from care.teleconsultation.access import open_consultation
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
from core.forms import Form, filled
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, Role, actor_of

routes = web.RouteTableDef()

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


async def _again(request: web.Request, form: Form[Any], *, wrong: str) -> web.Response:
    """`wrong` is the step whose form has to be mended."""
    view = await open_consultation(actor_of(request), path_id(request))
    return await page(request, view, wrong=wrong, form=form, status=form.status)


@routes.post("/consultations/{id}/acceptance", name="accept_consultation")
@allow(*CLINICIANS)
@once
@filled(AcceptanceIn, again=partial(_again, wrong="accept"))
async def accept(request: web.Request, entry: AcceptanceIn) -> web.Response:
    """Take the seat; a booked one with the chosen time."""
    actor, consultation_id = actor_of(request), path_id(request)
    await desk.accept(actor, consultation_id, entry.time)
    raise pages.see_other(f"/consultations/{consultation_id}", say=ACCEPTED)


@routes.post("/consultations/{id}/refusal", name="decline_consultation")
@allow(*CLINICIANS)
@once
@filled(ReasonIn, again=partial(_again, wrong="decline"))
async def decline(request: web.Request, entry: ReasonIn) -> web.Response:
    """Say no, with a reason."""
    actor, consultation_id = actor_of(request), path_id(request)
    await desk.decline(actor, consultation_id, entry.reason)
    raise pages.see_other("/desk" if actor.has(Role.SPECIALIST) else "/clinic", say=DECLINED)


@routes.post("/consultations/{id}/redirection", name="redirect_consultation")
@allow(*CLINICIANS)
@once
@filled(RedirectionIn, again=partial(_again, wrong="redirect"))
async def redirect(request: web.Request, entry: RedirectionIn) -> web.Response:
    """Hand on."""
    actor, consultation_id = actor_of(request), path_id(request)
    await handing_on.redirect(actor, consultation_id, entry)
    raise pages.see_other("/desk", say=REDIRECTED)


@routes.post("/consultations/{id}/material-request", name="request_material")
@allow(*CLINICIANS)
@once
@filled(MaterialRequestIn, again=partial(_again, wrong="request_material"))
async def ask_material(request: web.Request, entry: MaterialRequestIn) -> web.Response:
    """Ask for more."""
    actor, consultation_id = actor_of(request), path_id(request)
    await desk.request_material(actor, consultation_id, entry)
    raise pages.see_other(f"/consultations/{consultation_id}", say=ASKED)


@routes.post("/consultations/{id}/material", name="provide_material")
@allow(*CLINICIANS)
@once
@filled(MaterialIn, again=partial(_again, wrong="provide_material"))
async def give_material(request: web.Request, entry: MaterialIn) -> web.Response:
    """Answer what was asked."""
    actor, consultation_id = actor_of(request), path_id(request)
    await requests.provide_material(actor, consultation_id, entry)
    raise pages.see_other(f"/consultations/{consultation_id}", say=PROVIDED)


@routes.post("/consultations/{id}/schedule", name="schedule_consultation")
@allow(*CLINICIANS)
@once
@filled(TimeIn, again=partial(_again, wrong="schedule"))
async def schedule(request: web.Request, entry: TimeIn) -> web.Response:
    """Agree or move the time."""
    actor, consultation_id = actor_of(request), path_id(request)
    await set_time(actor, consultation_id, entry.time)
    raise pages.see_other(f"/consultations/{consultation_id}", say=TIMED)


@routes.post("/consultations/{id}/cancellation", name="cancel_consultation")
@allow(*CLINICIANS)
@once
@filled(ReasonIn, again=partial(_again, wrong="cancel"))
async def cancel(request: web.Request, entry: ReasonIn) -> web.Response:
    """Take the request back."""
    actor, consultation_id = actor_of(request), path_id(request)
    await requests.cancel(actor, consultation_id, entry.reason)
    raise pages.see_other(f"/consultations/{consultation_id}", say=CANCELLED)


@routes.post("/consultations/{id}/abortion", name="abort_consultation")
@allow(*CLINICIANS)
@once
@filled(ReasonIn, again=partial(_again, wrong="abort"))
async def abort(request: web.Request, entry: ReasonIn) -> web.Response:
    """Stop for technical reasons."""
    actor, consultation_id = actor_of(request), path_id(request)
    await requests.abort(actor, consultation_id, entry.reason)
    raise pages.see_other(f"/consultations/{consultation_id}", say=ABORTED)


@routes.post("/consultations/{id}/referral", name="refer_consultation")
@allow(*CLINICIANS)
@once
@filled(ReferralIn, again=partial(_again, wrong="convert"))
async def refer(request: web.Request, entry: ReferralIn) -> web.Response:
    """Make a referral of it."""
    actor, consultation_id = actor_of(request), path_id(request)
    await requests.refer(actor, consultation_id, entry)
    raise pages.see_other(f"/consultations/{consultation_id}", say=REFERRED)


async def _not_invited(request: web.Request, form: Form[Any]) -> web.Response:
    """On the page; in the room (htmx) a toast."""
    if "HX-Request" in request.headers:
        said = form.refusal.detail if form.refusal else "请选一位医生。"
        return await _toast(request, said, kind="danger", status=422)
    return await _again(request, form, wrong="invite")


async def _toast(request: web.Request, said: str, *, kind: str, status: int) -> web.Response:
    return await pages.render(
        request, "care/teleconsultation/_invited.html", status=status, said=said, kind=kind
    )


@routes.post("/consultations/{id}/invitation", name="invite_doctor")
@allow(*CLINICIANS)
@once
@filled(InvitationIn, again=_not_invited)
async def invite(request: web.Request, entry: InvitationIn) -> web.Response:
    """Ask one more doctor in; from the room (htmx) the answer is a toast."""
    consultation_id = path_id(request)
    await session.invite(actor_of(request), consultation_id, entry)
    if "HX-Request" in request.headers:
        return await _toast(request, pages.sentence(INVITED), kind="done", status=200)
    raise pages.see_other(f"/consultations/{consultation_id}", say=INVITED)


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
@filled(ReasonIn, again=partial(_again, wrong="release"))
async def release(request: web.Request, entry: ReasonIn) -> web.Response:
    """Let an expert go."""
    actor, consultation_id = actor_of(request), path_id(request)
    expert_id = path_id(request, "expert")
    await handing_on.release_expert(actor, consultation_id, expert_id, entry.reason)
    raise pages.see_other(f"/consultations/{consultation_id}", say=RELEASED)
