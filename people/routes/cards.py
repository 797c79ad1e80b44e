"""The health card at a clinic: issue, print, replace a lost one; alerts for the administrator."""

from typing import Any, Final

from aiohttp import web

from core import audit, pages
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from core.qr import qr_svg
from people.access import CLINICAL, open_patient
from people.actor import actor_of
from people.cards import alerts, service
from people.queries import patient_header
from people.schemas import Reason

routes = web.RouteTableDef()

ISSUED: Final = pages.notice("card-issued", "健康卡已办好,可以打印。")
REPLACED: Final = pages.notice("card-replaced", "旧卡已作废,新卡可以打印。")
SEEN: Final = pages.notice("card-alert-seen", "已记下您看过这条提醒。")


class Loss(Schema):
    """Which card was lost, and how."""

    card_no: str
    reason: Reason


@routes.get("/patients/{id}/health-card", name="health_card")
@allow(*CLINICAL)
async def health_card(request: web.Request) -> web.StreamResponse:
    """The person's card, or the button that makes one."""
    return await _card(request, blank())


async def _card(request: web.Request, form: Form[Any]) -> web.Response:
    patient = await open_patient(actor_of(request), path_id(request), purpose="health_card")
    return await pages.render(
        request,
        "people/health_card.html",
        status=form.status,
        patient=await patient_header(patient.id),
        card=await service.card_of(patient.id),
        form=form,
    )


@routes.post("/patients/{id}/health-card", name="issue_health_card")
@allow(*CLINICAL)
@once
async def issue(request: web.Request) -> web.StreamResponse:
    """Make the card; a second click changes nothing."""
    actor = actor_of(request)
    patient = await open_patient(actor, path_id(request), purpose="health_card")
    await service.issue(actor, patient.id)
    raise pages.see_other(f"/patients/{patient.id}/health-card", say=ISSUED)


@routes.post("/patients/{id}/health-card/loss", name="lose_health_card")
@allow(*CLINICAL)
@once
@filled(Loss, again=_card, refusals={Conflict: "reason"})
async def lose(request: web.Request, entry: Loss) -> web.StreamResponse:
    """The old number and its codes die; the person stays."""
    actor = actor_of(request)
    patient = await open_patient(actor, path_id(request), purpose="health_card")
    await service.rotate(actor, patient.id, entry.reason, card_no=entry.card_no)
    raise pages.see_other(f"/patients/{patient.id}/health-card", say=REPLACED)


@routes.get("/patients/{id}/health-card/print", name="print_health_card")
@allow(*CLINICAL)
async def print_card(request: web.Request) -> web.StreamResponse:
    """The card on paper: the number and its QR, and the name so that a family tells them apart."""
    actor = actor_of(request)
    patient = await open_patient(actor, path_id(request), purpose="health_card")
    card = await service.card_of(patient.id)
    if card is None:
        raise NotFound("no_health_card", "还没有办健康卡,请先办卡。")
    await audit.audit(actor, "health_card.print", f"Patient/{patient.id}", patient_id=patient.id)
    return await pages.render(
        request,
        "people/health_card_print.html",
        title="健康卡",
        back_href=f"/patients/{patient.id}/health-card",
        patient=await patient_header(patient.id),
        card=card,
        qr=qr_svg(card.card_no),
    )


@routes.get("/card-alerts", name="card_alerts")
@allow(*alerts.READERS)
async def list_alerts(request: web.Request) -> web.StreamResponse:
    """Codes that this house never made, held out at its desks."""
    fragment = "HX-Request" in request.headers
    page = "people/_card_alert_rows.html" if fragment else "people/card_alerts.html"
    return await pages.render(request, page, rows=await alerts.newest())


@routes.post("/card-alerts/{id}/seen", name="see_card_alert")
@allow(*alerts.READERS)
@once
async def see(request: web.Request) -> web.StreamResponse:
    """The administrator has looked."""
    await alerts.acknowledge(actor_of(request), path_id(request))
    raise pages.see_other("/card-alerts", say=SEEN)
