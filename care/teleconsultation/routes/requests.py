"""The request: patient, form with its checklist, consent, sending."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.consent.queries import valid
from care.record.queries import RecordSummary, summary
from care.teleconsultation import gate, material, requests, times, words
from care.teleconsultation.access import View, open_consultation
from care.teleconsultation.asking import on_call
from care.teleconsultation.bindings import BINDINGS
from care.teleconsultation.models import Agreement, Consultation
from care.teleconsultation.policy import answers
from care.teleconsultation.schemas import ApplicationIn
from care.teleconsultation.states import Status
from care.teleconsultation.steps import subject
from core import clock, pages
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, read_form, refused, text_of
from core.http import Schema, parse, path_id
from core.idempotency import once
from core.money import yuan
from people.access import reachable
from people.actor import CLINICIANS, Role, actor_of
from people.models import Patient
from people.queries import patient_headers, practitioners
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

SENT: Final = pages.notice("consultation-sent", "会诊申请已发出,专家应答后这里会马上显示。")
DISCARDED: Final = pages.notice("consultation-discarded", "草稿已丢弃。")
CONSENT_KIND: Final = requests.CONSENT_KIND


class NewConsultation(Schema):
    """For whom a consultation is wanted."""

    patient_id: UUID


@routes.get("/consultations/new", name="new_consultation")
@allow(*CLINICIANS)
async def new(request: web.Request) -> web.Response:
    """Choose the patient: those seen last, or search."""
    actor = actor_of(request)
    found = await Patient.filter(reachable(actor)).order_by("-created_at").limit(20)
    headers = await patient_headers([patient.id for patient in found])
    return await pages.render(
        request,
        "care/teleconsultation/new.html",
        title="请求会诊",
        patients=[headers[patient.id] for patient in found],
    )


@routes.post("/consultations", name="begin_consultation")
@allow(*CLINICIANS)
@once
async def begin(request: web.Request) -> web.Response:
    """Open the form for this patient."""
    entry = parse(NewConsultation, {"patient_id": await text_of(request, "patient_id")})
    draft = await requests.begin_draft(actor_of(request), entry.patient_id)
    raise web.HTTPSeeOther(f"/consultations/{draft.id}/request")


@routes.get("/consultations/{id}/request", name="consultation_request")
@allow(*CLINICIANS)
async def form(request: web.Request) -> web.Response:
    """The form as it was left."""
    view = await _draft(request)
    typed = view.consultation.typed
    return await _page(request, view, Form(typed, {}, None))


async def _draft(request: web.Request) -> View:
    view = await open_consultation(actor_of(request), path_id(request))
    view.require_inviter()
    if view.consultation.status != Status.DRAFT:
        raise web.HTTPSeeOther(f"/consultations/{view.consultation.id}")
    return view


async def _page(
    request: web.Request, view: View, found: Form[Any], *, status: int = 200
) -> web.Response:
    record = await summary(view.consultation.patient_id)
    if "attachments" not in found.values and not found.values:
        found = Form(
            {
                "mode": "instant",
                "format": "single",
                "urgency": "ordinary",
                "patient_here": "1",
                "attachments": [str(item.id) for item in record.attachments[:10]],
            },
            found.errors,
            None,
        )
    return await pages.render(
        request,
        "care/teleconsultation/request.html",
        status=status,
        title="会诊申请",
        form=found,
        consultation=view.consultation,
        record=record,
        banner=record.banner(href=f"/patients/{view.consultation.patient_id}"),
        specialties=list(SPECIALTIES.items()),
        titles=[(title, title) for title in words.TITLES],
        at_once=clock.span(answers().instant),
        agreements=(agreements := await _agreements(view.consultation)),
        agreement_choices=[
            (str(a.id), f"{a.invitee_organization.name}({a.number})") for a in agreements
        ],
        **await _aside(request, view.consultation, record, found.values),
    )


async def _aside(
    request: web.Request,
    consultation: Consultation,
    record: RecordSummary,
    values: dict[str, Any],
) -> dict[str, Any]:
    """Everything beside the form that follows from what is typed so far."""
    entry = ApplicationIn.leniently(values)
    application = entry.application()
    gaps = gate.missing(application, material.facts(record), clock.now())
    agreement = await _agreement(consultation, entry)
    doctors = await _doctors(agreement, entry)
    seats = entry.seats()
    fee = request.app[BINDINGS].fees.fee(entry.format, seats) if seats else None
    house = agreement.invitee_organization_id if agreement else None
    wanted = {entry.doctor} if entry.doctor else {doctor.id for doctor in doctors}
    return {
        "entry": entry,
        "gaps": gaps,
        "blocked": gate.blocks(application, gaps),
        "fee": yuan(fee) if fee is not None else "",
        "doctors": doctors,
        "on_call": await on_call(house, entry.specialty) if house and entry.specialty else [],
        "times": await times.free_times(wanted) if entry.specialty else [],
        "agreement": agreement,
    }


async def _agreements(consultation: Consultation) -> list[Agreement]:
    return await requests.agreements_of(consultation.inviter_organization_id)


async def _agreement(consultation: Consultation, entry: ApplicationIn) -> Agreement | None:
    found = await _agreements(consultation)
    return next((a for a in found if entry.agreement in (None, a.id)), None)


async def _doctors(agreement: Agreement | None, entry: ApplicationIn) -> list[Any]:
    if agreement is None or not entry.specialty:
        return []
    return await practitioners(
        specialty=entry.specialty,
        role=Role.SPECIALIST,
        organization_id=agreement.invitee_organization_id,
    )


@routes.post("/consultations/{id}/draft", name="save_consultation_draft")
@allow(*CLINICIANS)
async def save(request: web.Request) -> web.Response:
    """Keep what is typed; answer with the checklist, the fee and the free times."""
    found = await read_form(request, ApplicationIn)
    draft = await requests.save_draft(actor_of(request), path_id(request), found.values)
    if not request.headers.get("HX-Request"):
        return web.Response(status=204)
    record = await summary(draft.patient_id)
    return await pages.render(
        request,
        "care/teleconsultation/_aside.html",
        form=Form(found.values, {}, None),
        consultation=draft,
        record=record,
        request_is_htmx=True,
        **await _aside(request, draft, record, found.values),
    )


@routes.get("/consultations/{id}/checklist", name="consultation_checklist")
@allow(*CLINICIANS)
async def checklist(request: web.Request) -> web.Response:
    """The checklist again, after something was added to the record."""
    view = await _draft(request)
    record = await summary(view.consultation.patient_id)
    typed = view.consultation.typed
    return await pages.render(
        request,
        "care/teleconsultation/_aside.html",
        form=Form(typed, {}, None),
        consultation=view.consultation,
        record=record,
        request_is_htmx=True,
        **await _aside(request, view.consultation, record, typed),
    )


@routes.post("/consultations/{id}/request", name="check_consultation_request")
@allow(*CLINICIANS)
async def check(request: web.Request) -> web.Response:
    """Keep the form, run the quality gate, go on to consent."""
    actor, consultation_id = actor_of(request), path_id(request)
    found = await read_form(request, ApplicationIn)
    draft = await requests.save_draft(actor, consultation_id, found.values)
    view = await open_consultation(actor, consultation_id)
    if found.entry is None:
        return await _page(request, view, found, status=422)
    try:
        await requests.check(draft, found.entry)
        await requests.quote(draft, found.entry, request.app[BINDINGS].fees)
    except Invalid as problem:
        return await _page(request, view, _with_all(found, problem), status=422)
    if await _signed(request, draft, found.entry):
        raise web.HTTPSeeOther(f"/consultations/{draft.id}/submission")
    raise web.HTTPSeeOther(f"/consents/{CONSENT_KIND}/{draft.id}")


def _with_all(found: Form[Any], problem: Invalid) -> Form[Any]:
    """Beside the fields, and what is missing in the record as one sentence on top."""
    shown = refused(found, problem)
    general = [error.message for error in problem.errors if not error.field]
    if general:
        shown.errors[""] = "病历里还缺:" + ";".join(general)
    elif not problem.errors:
        shown.errors[""] = problem.detail
    return shown


async def _signed(request: web.Request, draft: Consultation, entry: ApplicationIn) -> bool:
    fee = request.app[BINDINGS].fees.fee(entry.format, entry.seats())
    found = await valid(draft.patient_id, CONSENT_KIND, subject=subject(draft.id), fee_fen=fee)
    return found is not None


@routes.get("/consultations/{id}/submission", name="review_consultation")
@allow(*CLINICIANS)
async def review(request: web.Request) -> web.Response:
    """Everything once more before it is sent."""
    view = await _draft(request)
    return await _review(request, view)


async def _review(
    request: web.Request, view: View, *, problem: str = "", status: int = 200
) -> web.Response:
    record = await summary(view.consultation.patient_id)
    typed = view.consultation.typed
    entry = ApplicationIn.leniently(typed)
    if not entry.specialties:
        raise web.HTTPSeeOther(f"/consultations/{view.consultation.id}/request")
    return await pages.render(
        request,
        "care/teleconsultation/submission.html",
        status=status,
        title="确认发送",
        consultation=view.consultation,
        record=record,
        banner=record.banner(href=f"/patients/{view.consultation.patient_id}"),
        signed=await _signed(request, view.consultation, entry),
        consent_href=f"/consents/{CONSENT_KIND}/{view.consultation.id}",
        problem=problem,
        words=words,
        specialty_words="、".join(SPECIALTIES[s] for s in entry.specialties),
        **await _aside(request, view.consultation, record, typed),
    )


@routes.post("/consultations/{id}/submission", name="submit_consultation")
@allow(*CLINICIANS)
@once
async def submit(request: web.Request) -> web.Response:
    """Send it."""
    actor, consultation_id = actor_of(request), path_id(request)
    bound = request.app[BINDINGS]
    try:
        await requests.submit(actor, consultation_id, fees=bound.fees)
    except Invalid as problem:
        view = await open_consultation(actor, consultation_id)
        sentences = [error.message for error in problem.errors]
        detail = problem.detail + (":" + ";".join(sentences) if sentences else "")
        return await _review(request, view, problem=detail, status=422)
    except Conflict as problem:
        if problem.code != "consent_missing":
            raise
        raise web.HTTPSeeOther(f"/consents/{CONSENT_KIND}/{consultation_id}") from None
    raise pages.see_other(f"/consultations/{consultation_id}", say=SENT)


@routes.post("/consultations/{id}/discard", name="discard_consultation")
@allow(*CLINICIANS)
@once
async def discard(request: web.Request) -> web.Response:
    """Throw a draft away."""
    await requests.discard(actor_of(request), path_id(request))
    raise pages.see_other("/consultations", say=DISCARDED)
