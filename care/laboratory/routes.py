"""Results on pages: all of a patient, one panel with its versions, and the forms that write them.

Each form works without script. With htmx from the panel beside a conversation (`panel=1`) it comes
as a fragment, and a saved one answers with that panel.
"""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.laboratory import queries, schemas, service
from care.laboratory.catalogue import groups, range_for
from care.laboratory.chart import chart
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.laboratory.rules import range_words
from care.laboratory.schemas import PanelIn
from care.laboratory.words import STATUSES, day
from care.record import queries as record
from care.record.models import AttachmentKind
from care.record.routes import ID, READERS, WRITERS, render_panel
from care.record.schemas import ReasonIn
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Invalid
from core.forms import Form, blank, filled, read_form, refused
from core.http import path_id
from core.idempotency import once
from people.access import open_patient
from people.actor import actor_of

routes = web.RouteTableDef()

REPORT: Final = "/laboratory-reports/{id:[0-9a-fA-F-]{36}}"
SAID: Final = "化验结果已经记下。"
RECORDED: Final = pages.notice("laboratory.recorded", SAID)
CORRECTED: Final = pages.notice("laboratory.corrected", "已更正,原来的一版留着。")
IN_ERROR: Final = pages.notice("laboratory.in-error", "这一份已标为记错,原样保留。")


@routes.get(f"/patients/{ID}/laboratory", name="laboratory")
@allow(*READERS)
async def laboratory(request: web.Request) -> web.Response:
    """Every analyte with its course, and every panel."""
    actor, patient_id = actor_of(request), path_id(request)
    patient = await open_patient(actor, patient_id, purpose="laboratory")
    found = await record.summary(patient.id)
    courses = queries.courses(await queries.results(patient.id))
    return await pages.render(
        request,
        "care/laboratory/laboratory.html",
        title=f"{found.patient.name}的化验结果",
        record=found,
        banner=found.banner(href=f"/patients/{patient.id}"),
        may_write=actor.has(*WRITERS),
        courses=courses,
        charts=[drawn for one in courses if (drawn := chart(one))],
        reports=await queries.reports(patient.id, every=True),
        kidneys=await queries.filtration(patient),
        statuses=STATUSES,
        day=day,
    )


@routes.get(f"/patients/{ID}/laboratory-reports/new", name="new_results")
@allow(*WRITERS)
async def new_results(request: web.Request) -> web.Response:
    """The form, beside a slip when one is chosen (`slip`)."""
    patient = await open_patient(actor_of(request), path_id(request), purpose="laboratory-form")
    slips = await _slips(patient.id)
    chosen = next((one for one in slips if str(one.id) == request.query.get("slip")), None)
    first = {"taken_on": (chosen.taken_on if chosen else clock.today()).isoformat()}
    if chosen:
        first |= {"slip": str(chosen.id)}
    return await _form(request, patient.id, blank(**first))


@routes.post(f"/patients/{ID}/laboratory-reports", name="record_results")
@allow(*WRITERS)
@once
async def record_results(request: web.Request) -> web.Response:
    """Write down one panel."""
    actor, patient_id = actor_of(request), path_id(request)
    form = await read_form(request, PanelIn)
    if form.entry is None:
        await open_patient(actor, patient_id, purpose="laboratory-form")
        return await _form(request, patient_id, form, status=422)
    try:
        report = await service.record_panel(actor, patient_id, form.entry)
    except Invalid as problem:
        return await _form(request, patient_id, _guessed(form, problem), status=422)
    if _in_panel(request):
        return await render_panel(request, actor, report.patient_id, said=SAID)
    raise pages.see_other(f"/laboratory-reports/{report.id}", say=RECORDED)


def _guessed(form: Form[Any], problem: Invalid) -> Form[Any]:
    """The form with what is wrong, and with the unit that would fit already chosen."""
    wrong = refused(form, problem)
    if form.entry is not None:
        wrong.values.update(schemas.read(form.entry).guesses)
    return wrong


@routes.get(REPORT, name="results")
@allow(*READERS)
async def results(request: web.Request) -> web.Response:
    """One panel, with the slip it was typed from and its other versions."""
    actor = actor_of(request)
    row = await service.find(actor, path_id(request), purpose="laboratory")
    name = f"DiagnosticReport/{row.id}"
    await audit(actor, "laboratory.read", name, patient_id=row.patient_id)
    found = await record.summary(row.patient_id)
    one = await queries.report(row)
    slip = next((file for file in found.attachments if file.id == one.slip_id), None)
    return await pages.render(
        request,
        "care/laboratory/report.html",
        title="化验结果",
        record=found,
        banner=found.banner(href=f"/patients/{found.patient.id}"),
        report=one,
        slip=slip,
        versions=await queries.versions(row.document_id),
        may_write=actor.has(*WRITERS),
        statuses=STATUSES,
    )


