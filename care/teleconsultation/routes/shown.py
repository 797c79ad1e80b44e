"""One consultation on screen: where it stands, who must move, what was sent, how it went."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.documents.consultation_report import KIND as REPORT
from care.documents.models import ArchivedDocument
from care.documents.service import content
from care.record.queries import summary
from care.teleconsultation import opinions, progress, queries, rows, session, times, words
from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.models import (
    CoSignature,
    Decision,
    MaterialRequest,
    Opinion,
    OpinionKind,
    Part,
)
from care.teleconsultation.possible import steps_for
from care.teleconsultation.reports import OPINION_LABELS, number_of
from care.teleconsultation.states import ExpertStatus, Status
from care.teleconsultation.steps import subject
from care.teleconsultation.telephone import service as telephone
from core import clock, pages
from core.audit import audit
from core.blobs import STORE
from core.doors import allow
from core.errors import NotFound
from core.forms import Form
from core.http import path_id
from core.money import yuan
from people.access import may_open
from people.actor import CLINICIANS, Role, actor_of
from people.queries import patient_header, practitioners
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

READERS: Final = (*CLINICIANS, Role.SUPERVISOR)


@routes.get("/consultations/{id}", name="consultation")
@allow(*READERS)
async def consultation(request: web.Request) -> web.Response:
    """The page of one consultation."""
    actor = actor_of(request)
    view = await open_consultation(actor, path_id(request))
    if view.consultation.status == Status.DRAFT:
        raise web.HTTPSeeOther(f"/consultations/{view.consultation.id}/request")
    await audit(
        actor,
        "consultation.open",
        subject(view.consultation.id),
        patient_id=view.consultation.patient_id,
        reason=view.side.value,
    )
    return await page(request, view)


@routes.get("/consultations/{id}/progress", name="consultation_progress")
@allow(*READERS)
async def changing(request: web.Request) -> web.Response:
    """The part that changes by itself."""
    view = await open_consultation(actor_of(request), path_id(request))
    return await pages.render(
        request, "care/teleconsultation/_progress.html", **await _changing(view)
    )


async def page(
    request: web.Request,
    view: View,
    *,
    wrong: str = "",
    form: Form[Any] | None = None,
    status: int = 200,
) -> web.Response:
    """The whole page; `wrong` names the action whose `form` must be mended."""
    consultation = view.consultation
    values = await _changing(view) | await _still(view)
    return await pages.render(
        request,
        "care/teleconsultation/consultation.html",
        status=status,
        title=f"会诊 {number_of(consultation)}",
        wrong=wrong,
        form=form,
        **values,
    )


async def _changing(view: View) -> dict[str, Any]:
    consultation = view.consultation
    await consultation.fetch_related("inviter", "inviter_organization", "agreement")
    people = await progress.members(view)
    kind, word = words.status_words(consultation.status, mine=view.mine)
    joint = await opinions.latest_signed(consultation.id, OpinionKind.JOINT)
    owes = await _owes(view)
    return {
        "view": view,
        "consultation": consultation,
        "can": steps_for(view),
        "kind": kind,
        "word": word,
        "sentence": f"等您签{owes}" if owes else await progress.standing(view),
        "since": rows.waiting_since(consultation),
        "seats": await progress.seats_in_words(view),
        "members": people,
        "steps": await progress.timeline(view),
        "signed_opinions": await _signed(view) if view.clinical else [],
        "joint": joint if view.clinical else None,
        "decision": await _decision(view),
        "reports": await _reports(view),
        "phone_calls": await telephone.shown(view),
        "labels": OPINION_LABELS,
        "adoptions": words.ADOPTIONS,
        "decision_values": form_of_decision(view),
        "must_co_sign": await _must_co_sign(view, joint),
        "owes": owes,
        "room_closed": session.why_closed(
            consultation,
            clock.now(),
            somebody_there=await session.somebody_there(consultation.id),
        ),
    }


def form_of_decision(view: View) -> Form[Any]:
    """What the inviter has typed of her decision."""
    typed = view.consultation.typed.get("decision", {}) if view.mine else {}
    return Form(dict(typed), {}, None)


async def _signed(view: View) -> list[Opinion]:
    """Signed opinions: the newest version of each, then those they replace."""
    rows = await (
        Opinion.filter(consultation_id=view.consultation.id, kind=OpinionKind.EXPERT)
        .exclude(signed_at=None)
        .order_by("author_id", "-version")
    )
    return list(rows)


async def _decision(view: View) -> Decision | None:
    if not view.clinical:
        return None
    return await Decision.get_or_none(consultation_id=view.consultation.id)


async def _reports(view: View) -> list[ArchivedDocument]:
    if not view.clinical:
        return []
    found = ArchivedDocument.filter(
        kind=REPORT,
        subject_id=view.consultation.id,
        organization_id=_archive_of(view),
    )
    return await found.order_by("-version")


def _archive_of(view: View) -> UUID:
    """Each side reads its own original; colleagues from a third house read the inviter's."""
    own = view.actor.organization_id
    answering = getattr(view.consultation.agreement, "invitee_organization_id", None)
    return own if own == answering else view.consultation.inviter_organization_id


