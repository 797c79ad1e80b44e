"""电话联系: the form, what it writes down, and the number to dial."""

from typing import Any, Final

from aiohttp import web

from care.teleconsultation.access import open_consultation
from care.teleconsultation.telephone import rules, service
from care.teleconsultation.telephone.schemas import OTHER, PhoneCallIn
from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, actor_of

routes = web.RouteTableDef()

LOGGED: Final = pages.notice("phone-call-logged", "电话已记下,双方都能看到。")
FRAGMENT: Final = "care/teleconsultation/_phone_call.html"


@routes.get("/consultations/{id}/phone-calls/new", name="new_phone_call")
@allow(*CLINICIANS)
async def new(request: web.Request) -> web.Response:
    """The form with the present time; a part of a dialog when htmx asks."""
    now = clock.now().astimezone(clock.SHANGHAI)
    return await _show(request, blank(called_at=f"{now:%Y-%m-%dT%H:%M}"))


async def _show(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_consultation(actor_of(request), path_id(request))
    known = await service.callees(view)
    return await pages.render(
        request,
        FRAGMENT if "HX-Request" in request.headers else "care/teleconsultation/phone_call.html",
        status=form.status,
        title="电话联系",
        id=view.consultation.id,
        form=form,
        may_log=service.may_log(view),
        callees=[(c.value, c.name, c.shown) for c in known] + [(OTHER, "其他人", "例如:病人家属")],
        reveals=any(c.value == "patient" and c.known for c in known),
        outcomes=[(outcome.value, words) for outcome, words in rules.OUTCOMES.items()],
    )


@routes.post("/consultations/{id}/phone-calls", name="log_phone_call")
@allow(*CLINICIANS)
@once
@filled(PhoneCallIn, again=_show)
async def log(request: web.Request, entry: PhoneCallIn) -> web.Response:
    """Write a call down; what is wrong comes back with what was typed."""
    consultation_id = path_id(request)
    await service.log_call(actor_of(request), consultation_id, entry)
    if "HX-Request" in request.headers:
        return await pages.render(
            request, "care/teleconsultation/_phone_call_logged.html", id=consultation_id
        )
    raise pages.see_other(f"/consultations/{consultation_id}", say=LOGGED)


@routes.post("/consultations/{id}/phone-number", name="show_phone_number")
@allow(*CLINICIANS)
async def number(request: web.Request) -> web.Response:
    """The patient's number to dial it, as part of the form."""
    found = await service.patient_number(actor_of(request), path_id(request))
    return await pages.render(request, "care/teleconsultation/_phone_number.html", numbers=found)
