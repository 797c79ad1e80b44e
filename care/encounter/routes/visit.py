"""One visit: patient and evidence beside the conversation, the verdict, text or video."""

from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from care.encounter import evidence, kept, note_shown, reasons, room, rules, visiting, words
from care.encounter.access import DOCTORS, DoctorView, open_encounter
from care.encounter.conditions import name_of
from care.encounter.models import Kind, Verdict
from care.encounter.policy import params
from care.encounter.schemas import GuardianIn, RoomTicketOut, VerdictIn
from care.encounter.states import ENCOUNTER, OVER
from care.encounter.steps import subject
from care.note.models import Composition
from care.record.queries import summary
from core import clock, pages
from core.audit import audit
from core.blobs import STORE
from core.doors import allow
from core.errors import Conflict
from core.forms import Form, blank, filled, read_form
from core.http import endpoint, path_id
from core.idempotency import once
from core.states import allowed
from people.access import may_open
from people.actor import actor_of
from people.queries import patient_header

routes = web.RouteTableDef()

ONE: Final = "/visits/{id:[0-9a-fA-F-]{36}}"
PASSED: Final = pages.notice("visit-passed", "已过号,排到后面几位。")
JUDGED: Final = pages.notice("visit-judged", "判断已记下。")
SEEN: Final = pages.notice("visit-guardian", "监护人的情况已记下。")
SWITCHED: Final = pages.notice("visit-kind", "已改。居民那边会看到。")


@routes.get(ONE, name="online_visit")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """The visit."""
    view = await _open(request)
    return await page(request, view)


async def _open(request: web.Request) -> DoctorView:
    view = await open_encounter(actor_of(request), path_id(request))
    row = view.encounter
    await audit(view.actor, "encounter.open", subject(row.id), patient_id=row.patient_id)
    return view


async def page(
    request: web.Request,
    view: DoctorView,
    *,
    verdict_form: Form[Any] | None = None,
    end_form: Form[Any] | None = None,
    note_form: Form[Any] | None = None,
    note_other: Composition | None = None,
    opened: str = "",
    status: int = 200,
) -> web.Response:
    """The visit's page; `opened` names the form that stays open because of what is wrong in it."""
    adding = "addendum" in request.query
    note = await note_shown.shown(view, note_form, adding=adding, other=note_other)
    return await pages.render(
        request,
        "care/encounter/visit.html",
        status=status,
        verdict_form=verdict_form or blank(),
        end_form=end_form or blank(),
        opened=opened,
        note=note,
        **await context(request, view),
    )


async def context(request: web.Request, view: DoctorView) -> dict[str, Any]:
    """What the page and its changing parts show."""
    row = view.encounter
    await row.fetch_related("patient", "practitioner", "organization")
    header = await patient_header(row.patient_id)
    found = await evidence.of(row.id) if view.reads else []
    verdict = await visiting.verdict_of(row.id)
    child = rules.needs_guardian(row.patient.birth_date, clock.today())
    kind, word = words.AT_DESK[row.status]
    opens = view.reads and await may_open(view.actor, row.patient_id)
    return {
        "title": f"{header.name} {header.sex} {header.age}",
        "view": view,
        "row": row,
        "id": row.id,
        "banner": (await summary(row.patient_id)).banner() if opens else None,
        "record_open": opens,
        "condition": name_of(row.condition),
        "badge": kind,
        "word": word,
        "kind_word": words.KINDS[row.kind],
        "other_kind": Kind.TEXT if row.kind is Kind.VIDEO else Kind.VIDEO,
        "can": set(allowed(ENCOUNTER, row.status)),
        "over": row.status in OVER,
        "evidence": [(one, evidence.counts(row, one)) for one in found],
        "lacking": evidence.why_not_enough(row, found) if view.reads else None,
        "verdict": verdict,
        "verdicts": [(one.value, words.VERDICTS[one]) for one in Verdict],
        "child": child,
        "needs_specialist": not rules.specialty_fits(row.practitioner.specialty, child=child),
        "words": words,
        "ending": reasons.ending_of(row.reason),
        "kept": (await kept.of(request, [row])).get(row.id),
        "terminations": [
            (key.value, f"{one.words}({_rule(one)})") for key, one in reasons.TERMINATIONS.items()
        ],
        "guidances": {key.value: one.guidance for key, one in reasons.TERMINATIONS.items()},
        "not_happened": [
            (key.value, one.words, _rule(one)) for key, one in reasons.NOT_HAPPENED.items()
        ],
        "offers": [
            ("counter", "帮他留一个门诊号(他点一下就能要)"),
            ("referral", "转诊:下一步选转到哪家医院、哪个科"),
            ("", "只告诉他去哪里"),
        ],
        "no_prescription": await visiting.why_not_prescribe(view),
    }


