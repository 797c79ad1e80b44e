"""照接种证抄: the whole book on one page, a day beside each dose."""

import re
from datetime import date
from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.doors import allow
from core.errors import Invalid
from core.forms import Form, blank, fields, refused
from core.http import Schema, path_id
from core.idempotency import once
from family_doctor.access import MEMBERS, open_resident
from family_doctor.immunization import queries, recording, service
from family_doctor.immunization.routes import CHILD
from family_doctor.immunization.rules import Line, State
from people.actor import actor_of

routes = web.RouteTableDef()

COPIED: Final = pages.notice("immunization-copied", "已照接种证记下。")
COMPLETE: Final = pages.notice("immunization-complete", "已对过接种证,到日子会提醒家长。")
DOSE: Final = re.compile(r"[a-z0-9-]{2,24}:[1-9]")
UNREADABLE: Final = "请填日期,例如 2026-03-01"


class Copied(Schema):
    """What was typed of a book, by `vaccine:number`. `complete`: there is nothing else in it."""

    doses: dict[str, date]
    complete: bool


@routes.get(f"{CHILD}/book", name="immunization_book")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """The empty days of all doses up to this age."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_resident(actor_of(request), path_id(request), purpose="immunizations")
    service.require_child(view)
    patient, record = view.patient, await queries.record_of(view.patient)
    lines = [one for one in record.lines if _asked(one, patient.birth_date)]
    return await pages.render(
        request,
        "family_doctor/immunization/book.html",
        status=form.status,
        title="照接种证抄",
        form=form,
        patient=patient,
        banner=(await records.summary(patient.id)).banner(href=""),
        lines=[(f"{one.dose.vaccine}:{one.dose.number}", one) for one in lines],
        today=clock.today(),
    )


def _asked(line: Line, born: date) -> bool:
    """Not on record, and old enough for it."""
    age = line.dose.accepted or line.dose.opens
    return line.state is not State.DONE and age.after(born) <= clock.today()


async def _typed(request: web.Request) -> Form[Copied]:
    posted = await fields(request)
    texts = {
        name: text.strip()
        for name in posted
        if isinstance(text := posted[name], str) and text.strip()
    }
    doses, errors = {}, {}
    for name in filter(DOSE.fullmatch, texts):
        try:
            doses[name] = date.fromisoformat(texts[name])
        except ValueError:
            errors[name] = UNREADABLE
    entry = None if errors else Copied(doses=doses, complete="complete" in texts)
    return Form(texts, errors, entry)


@routes.post(f"{CHILD}/book", name="copy_immunization_book")
@allow(*MEMBERS)
@once
async def copy(request: web.Request) -> web.Response:
    """All that was typed, or nothing of it and what is wrong."""
    actor, patient_id, form = actor_of(request), path_id(request), await _typed(request)
    if form.entry is None:
        return await _page(request, form)
    try:
        await recording.copy_book(actor, patient_id, form.entry.doses)
    except Invalid as problem:
        return await _page(request, refused(form, problem))
    if form.entry.complete:
        await service.compare(actor, patient_id)
    say = COMPLETE if form.entry.complete else COPIED
    raise pages.see_other(f"/follow-ups/patients/{patient_id}/immunizations", say=say)
