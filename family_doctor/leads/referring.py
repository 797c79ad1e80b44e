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
from core.errors import Conflict
from core.forms import ABOVE, Form, blank, filled
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


async def _again(request: web.Request, form: Form[Any]) -> web.Response:
    return await _page(request, await _opened(request, str(form.values.get("origin", ""))), form)


async def _page(request: web.Request, view: OriginView, form: Form[Any]) -> web.Response:
    patient = view.resident.patient
    return await pages.render(
        request,
        "family_doctor/leads/referral.html",
        status=form.status,
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
@filled(ReferFromIn, again=_again, refusals={Conflict: ABOVE})
async def refer(request: web.Request, entry: ReferFromIn) -> web.Response:
    """Propose it to the resident."""
    actor, view = actor_of(request), await _opened(request, entry.origin)
    patient_id = view.resident.patient.id
    summary = "\n".join(await summing_up.lines(patient_id))
    async with db.atomic():
        row = await referrals.refer_from(actor, patient_id, entry, about=view.name, summary=summary)
        await service.note(actor, view, LeadKind.REFERRAL, subject(row.id))
    raise pages.see_other(view.href, say=REFERRED)
