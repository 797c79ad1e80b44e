"""From a task or an alert: talk, and offer a video visit. Referrals have their own page."""

from typing import Any, Final

from aiohttp import web

from care.encounter.models import OnlineShift
from care.encounter.states import ShiftStatus
from care.record import queries as records
from core import pages
from core.clock import in_words
from core.doors import allow
from core.forms import Form, blank, filled, read_form
from core.http import parse
from core.idempotency import once
from family_doctor.access import MEMBERS
from family_doctor.leads import service
from family_doctor.leads.access import OriginView, open_origin
from family_doctor.leads.schemas import OfferIn, OriginIn
from family_doctor.leads.seams import TIMES
from people.actor import actor_of

routes = web.RouteTableDef()

OFFERED: Final = pages.notice("family-visit-offered", "已请居民来视频复诊,他会收到消息。")


@routes.post("/leads/talk", name="lead_to_talk")
@allow(*MEMBERS)
@once
async def talk(request: web.Request) -> web.Response:
    """Into the conversation with the resident."""
    actor, entry = actor_of(request), (await read_form(request, OriginIn)).require()
    found = await service.talk(actor, await open_origin(actor, entry.origin))
    raise web.HTTPSeeOther(f"/talks/{found.id}")


@routes.get("/leads/visit", name="lead_to_visit")
@allow(*MEMBERS)
async def choose(request: web.Request) -> web.Response:
    """With whom, now or at a time."""
    return await _page(request, await _opened(request, request.query.get("origin", "")), blank())


async def _opened(request: web.Request, origin: str) -> OriginView:
    return await open_origin(actor_of(request), parse(OriginIn, {"origin": origin}).origin)


async def _again(request: web.Request, form: Form[Any]) -> web.Response:
    return await _page(request, await _opened(request, str(form.values.get("origin", ""))), form)


async def _page(request: web.Request, view: OriginView, form: Form[Any]) -> web.Response:
    patient = view.resident.patient
    return await pages.render(
        request,
        "family_doctor/leads/visit.html",
        status=form.status,
        title="约视频复诊",
        form=form,
        view=view,
        choices=await _choices(request, view),
        banner=(await records.summary(patient.id)).banner(href=f"/patients/{patient.id}"),
    )


async def _choices(request: web.Request, view: OriginView) -> list[tuple[str, str]]:
    doctors = await service.doctors_of(view.resident.contract.team_id)
    ids = [one.id for one in doctors]
    open_now = OnlineShift.filter(live__in=ids, walk_ins=True, status=ShiftStatus.OPEN)
    here = {row.live for row in await open_now}
    times = await request.app[TIMES](doctors)
    now = [(f"now.{one.id}", f"现在:{one.name}正在线接诊") for one in doctors if one.id in here]
    later = [
        (f"time.{one.id}", f"约时间:{one.name},最近的号 {in_words(times[one.id])}")
        for one in doctors
        if one.id in times
    ]
    return now + later


@routes.post("/leads/visit", name="offer_visit")
@allow(*MEMBERS)
@once
@filled(OfferIn, again=_again)
async def offer(request: web.Request, entry: OfferIn) -> web.Response:
    """Ask the resident to come."""
    view = await _opened(request, entry.origin)
    await service.offer_visit(actor_of(request), view, entry)
    raise pages.see_other(view.href, say=OFFERED)
