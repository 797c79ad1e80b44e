"""打疫苗: a child's doses and the team's list of children."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from family_doctor.access import MEMBERS, ResidentView, my_team_ids, open_resident, open_team
from family_doctor.care_plan import queries as plans
from family_doctor.immunization import queries, recording, service, words
from family_doctor.immunization.models import Immunization
from family_doctor.immunization.queries import Filter, Record, Row, Shown
from family_doctor.immunization.rules import Line, State
from family_doctor.immunization.schemas import ImmunizationIn, WrongIn
from people.actor import actor_of
from people.ages import age_in_words
from people.queries import SEX_WORDS

routes = web.RouteTableDef()

CHILD: Final = "/follow-ups/patients/{id:[0-9a-fA-F-]{36}}/immunizations"
RECORDED: Final = pages.notice("immunization-recorded", "已记下。接种证上还有的,接着记。")
WRONG: Final = pages.notice("immunization-wrong", "已标为记错,这一剂重新算没打。")
COMPARED: Final = pages.notice("immunization-compared", "已对过接种证,到日子会提醒家长。")


@routes.get(CHILD, name="child_immunizations")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """One child: what is due, what was given, and the form."""
    return await _child(request, blank())


async def _child(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    view = await open_resident(actor, path_id(request), purpose="immunizations")
    service.require_child(view)
    return await _page(request, view, form)


async def _page(request: web.Request, view: ResidentView, form: Form[Any]) -> web.Response:
    patient, record = view.patient, await queries.record_of(view.patient)
    leads = (await open_team(view.actor, view.contract.team_id)).leads
    return await pages.render(
        request,
        "family_doctor/immunization/child.html",
        status=form.status,
        title=f"{patient.name}打疫苗",
        form=_first_values(form, record),
        patient=patient,
        banner=(await records.summary(patient.id)).banner(href=f"/patients/{patient.id}"),
        book=record.book,
        now=[_line(one) for one in record.these(State.LATE, State.DUE, State.UNRECORDED)],
        coming=[_line(one) for one in record.coming],
        over=[_line(one) for one in record.these(State.OVER) if one.is_next],
        doubts=[_line(one) for one in record.these(State.DONE) if one.doubt],
        given=[(words.given(row), row, _may_mend(row, view, leads)) for row in record.given[::-1]],
        wrong=[(words.given(row), row) for row in record.wrong],
        choices={"doses": words.choices(), "origins": list(words.ORIGINS.items())},
        origin_words=words.ORIGINS,
        today=clock.today(),
    )


def _may_mend(row: Immunization, view: ResidentView, leads: bool) -> bool:
    return leads or row.by_id == view.actor.practitioner_id


def _first_values(form: Form[Any], record: Record) -> Form[Any]:
    """The form begins with what is due for longest; what was typed stays."""
    waits = record.these(State.LATE, State.DUE)
    dose = f"{waits[0].dose.vaccine}:{waits[0].dose.number}" if waits else ""
    return replace(form, values={"id": uuid4(), "dose": dose, "origin": "book"} | form.values)


def _line(line: Line) -> dict[str, Any]:
    kind, word = words.STATES[line.state]
    return {
        "what": words.dose(line),
        "against": line.series.against,
        "line": line,
        "kind": kind,
        "word": word,
        "doubt": words.DOUBTS[line.doubt] if line.doubt else "",
        "catch_up": line.series.catch_up if line.state in (State.LATE, State.OVER) else "",
        "dated": line.state in (State.DUE, State.LATE, State.LATER),
    }


@routes.post(CHILD, name="record_immunization")
@allow(*MEMBERS)
@once
@filled(ImmunizationIn, again=_child, refusals={Conflict: "dose"})
async def record_dose(request: web.Request, entry: ImmunizationIn) -> web.Response:
    """Write a dose down."""
    row = await recording.record_dose(actor_of(request), path_id(request), entry)
    raise _back(row.patient_id, RECORDED)


@routes.post(f"{CHILD}/comparison", name="compare_immunization_book")
@allow(*MEMBERS)
@once
async def compare(request: web.Request) -> web.Response:
    """The record was compared with the book."""
    await service.compare(actor_of(request), path_id(request))
    raise _back(path_id(request), COMPARED)


async def _of_dose(request: web.Request, form: Form[Any]) -> web.Response:
    row = await service.open_dose(actor_of(request), path_id(request))
    view = await open_resident(actor_of(request), row.patient_id, purpose="immunizations")
    return await _page(request, view, form)


@routes.post(
    "/follow-ups/immunizations/{id:[0-9a-fA-F-]{36}}/error", name="mark_immunization_wrong"
)
@allow(*MEMBERS)
@once
@filled(WrongIn, again=_of_dose)
async def mark_wrong(request: web.Request, entry: WrongIn) -> web.Response:
    """It was entered in error."""
    row = await service.find_wrong(actor_of(request), path_id(request), entry.reason)
    raise _back(row.patient_id, WRONG)


def _back(patient_id: object, say: str) -> web.HTTPException:
    return pages.see_other(f"/follow-ups/patients/{patient_id}/immunizations", say=say)


@routes.get("/follow-ups/immunizations", name="immunizations")
@allow(*MEMBERS)
async def listed(request: web.Request) -> web.Response:
    """The children of my teams: who is due, late, soon, and whose book nobody has compared."""
    actor = actor_of(request)
    what = _filter(request.query, await my_team_ids(actor))
    found = await queries.listed(what)
    await audit(actor, "immunizations.open", "Immunization/*")
    counted = await queries.counts(what)
    return await pages.render(
        request,
        "family_doctor/immunization/list.html",
        title="打疫苗",
        tabs=[(shown.value, word, counted[shown]) for shown, word in words.TABS.items()],
        what=what,
        villages=[(row.name, row.name) for row in await plans.villages(what.team_ids) if row.name],
        rows=[_row(one, what.shown) for one in found.rows],
        found=found,
        in_team=bool(what.team_ids),
        rest=urlencode({"village": what.village}) if what.village else "",
    )


def _filter(query: Mapping[str, str], team_ids: list[Any]) -> Filter:
    page, shown = query.get("page", "1"), query.get("shown")
    return Filter(
        team_ids,
        Shown(shown) if shown in list(Shown) else Shown.DUE,
        village=query.get("village", "")[:60],
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1,
    )


def _row(row: Row, shown: Shown) -> dict[str, Any]:
    patient, record = row.patient, row.record
    states = (State.LATE,) if shown is Shown.LATE else (State.LATE, State.DUE)
    lines = record.coming if shown is Shown.SOON else record.these(*states)
    if shown is Shown.SOON:
        lines = [one for one in lines if one.opens <= clock.today() + queries.SOON]
    if shown is Shown.UNSEEN:
        lines = []
    return {
        "patient": patient,
        "who": f"{SEX_WORDS[patient.sex]} {age_in_words(patient.birth_date, clock.today())}",
        "what": [_line(one) for one in lines],
    }