def _rule(ending: reasons.Ending) -> str:
    return reasons.rule_in_words(ending, terminated=params().refund_terminated)


@routes.get(f"{ONE}/state", name="online_visit_state")
@allow(*DOCTORS)
async def state(request: web.Request) -> web.Response:
    """The changing part: where it stands and what can be done now."""
    view = await open_encounter(actor_of(request), path_id(request))
    return await pages.render(request, "care/encounter/_state.html", **await context(request, view))


@routes.post(f"{ONE}/pass", name="pass_visit")
@allow(*DOCTORS)
@once
async def pass_over(request: web.Request) -> web.Response:
    """Called and not there."""
    view = await open_encounter(actor_of(request), path_id(request))
    await visiting.pass_over(view.actor, view.encounter)
    raise pages.see_other("/visits", say=PASSED)


async def _unjudged(request: web.Request, form: Form[Any]) -> web.Response:
    return await page(request, await _open(request), verdict_form=form, status=form.status)


@routes.post(f"{ONE}/verdict", name="judge_visit")
@allow(*DOCTORS)
@once
@filled(VerdictIn, again=_unjudged)
async def judge(request: web.Request, entry: VerdictIn) -> web.Response:
    """Whether this is a follow-up, with the reason."""
    await visiting.judge(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/visits/{path_id(request)}", say=JUDGED)


@routes.post(f"{ONE}/guardian", name="confirm_guardian")
@allow(*DOCTORS)
@once
async def guardian(request: web.Request) -> web.Response:
    """A guardian is with the child, and who accompanies."""
    form = await read_form(request, GuardianIn)
    await visiting.confirm_guardian(actor_of(request), path_id(request), form.require())
    raise pages.see_other(f"/visits/{path_id(request)}", say=SEEN)


@routes.post(f"{ONE}/kind/{{kind:text|video}}", name="change_visit_kind")
@allow(*DOCTORS)
@once
async def change_kind(request: web.Request) -> web.Response:
    """From text to video or back."""
    kind = Kind(request.match_info["kind"])
    await visiting.change_kind(actor_of(request), path_id(request), kind)
    raise pages.see_other(f"/visits/{path_id(request)}", say=SWITCHED)


@routes.get(f"{ONE}/evidence/{{evidence:[0-9a-fA-F-]{{36}}}}", name="visit_evidence")
@allow(*DOCTORS)
async def paper(request: web.Request) -> web.Response:
    """The paper itself."""
    view = await open_encounter(actor_of(request), path_id(request))
    view.require_reading()
    blob = await evidence.file_of(view.actor, view.encounter, path_id(request, "evidence"))
    small = "thumbnail" in request.query and blob.has_thumbnail
    store = request.app[STORE]
    body = await (store.read_thumbnail(blob) if small else store.read(blob))
    return web.Response(
        body=body,
        content_type="image/jpeg" if small else blob.content_type,
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(blob.name)}",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@routes.get(f"{ONE}/room", name="visit_room")
@allow(*DOCTORS)
async def video(request: web.Request) -> web.Response:
    """The doctor's video room. The device check is its first view."""
    view = await _open(request)
    if why := room.why_closed(view.encounter):
        raise Conflict("room_closed", why)
    found = await context(request, view)
    return await pages.render(
        request,
        "care/encounter/room.html",
        door_title="进视频诊室前,先看一看",
        door_note=f"{found['title']} · {found['condition']}",
        door_back=f"/visits/{view.encounter.id}",
        door_initial=view.actor.name[:1],
        **found,
    )


@routes.post(f"{ONE}/room-ticket", name="visit_room_ticket")
@allow(*DOCTORS)
@endpoint
async def ticket(request: web.Request) -> RoomTicketOut:
    """Leave to sit on the doctor's seat."""
    view = await open_encounter(actor_of(request), path_id(request))
    return await room.ticket_for_doctor(view)