@routes.get(f"{REPORT}/correction", name="correct_results")
@allow(*WRITERS)
async def correct_results(request: web.Request) -> web.Response:
    """The form with what was typed."""
    row = await service.find(actor_of(request), path_id(request), purpose="laboratory-form")
    kept = await LaboratoryObservation.filter(report_id=row.id)
    local = row.taken_at.astimezone(clock.SHANGHAI)
    typed = schemas.as_typed({each.code: each for each in kept})
    first = {
        "taken_on": local.date().isoformat(),
        "taken_time": f"{local:%H:%M}" if row.hour_known else "",
        "laboratory": row.laboratory,
        "slip": str(row.slip_id or ""),
    }
    return await _form(request, row.patient_id, blank(**first, **typed), correcting=row)


@routes.post(f"{REPORT}/correction", name="record_correction")
@allow(*WRITERS)
@once
async def record_correction(request: web.Request) -> web.Response:
    """Write the version that counts from now on."""
    actor = actor_of(request)
    form = await read_form(request, PanelIn)
    problem: Invalid | None = None
    if form.entry is not None:
        try:
            report = await service.correct(actor, path_id(request), form.entry)
        except Invalid as found:
            problem = found
        else:
            raise pages.see_other(f"/laboratory-reports/{report.id}", say=CORRECTED)
    row = await service.find(actor, path_id(request), purpose="laboratory-form")
    if problem is not None:
        form = _guessed(form, problem)
    return await _form(request, row.patient_id, form, correcting=row, status=422)


@routes.get(f"{REPORT}/error", name="doubt_results")
@allow(*WRITERS)
async def doubt_results(request: web.Request) -> web.Response:
    """Ask why a panel never was true."""
    return await _ask(request, blank())


async def _ask(request: web.Request, form: Form[Any]) -> web.Response:
    row = await service.find(actor_of(request), path_id(request), purpose="laboratory-form")
    found = await record.summary(row.patient_id)
    one = await queries.report(row)
    words = "、".join(f"{each.analyte.name} {each.words}" for each in one.results)
    return await pages.render(
        request,
        "care/record/correction.html",
        status=form.status,
        form=form,
        banner=found.banner(href=f"/patients/{found.patient.id}"),
        entry=f"{one.taken} {one.laboratory}:{words}",
        entry_by=one.by,
        entry_at=one.recorded_at,
        back=f"/laboratory-reports/{row.id}",
        action=request.path,
    )


@routes.post(f"{REPORT}/error", name="results_in_error")
@allow(*WRITERS)
@once
@filled(ReasonIn, again=_ask)
async def results_in_error(request: web.Request, entry: ReasonIn) -> web.Response:
    """Mark a panel as never true."""
    row = await service.mark_in_error(actor_of(request), path_id(request), reason=entry.reason)
    raise pages.see_other(f"/patients/{row.patient_id}/laboratory", say=IN_ERROR)


def _in_panel(request: web.Request) -> bool:
    return "HX-Request" in request.headers and "panel" in request.query


async def _slips(patient_id: UUID) -> list[record.Attachment]:
    found = await record.attachments(patient_id)
    return [one for one in found if one.kind is AttachmentKind.LAB_SLIP]


async def _form(
    request: web.Request,
    patient_id: UUID,
    form: Form[Any],
    *,
    correcting: DiagnosticReport | None = None,
    status: int = 200,
) -> web.Response:
    found = await record.summary(patient_id)
    here = f"/patients/{found.patient.id}"
    slips = await _slips(patient_id)
    slip = next((one for one in slips if str(one.id) == form.values.get("slip")), None)
    action = f"{here}/laboratory-reports"
    if correcting:
        action = f"/laboratory-reports/{correcting.id}/correction"
    return await pages.render(
        request,
        "care/laboratory/entry.html",
        status=status,
        form=form,
        record=found,
        banner=found.banner(href=here),
        action=action,
        correcting=correcting,
        slips=slips,
        slip=slip,
        already=await queries.of_slip(slip.id) if slip and not correcting else [],
        groups=_opened(form, slip.title if slip else ""),
        usual=_usual(found),
        labels=LABELS,
        frame="care/record/fragment.html" if _in_panel(request) else "core/page.html",
        in_panel=_in_panel(request),
    )


LABELS: Final = {one.code: one.name for _, members in groups() for one in members}


def _opened(form: Form[Any], title: str) -> list[dict[str, Any]]:
    """The groups of the form. Those that the slip's title names, or where something stands, are
    open; all are, when nothing says which are wanted."""
    wanted = [
        name
        for name, members in groups()
        if name in title
        or any(word and word in title for word in (name.removesuffix("功能"), name[:2]))
        or any(one.code in form.values or one.code in form.errors for one in members)
    ]
    return [
        {"name": name, "analytes": members, "open": not wanted or name in wanted}
        for name, members in groups()
    ]


def _usual(found: record.RecordSummary) -> dict[str, str]:
    """The default range of each analyte for this person, in words."""
    sex = {"男": "male", "女": "female"}.get(found.patient.sex, "")
    return {
        one.code: range_words(one, usual.low, usual.high)
        for _, members in groups()
        for one in members
        if (usual := range_for(one.code, sex, found.age_years))
    }
