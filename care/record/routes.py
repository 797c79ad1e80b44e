"""The patient's record as a page, and as a narrow panel beside the video."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.laboratory import panel as laboratory
from care.record import queries
from care.record.chart import charts
from care.record.history import Happening
from care.record.measurements import Panel, measurements, panels
from care.record.models import VitalSign
from care.record.rules import VITALS, bmi
from care.record.timeline import SHORT, timeline
from core import clock, pages
from core.doors import allow
from core.http import path_id
from people.access import open_patient
from people.actor import CLINICIANS, Actor, Role, actor_of
from people.deaths import queries as deaths

READERS: Final = (
    Role.VILLAGE_DOCTOR,
    Role.TOWNSHIP_DOCTOR,
    Role.SPECIALIST,
    Role.TEAM_LEAD,
    Role.NURSE,
    Role.PHARMACIST,
)
WRITERS: Final = READERS[:5]
ID: Final = "{id:[0-9a-fA-F-]{36}}"
RECENT_ROUNDS: Final = 12

MERGED: Final = pages.notice("record-merged", "这份档案已和另一份合并,为您打开合并后的档案。")

routes = web.RouteTableDef()


@routes.get(f"/patients/{ID}", name="patient_record")
@allow(*READERS)
async def patient_record(request: web.Request) -> web.Response:
    """The whole record."""
    actor, patient_id = actor_of(request), path_id(request)
    patient = await open_patient(actor, patient_id, purpose="record")
    if patient.id != patient_id:
        raise pages.see_other(f"/patients/{patient.id}", say=MERGED, kind="info")
    return await pages.render(
        request, "care/record/record.html", **await _record(request, actor, patient_id)
    )


async def _record(request: web.Request, actor: Actor, patient_id: UUID) -> dict[str, Any]:
    found = await queries.summary(patient_id)
    measured = await measurements(patient_id, with_wrong=True)
    sound = [item for item in measured if not item.wrong]
    rounds = panels(measured)
    every_round = "rounds" in request.query
    happenings = await timeline(patient_id, sound, found.attachments)
    every_happening = "history" in request.query
    return {
        "title": f"{found.patient.name}的病历",
        "record": found,
        "banner": found.banner(),
        "death": await deaths.standing(patient_id),
        "may_write": actor.has(*WRITERS),
        "may_ask": actor.has(*CLINICIANS),
        "vitals": {code.value: vital for code, vital in VITALS.items()},
        "columns": _columns(rounds),
        "rounds": rounds if every_round else rounds[:RECENT_ROUNDS],
        "more_rounds": 0 if every_round else max(len(rounds) - RECENT_ROUNDS, 0),
        "charts": charts(sound),
        "laboratory": await laboratory.shown(patient_id),
        "bmi": _bmi(found),
        "happenings": _shown(happenings if every_happening else happenings[:SHORT]),
        "more_happenings": 0 if every_happening else max(len(happenings) - SHORT, 0),
    }


def _columns(rounds: list[Panel]) -> list[VitalSign]:
    """Only what was ever measured stands as a column."""
    return [code for code in VitalSign if any(code in panel.values for panel in rounds)]


def _bmi(found: queries.RecordSummary) -> str:
    weight, height = (found.latest.get(c) for c in (VitalSign.WEIGHT, VitalSign.HEIGHT))
    return str(bmi(weight.value, height.value)) if weight and height else ""


def _shown(happenings: list[Happening]) -> list[dict[str, str]]:
    return [
        {
            "kind": item.kind,
            "what": item.what,
            "when": clock.in_words(item.at),
            "iso": item.at.isoformat(),
            "by": item.by,
            "text": item.text,
            "href": item.href,
        }
        for item in happenings
    ]


@routes.get(f"/patients/{ID}/record-panel", name="record_panel")
@allow(*READERS)
async def record_panel(request: web.Request) -> web.Response:
    """The record as a fragment for the consult room."""
    actor, patient_id = actor_of(request), path_id(request)
    if request.headers.get("Sec-Fetch-Dest") == "document":
        raise web.HTTPSeeOther(f"/patients/{patient_id}")
    await open_patient(actor, patient_id, purpose="record-panel")
    return await render_panel(request, actor, patient_id)


async def render_panel(
    request: web.Request, actor: Actor, patient_id: UUID, *, said: str = ""
) -> web.Response:
    """The panel for a patient whose door has been opened; `said` is what just happened."""
    found = await queries.summary(patient_id)
    measured = await measurements(patient_id)
    return await pages.render(
        request,
        "care/record/panel.html",
        record=found,
        banner=found.banner(href=f"/patients/{patient_id}"),
        may_write=actor.has(*WRITERS),
        charts=charts(measured),
        laboratory=await laboratory.shown(patient_id),
        said=said,
    )
