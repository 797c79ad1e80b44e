"""投诉: what is to be done, overdue first; one complaint with everything that was said."""

from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from care.complaint import queries, service, words
from care.complaint.access import DESK, READERS, open_complaint
from care.complaint.schemas import AnswerIn
from care.complaint.states import COMPLAINT, Status
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from people.actor import Actor, actor_of
from people.masking import mask_name

routes = web.RouteTableDef()

ONE: Final = "/complaints/{id:[0-9a-fA-F-]{36}}"
TABS: Final = {"owed": "要办的", "past": "已答复、已办结"}
LATELY: Final = timedelta(days=90)
ACCEPTED: Final = pages.notice("complaint-accepted", "已受理,居民会收到消息。")
ANSWERED: Final = pages.notice("complaint-answered", "已答复,居民会收到消息。")


@routes.get("/complaints", name="complaints")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """What is to be done, overdue first, or what is over."""
    actor = actor_of(request)
    shown = "past" if request.query.get("shown") == "past" else "owed"
    await audit(actor, "complaints.open", "Complaint/*")
    return await pages.render(
        request,
        "care/complaint/complaints.html",
        title="投诉",
        tabs=TABS,
        shown=shown,
        rows=[_row(line, actor) for line in await queries.listed(actor, owed=shown == "owed")],
        numbers=await queries.numbers(actor, clock.now() - LATELY),
    )


def _row(line: queries.Line, actor: Actor) -> dict[str, Any]:
    row = line.row
    kind, word = words.STATUS[row.status]
    return {
        "row": row,
        "name": row.patient.name if actor.has(*DESK) else mask_name(row.patient.name),
        "kind": "danger" if line.overdue else kind,
        "word": f"超时 · {word}" if line.overdue else word,
        "category": words.CATEGORIES[row.category],
        "due": line.due,
    }


@routes.get(ONE, name="complaint")
@allow(*READERS)
async def one(request: web.Request) -> web.Response:
    """One complaint."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_complaint(actor_of(request), path_id(request))
    row = view.complaint
    line = queries.line_of(row)
    return await pages.render(
        request,
        "care/complaint/complaint.html",
        status=form.status,
        title=f"投诉:{words.CATEGORIES[row.category]}",
        form=form,
        can=set(allowed(COMPLAINT, row.status)) if view.may_answer else set(),
        first=row.status is Status.RECEIVED,
        steps=[(words.ACTIONS[step.action], step) for step in await queries.steps(row.id)],
        page_of=_page_of(row.subject, view.actor),
        **_row(line, view.actor),
    )


def _page_of(subject: str, actor: Actor) -> str:
    """Where the office sees what it is about; a visit's page is the doctor's alone."""
    kind, _, id = subject.partition("/")
    return f"/bookings/{id}" if kind == "Appointment" and actor.has("scheduler") else ""


@routes.post(f"{ONE}/acceptance", name="accept_complaint")
@allow(*DESK)
@once
async def accept(request: web.Request) -> web.Response:
    """The house takes it on."""
    view = await open_complaint(actor_of(request), path_id(request))
    await service.accept(view)
    raise pages.see_other(f"/complaints/{view.complaint.id}", say=ACCEPTED)


@routes.post(f"{ONE}/answer", name="answer_complaint")
@allow(*DESK)
@once
@filled(AnswerIn, again=_page)
async def answer(request: web.Request, entry: AnswerIn) -> web.Response:
    """The house's answer."""
    view = await open_complaint(actor_of(request), path_id(request))
    await service.answer(view, entry.answer)
    raise pages.see_other(f"/complaints/{view.complaint.id}", say=ANSWERED)
