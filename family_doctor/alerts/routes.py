"""危急值: dangerous readings from home, until somebody has answered for each."""

from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from family_doctor.access import my_team_ids
from family_doctor.alerts import queries, service, words
from family_doctor.alerts.access import READERS, AlertView, open_alert
from family_doctor.alerts.models import Alert
from family_doctor.alerts.schemas import CloseIn, HandleIn, ReadBackIn
from family_doctor.alerts.states import ALERT, UNANSWERED
from family_doctor.leads import queries as leads
from people.actor import actor_of
from people.ages import age_in_words
from people.queries import SEX_WORDS

routes = web.RouteTableDef()

ONE: Final = "/alerts/{id:[0-9a-fA-F-]{36}}"
LATELY: Final = timedelta(days=90)
TAKEN: Final = pages.notice("alert-taken", "您已接下。请马上联系居民。")
HANDLED: Final = pages.notice("alert-handled", "已记下。情况明了以后请结案。")
CLOSED: Final = pages.notice("alert-closed", "已结案。")


@routes.get("/alerts", name="alerts")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """The list."""
    return await _list(request, "family_doctor/alerts/list.html")


@routes.get("/alerts/rows", name="alert_rows")
@allow(*READERS)
async def rows(request: web.Request) -> web.Response:
    """The changing part."""
    return await _list(request, "family_doctor/alerts/_rows.html")


async def _list(request: web.Request, template: str) -> web.Response:
    actor, over = actor_of(request), request.query.get("shown") == "over"
    found = await queries.listed(actor, over=over)
    await audit(actor, "alerts.open", "Alert/*")
    return await pages.render(
        request,
        template,
        title="危急值",
        over=over,
        rows=[_row(row) for row in found],
        numbers=await queries.numbers(actor, clock.now() - LATELY),
        topics=f"staff:{actor.practitioner_id} organization:{actor.organization_id}",
    )


def _row(row: Alert) -> dict[str, Any]:
    patient = row.patient
    kind, word = words.STATUS[row.status]
    return {
        "row": row,
        "name": patient.name,
        "who": f"{SEX_WORDS[patient.sex]} {age_in_words(patient.birth_date, clock.today())}",
        "village": patient.village,
        "kind": kind,
        "word": word,
        "level": words.LEVELS[row.level] if row.status in UNANSWERED else "",
        "unanswered": row.status in UNANSWERED,
    }


@routes.get(ONE, name="alert")
@allow(*READERS)
async def one(request: web.Request) -> web.Response:
    """One alert: read back, call, write down what was done."""
    return await _page(request, blank())


async def _opened(request: web.Request) -> AlertView:
    return await open_alert(actor_of(request), path_id(request))


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    view = await _opened(request)
    row = view.alert
    banner = (await records.summary(row.patient_id)).banner(href=f"/patients/{row.patient_id}")
    return await pages.render(
        request,
        "family_doctor/alerts/alert.html",
        status=form.status,
        form=form,
        banner=banner,
        patient=row.patient,
        can=set(allowed(ALERT, row.status)),
        mine_team=row.team_id in await my_team_ids(view.actor),
        leads=await leads.of(request, [f"Alert/{row.id}"]),
        mine=row.acknowledged_by == view.actor.practitioner_id,
        measures=list(words.MEASURES.items()),
        steps=[
            (words.STEPS[step.action], words.MEASURES.get(step.measure, ""), step)
            for step in await queries.steps(row.id)
        ],
        **_row(row) | {"title": f"危急值:{row.words}"},
    )


@routes.post(f"{ONE}/acknowledgement", name="acknowledge_alert")
@allow(*READERS)
@once
@filled(ReadBackIn, again=_page)
async def acknowledge(request: web.Request, entry: ReadBackIn) -> web.Response:
    """Read back and take it on."""
    view = await _opened(request)
    await service.acknowledge(view, entry.value)
    raise pages.see_other(f"/alerts/{view.alert.id}", say=TAKEN)


@routes.post(f"{ONE}/handling", name="handle_alert")
@allow(*READERS)
@once
@filled(HandleIn, again=_page)
async def handle(request: web.Request, entry: HandleIn) -> web.Response:
    """Write down what was done."""
    view = await _opened(request)
    await service.handle(view, entry)
    raise pages.see_other(f"/alerts/{view.alert.id}", say=HANDLED)


@routes.post(f"{ONE}/closure", name="close_alert")
@allow(*READERS)
@once
@filled(CloseIn, again=_page)
async def close(request: web.Request, entry: CloseIn) -> web.Response:
    """How it ended."""
    await service.close(await _opened(request), entry)
    raise pages.see_other("/alerts", say=CLOSED)
