"""From the visit: refer, see what came of it, take it back."""

from typing import Any, Final

from aiohttp import web

from care.encounter.access import DOCTORS, DoctorView, open_encounter
from care.encounter.routes.visit import ONE
from care.referral import queries, service, words
from care.referral.access import ReferralView
from care.referral.models import Urgency
from care.referral.places import places
from care.referral.routes.shown import of_view
from care.referral.schemas import ReferIn
from care.referral.states import OVER
from core import pages
from core.doors import allow
from core.errors import Conflict
from core.forms import ABOVE, Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, actor_of
from people.queries import patient_header

routes = web.RouteTableDef()

REFERRED: Final = pages.notice(
    "referral-proposed", "转诊单已写好,居民在手机上同意后就发给对方科室。"
)
TAKEN_BACK: Final = pages.notice("referral-taken-back", "转诊已取消。")
URGENCIES: Final = [
    (Urgency.ROUTINE.value, "普通:对方一天内答复"),
    (Urgency.URGENT.value, "尽快:对方两小时内答复"),
]


@routes.get(f"{ONE}/referrals", name="visit_referrals")
@allow(*DOCTORS)
async def panel(request: web.Request) -> web.Response:
    """What came of it, as a part of the visit's page."""
    view = await open_encounter(actor_of(request), path_id(request))
    return await pages.render(request, "care/referral/_of_visit.html", **await _context(view))


async def _context(view: DoctorView) -> dict[str, Any]:
    found = await queries.of_visit(view.encounter.id)
    shown = [of_view(ReferralView(row, view.actor)) for row in found]
    running = any(row.status not in OVER for row in found)
    return {
        "id": view.encounter.id,
        "referrals": shown,
        "running": running,
        "refused": await service.why_not(view.encounter),
    }


@routes.get(f"{ONE}/referral", name="refer_visit")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """Where to, why, how soon."""
    return await _page(request, blank(urgency=Urgency.ROUTINE.value))


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_encounter(actor_of(request), path_id(request))
    header = await patient_header(view.encounter.patient_id)
    return await pages.render(
        request,
        "care/referral/refer.html",
        status=form.status,
        title="转诊",
        who=f"{header.name} {header.sex} {header.age}",
        form=form,
        targets=[(one.key, one.words) for one in await places(view.actor)],
        urgencies=URGENCIES,
        words=words,
        **await _context(view),
    )


@routes.post(f"{ONE}/referral", name="send_referral")
@allow(*DOCTORS)
@once
@filled(ReferIn, again=_page, refusals={Conflict: ABOVE})
async def refer(request: web.Request, entry: ReferIn) -> web.Response:
    """Propose it to the resident."""
    view = await open_encounter(actor_of(request), path_id(request))
    await service.refer(view.actor, view.encounter.id, entry)
    raise pages.see_other(f"/visits/{view.encounter.id}", say=REFERRED)


@routes.post("/referrals/{id:[0-9a-fA-F-]{36}}/cancellation", name="cancel_referral")
@allow(*CLINICIANS)
@once
async def cancel(request: web.Request) -> web.Response:
    """Take it back."""
    row = await service.cancel(actor_of(request), path_id(request))
    raise pages.see_other(f"/referrals/{row.id}", say=TAKEN_BACK)
