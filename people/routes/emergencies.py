"""Opening a record in an emergency, and the look back at it."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people import emergencies, registration
from people.access import CLINICAL
from people.actor import actor_of
from people.emergencies import READERS, REVIEWERS, VERDICT_WORDS, Finding
from people.schemas import Emergency

routes = web.RouteTableDef()

GLASS_BROKEN: Final = pages.notice("glass-broken", "档案已紧急打开,这次查看会被核查。")
REVIEWED: Final = pages.notice("emergency-reviewed", "核查结论已记下。")
VERDICT_CHOICES: Final = list(VERDICT_WORDS.items())


@routes.get("/patients/emergency", name="emergency_access")
@allow(*CLINICAL)
async def emergency(request: web.Request) -> web.StreamResponse:
    """The form that breaks the glass."""
    return await _emergency(request, blank())


async def _emergency(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(request, "people/emergency.html", status=form.status, form=form)


@routes.post("/patients/emergency", name="break_glass")
@allow(*CLINICAL)
@once
@filled(Emergency, again=_emergency, refusals={NotFound: "number"})
async def break_glass(request: web.Request, entry: Emergency) -> web.StreamResponse:
    """Open a record for two hours, for a reason that others will read."""
    given = await registration.open_in_emergency(actor_of(request), entry)
    raise pages.see_other(f"/patients/{given.patient_id}", say=GLASS_BROKEN)


@routes.get("/emergency-accesses", name="emergency_accesses")
@allow(*READERS)
async def emergency_accesses(request: web.Request) -> web.StreamResponse:
    """Every emergency opening, for those who look after privacy."""
    rows = await emergencies.emergency_accesses()
    fragment = "HX-Request" in request.headers
    return await pages.render(
        request,
        "people/_emergency_rows.html" if fragment else "people/emergency_accesses.html",
        rows=rows,
        verdict_words=VERDICT_WORDS,
        may_review=actor_of(request).has(*REVIEWERS),
    )


@routes.get("/emergency-accesses/{id}/review", name="emergency_review")
@allow(*REVIEWERS)
async def review_form(request: web.Request) -> web.StreamResponse:
    """One opening, and the form that closes the matter."""
    return await _review_page(request, blank())


async def _review_page(request: web.Request, form: Form[Any]) -> web.StreamResponse:
    opening = await emergencies.emergency_access(path_id(request))
    return await pages.render(
        request,
        "people/emergency_review.html",
        status=form.status,
        opening=opening,
        mine=opening.practitioner_id == actor_of(request).practitioner_id,
        form=form,
        verdicts=VERDICT_CHOICES,
        verdict_words=VERDICT_WORDS,
    )


@routes.post("/emergency-accesses/{id}/review", name="review_emergency")
@allow(*REVIEWERS)
@once
@filled(Finding, again=_review_page)
async def review(request: web.Request, entry: Finding) -> web.StreamResponse:
    """Say whether the reason held."""
    await emergencies.review(actor_of(request), path_id(request), entry)
    raise pages.see_other("/emergency-accesses", say=REVIEWED)