async def _must_co_sign(view: View, joint: Opinion | None) -> bool:
    if joint is None or view.side != Side.EXPERT or view.expert is None:
        return False
    if view.expert.part != Part.EXPERT:
        return False
    return not await CoSignature.exists(
        opinion_id=joint.id, practitioner_id=view.actor.practitioner_id
    )


async def _owes(view: View) -> str:
    """What this person must write now, in words."""
    if view.consultation.status != Status.OPINION_DRAFT or view.expert is None:
        return ""
    owed = await queries.owed(view.actor)
    return next((item.what for item in owed if item.row.id == view.consultation.id), "")


async def _still(view: View) -> dict[str, Any]:
    """What does not change while the page is open, for dialogs and the application."""
    consultation = view.consultation
    header = await patient_header(consultation.patient_id)
    record = await summary(consultation.patient_id) if view.clinical else None
    sent = set(consultation.attachments)
    opened = view.clinical and await may_open(view.actor, consultation.patient_id)
    return {
        "header": header,
        "patient_name": header.name if view.clinical else header.name_masked,
        "banner": record.banner(href=_record_href(view, opened=opened)) if record else None,
        "opened": opened,
        "attachments": [a for a in record.attachments if str(a.id) in sent] if record else [],
        "all_attachments": record.attachments if record else [],
        "fee": yuan(consultation.fee_fen),
        "words": words,
        "number": number_of(consultation),
        "materials": await _materials(view),
        "offered": _offered(view),
        "free": await _free(view),
        "invitable": await invitable(view),
        "redirectable": await _redirectable(view),
        "specialties": list(SPECIALTIES.items()),
        "moves": {e.practitioner_id for e in view.experts if e.status == ExpertStatus.INVITED},
    }


def _record_href(view: View, *, opened: bool) -> str:
    return f"/patients/{view.consultation.patient_id}" if opened else ""


async def _materials(view: View) -> list[MaterialRequest]:
    if not view.clinical:
        return []
    found = MaterialRequest.filter(consultation_id=view.consultation.id).order_by("-asked_at")
    return await found.select_related("asked_by")


def _offered(view: View) -> list[tuple[str, str]]:
    offered = [datetime.fromisoformat(text) for text in view.consultation.times]
    return [(at.isoformat(), clock.in_words(at)) for at in offered if at > clock.now()]


async def _free(view: View) -> list[tuple[str, str]]:
    lead = next((seat for seat in view.seats if seat.position == 0), None)
    if lead is None or lead.taken_by_id is None:
        return []
    found = await times.free_times([lead.taken_by_id])
    return [(item.at.isoformat(), clock.in_words(item.at)) for item in found[:40]]


async def invitable(view: View) -> dict[str, list[tuple[str, str]]]:
    """Doctors who may be asked in, by institution."""
    if "invite" not in steps_for(view):
        return {}
    inside = {view.consultation.inviter_id, *(e.practitioner_id for e in view.experts)}
    found: dict[str, list[tuple[str, str]]] = {}
    for role in CLINICIANS:
        for card in await practitioners(role=role):
            if card.id not in inside:
                inside.add(card.id)
                line = " · ".join(filter(None, [f"{card.name} {card.title}", card.specialty_name]))
                found.setdefault(card.organization_name, []).append((str(card.id), line))
    return found


async def _redirectable(view: View) -> list[tuple[str, str]]:
    if "redirect" not in steps_for(view):
        return []
    asked = {view.actor.practitioner_id, *(e.practitioner_id for e in view.experts)}
    house = view.consultation.agreement.invitee_organization_id
    return [
        (str(card.id), f"{card.name} {card.title} · {card.specialty_name}")
        for card in await practitioners(role=Role.SPECIALIST, organization_id=house)
        if card.id not in asked and card.specialty
    ]


@routes.get("/consultations/{id}/report", name="consultation_report")
@allow(*CLINICIANS)
async def report(request: web.Request) -> web.Response:
    """The archived original of one's own side as PDF; `?version=` for an older one."""
    actor = actor_of(request)
    view = await open_consultation(actor, path_id(request))
    await view.consultation.fetch_related("agreement")
    wanted = request.query.get("version", "")
    found = [
        row
        for row in await _reports(view)
        if not wanted or (wanted.isascii() and str(row.version) == wanted)
    ]
    if not found:
        raise NotFound("no_report", "报告还没有归档,签署完成后就会有。")
    document = found[0]
    body = await content(document, request.app[STORE])
    await audit(
        actor,
        "consultation.report",
        subject(view.consultation.id),
        patient_id=view.consultation.patient_id,
        reason=f"version {document.version}",
    )
    name = f"{number_of(view.consultation)}-v{document.version}.pdf"
    return web.Response(
        body=body,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
