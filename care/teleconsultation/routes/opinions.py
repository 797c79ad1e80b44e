"""Opinions, joint opinions and the inviter's decision."""

from typing import Any, Final

from aiohttp import web

from care.teleconsultation import opinions
from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.models import Opinion, OpinionKind, Part
from care.teleconsultation.possible import steps_for
from care.teleconsultation.reports import OPINION_LABELS
from care.teleconsultation.routes.shown import page as consultation_page
from care.teleconsultation.schemas import DecisionIn, OpinionIn
from care.teleconsultation.states import Status
from core import clock, pages
from core.doors import allow
from core.errors import Conflict, Forbidden, Invalid
from core.forms import Form, blank, read_form, refused
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, actor_of
from people.proof import has_recent_proof
from people.queries import patient_header

routes = web.RouteTableDef()

SIGNED: Final = pages.notice("opinion-signed", "已签名。签过名的意见不能再改,要改请用“更正”。")
CO_SIGNED: Final = pages.notice("opinion-co-signed", "已会签联合意见。")
DECIDED: Final = pages.notice("decision-made", "处理决定已签名,报告正在生成。")
KINDS: Final = {"opinion": OpinionKind.EXPERT, "joint-opinion": OpinionKind.JOINT}
PAGE: Final = "/consultations/{id}/{which:opinion|joint-opinion}"


def _kind(request: web.Request) -> OpinionKind:
    return KINDS[request.match_info["which"]]


@routes.get(PAGE, name="opinion")
@allow(*CLINICIANS)
async def show(request: web.Request) -> web.Response:
    """The opinion as a page of its own."""
    return await _page(request, await _view(request), blank())


@routes.get(PAGE + "/panel", name="opinion_panel")
@allow(*CLINICIANS)
async def panel(request: web.Request) -> web.Response:
    """The opinion inside the consult room."""
    view = await open_consultation(actor_of(request), path_id(request))
    return await _page(request, view, blank(), template="care/teleconsultation/_opinion.html")


async def _view(request: web.Request) -> View:
    view = await open_consultation(actor_of(request), path_id(request))
    if view.side != Side.EXPERT:
        raise Forbidden("expert_only", "会诊意见由接诊的专家书写。")
    return view


async def _page(
    request: web.Request,
    view: View,
    form: Form[Any],
    *,
    status: int = 200,
    template: str = "care/teleconsultation/opinion.html",
) -> web.Response:
    kind, consultation = _kind(request), view.consultation
    mine = view.actor.practitioner_id
    draft = await opinions.draft_of(consultation.id, mine, kind)
    signed = await opinions.latest_signed(consultation.id, kind, mine)
    writes = view.side == Side.EXPERT and view.expert is not None
    writes = writes and view.expert.part != Part.COLLEAGUE  # type: ignore[union-attr]
    correcting = signed is not None and (
        draft is not None or bool(form.errors) or "correct" in request.query
    )
    if not form.values:
        source = draft or (signed if correcting else None)
        form = Form(dict(source.content) if source else {}, {}, None)
    header = await patient_header(consultation.patient_id)
    return await pages.render(
        request,
        template,
        status=status,
        title="联合意见" if kind == OpinionKind.JOINT else "会诊意见",
        view=view,
        consultation=consultation,
        can=steps_for(view),
        which=request.match_info["which"],
        joint_kind=kind == OpinionKind.JOINT,
        writes=writes,
        form=form,
        draft=draft,
        signed=signed,
        correcting=correcting,
        ended=consultation.status not in opinions.MAY_WRITE - {Status.OPINION_DRAFT},
        labels=OPINION_LABELS,
        singles=await _singles(view),
        proof=has_recent_proof(view.actor),
        patient_line=f"{header.name} {header.sex} {header.age}" if view.clinical else "",
        saved=f"草稿已保存 {draft.saved_at.astimezone(clock.SHANGHAI):%H:%M}" if draft else "",
    )


async def _singles(view: View) -> list[Opinion]:
    """Everybody's newest signed single opinion, for the joint one."""
    rows = await (
        Opinion.filter(consultation_id=view.consultation.id, kind=OpinionKind.EXPERT)
        .exclude(signed_at=None)
        .order_by("version")
    )
    return list({row.author_id: row for row in rows}.values())


@routes.post(PAGE + "/draft", name="save_opinion_draft")
@allow(*CLINICIANS)
async def save(request: web.Request) -> web.Response:
    """Keep what is typed."""
    form = await read_form(request, OpinionIn)
    await opinions.save_draft(actor_of(request), path_id(request), _kind(request), form.values)
    return web.Response(status=204)


@routes.post(PAGE, name="sign_opinion")
@allow(*CLINICIANS)
@once
async def sign(request: web.Request) -> web.Response:
    """Sign it. What was typed is kept as a draft first, so that no refusal loses it."""
    actor, consultation_id, kind = actor_of(request), path_id(request), _kind(request)
    form = await read_form(request, OpinionIn)
    await opinions.save_draft(actor, consultation_id, kind, form.values)
    if form.entry is not None:
        try:
            await opinions.sign_opinion(actor, consultation_id, kind, form.entry)
        except (Invalid, Conflict) as problem:
            form = refused(form, problem)
        else:
            raise pages.see_other(f"/consultations/{consultation_id}", say=SIGNED)
    view = await open_consultation(actor, consultation_id)
    return await _page(request, view, form, status=form.status)


@routes.post("/consultations/{id}/joint-opinion/co-signature", name="co_sign_opinion")
@allow(*CLINICIANS)
@once
async def co_sign(request: web.Request) -> web.Response:
    """Sign the coordinator's joint opinion too."""
    consultation_id = path_id(request)
    await opinions.co_sign(actor_of(request), consultation_id)
    raise pages.see_other(f"/consultations/{consultation_id}", say=CO_SIGNED)


@routes.post("/consultations/{id}/decision/draft", name="save_decision_draft")
@allow(*CLINICIANS)
async def save_decision(request: web.Request) -> web.Response:
    """Keep what is typed."""
    form = await read_form(request, DecisionIn)
    await opinions.save_decision_draft(actor_of(request), path_id(request), form.values)
    return web.Response(status=204)


@routes.post("/consultations/{id}/decision", name="decide_consultation")
@allow(*CLINICIANS)
@once
async def decide(request: web.Request) -> web.Response:
    """The inviter's decision, signed."""
    actor, consultation_id = actor_of(request), path_id(request)
    form = await read_form(request, DecisionIn)
    await opinions.save_decision_draft(actor, consultation_id, form.values)
    if form.entry is not None:
        await opinions.decide(actor, consultation_id, form.entry)
        raise pages.see_other(f"/consultations/{consultation_id}", say=DECIDED)
    view = await open_consultation(actor, consultation_id)
    return await consultation_page(request, view, wrong="decide", form=form, status=422)
