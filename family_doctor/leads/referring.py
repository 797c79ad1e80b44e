"""The referral note of a task or an alert: where to, why (filled in), how soon."""

from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from care.referral import service as referrals
from care.referral.access import subject
from care.referral.models import Urgency
from care.referral.places import places
from care.referral.routes.sending import REFERRED, URGENCIES
from core import db, pages
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import parse
from core.idempotency import once
from family_doctor.leads import service, summing_up
from family_doctor.leads.access import OriginView, open_origin
from family_doctor.leads.models import LeadKind
from family_doctor.leads.schemas import OriginIn, ReferFromIn
from people.actor import CLINICIANS, actor_of

routes = web.RouteTableDef()

LONGEST: Final = 500


@routes.get("/leads/referral", name="lead_to_referral")
@allow(*CLINICIANS)
async def show(request: web.Request) -> web.Response:
    """The form, filled in with what the team knows."""
    view = await _opened(request, request.query.get("origin", ""))
    said = await summing_up.reason(view.words, view.resident.patient.id)
    urgent = Urgency.URGENT if view.name.startswith("Alert/") else Urgency.ROUTINE
    return await _page(request, view, blank(reason=said[:LONGEST], urgency=urgent.value))


async def _opened(request: web.Request, origin: str) -> OriginView:
    return await open_origin(actor_of(request), parse(OriginIn, {"origin": origin}).origin)


async def _page(
    request: web.Request, view: OriginView, form: Form[Any], *, status: int = 200
) -> web.Response:
    patient = view.resident.patient
    return await pages.render(
        request,
        "family_doctor/leads/referral.html",
        status=status,
        title="写转诊单",
        form=form,
        view=view,
        targets=[(one.key, one.words) for one in await places(actor_of(request))],
        urgencies=URGENCIES,
        known=await summing_up.lines(patient.id),
        banner=(await records.summary(patient.id)).banner(href=f"/patients/{patient.id}"),
    )


@routes.post("/leads/referral", name="refer_from_lead")
@allow(*CLINICIANS)
@once
async def refer(request: web.Request) -> web.Response:
    """Propose it to the resident."""
    actor, form = actor_of(request), await read_form(request, ReferFromIn)
    view = await _opened(request, str(form.values.get("origin", "")))
    if form.entry is None:
        return await _page(request, view, form, status=422)
    patient_id = view.resident.patient.id
    summary = "\n".join(await summing_up.lines(patient_id))
    try:
        async with db.atomic():
            row = await referrals.refer_from(
                actor, patient_id, form.entry, about=view.name, summary=summary
            )
            await service.note(actor, view, LeadKind.REFERRAL, subject(row.id))
    except Invalid as problem:
        return await _page(request, view, with_problem(form, problem), status=422)
    except Conflict as problem:
        kept: Form[Any] = Form(form.values, {"": problem.detail}, None)
        return await _page(request, view, kept, status=409)
    raise pages.see_other(view.href, say=REFERRED)
