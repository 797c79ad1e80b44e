"""在线复诊: the doctor's shift and the line."""

from typing import Any, Final

from aiohttp import web

from care.encounter import kept, queries, rating, shifts, visiting, words
from care.encounter.access import DOCTORS
from care.encounter.schemas import MessageIn, ShiftIn
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import TooMany
from core.forms import ABOVE, Form, blank, filled, read_form
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of
from people.ages import age_in_words
from people.policy import policy
from people.queries import SEX_WORDS
from people.routes.sign_in import device_of

routes = web.RouteTableDef()

STARTED: Final = pages.notice("shift-started", "开始接诊了,居民可以看到您在线。")
ENDED: Final = pages.notice("shift-ended", "已下班。没排到的人都通知了,付过的费用会退。")
SAID: Final = pages.notice("shift-said", "候诊的人现在能看到这句话。")
NOBODY: Final = pages.notice("visit-nobody", "现在没有人在等。")
CALLED: Final = pages.notice("visit-called", "已叫号,等居民进来。")
CHANGED: Final = {
    "pause": pages.notice("shift-pause", "暂停了。候诊的人会看到“医生暂停一会儿”。"),
    "leave": pages.notice("shift-leave", "已告诉候诊的人您临时离开,现在不再加新的人。"),
    "resume": pages.notice("shift-resume", "继续接诊。"),
}


@routes.get("/visits", name="online_visits")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """Today's line, and the shift."""
    return await _page(request, blank(walk_ins="1"))


@routes.get("/visits/work", name="online_visits_work")
@allow(*DOCTORS)
async def work(request: web.Request) -> web.Response:
    """The changing part."""
    return await pages.render(request, "care/encounter/_desk.html", **await _context(request))


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    await audit(actor, "online_visits.open", f"Practitioner/{actor.practitioner_id}")
    return await pages.render(
        request,
        "care/encounter/desk.html",
        status=form.status,
        title="在线复诊",
        form=form,
        asks_code=policy().second_factor,
        **await _context(request),
    )


async def _context(request: web.Request) -> dict[str, Any]:
    actor = actor_of(request)
    found = await shifts.desk_of(actor)
    lines = await queries.desk(actor.practitioner_id)
    over = await queries.over_today(actor.practitioner_id)
    places = await kept.of(request, [line.encounter for line in over])
    return {
        "shift": found.shift,
        "refusal": found.refusal,
        "shift_words": words.SHIFT[found.shift.status] if found.shift else None,
        "lines": [_row(line) for line in lines],
        "called": any(line.encounter.status.value == "called" for line in lines),
        "waiting": sum(line.encounter.status.value == "waiting" for line in lines),
        "coming": [_row(line) for line in await queries.expected(actor.practitioner_id)],
        "opinion": await rating.opinion_of(actor.practitioner_id),
        "over": [_row(line) | {"kept": places.get(line.encounter.id)} for line in over],
    }


def _row(line: queries.Line) -> dict[str, Any]:
    row = line.encounter
    kind, word = words.AT_DESK[row.status]
    return {
        "row": row,
        "name": line.name,
        "sex": SEX_WORDS[line.sex],
        "age": age_in_words(line.birth_date, clock.today()),
        "condition": line.condition,
        "kind_word": words.KINDS[row.kind],
        "badge": kind,
        "word": word,
        "waited": queries.waited(row, clock.now()),
        "verdict": words.VERDICTS[line.verdict.verdict] if line.verdict else "",
        "how": "预约" if row.subject else "现场排队",
    }


@routes.post("/visits/shift", name="start_shift")
@allow(*DOCTORS)
@filled(ShiftIn, again=_page, refusals={TooMany: ABOVE})
async def start(request: web.Request, entry: ShiftIn) -> web.Response:
    """Begin, with the password given again."""
    await shifts.start(actor_of(request), entry, device=device_of(request))
    raise pages.see_other("/visits", say=STARTED)


@routes.post("/visits/shift/{step:pause|leave|resume}", name="change_shift")
@allow(*DOCTORS)
@once
async def change(request: web.Request) -> web.Response:
    """Pause, leave or go on."""
    step = request.match_info["step"]
    await shifts.change(actor_of(request), step)
    raise pages.see_other("/visits", say=CHANGED[step])


@routes.post("/visits/shift/message", name="shift_message")
@allow(*DOCTORS)
async def say(request: web.Request) -> web.Response:
    """One sentence for all who wait."""
    form = await read_form(request, MessageIn)
    await shifts.say(actor_of(request), form.require().message)
    raise pages.see_other("/visits", say=SAID)


@routes.post("/visits/shift/end", name="end_shift")
@allow(*DOCTORS)
@once
async def end(request: web.Request) -> web.Response:
    """The shift is over; who was not reached is told."""
    await shifts.end(actor_of(request))
    raise pages.see_other("/visits", say=ENDED)


@routes.post("/visits/next", name="call_next_visit")
@allow(*DOCTORS)
@once
async def call_next(request: web.Request) -> web.Response:
    """Call the first in line and open the visit."""
    row = await visiting.call_next(actor_of(request))
    if row is None:
        raise pages.see_other("/visits", say=NOBODY, kind="info")
    raise pages.see_other(f"/visits/{row.id}", say=CALLED)


@routes.post("/visits/{id}/call", name="call_visit")
@allow(*DOCTORS)
@once
async def call(request: web.Request) -> web.Response:
    """Call this one, or once more."""
    row = await visiting.call(actor_of(request), path_id(request))
    raise pages.see_other(f"/visits/{row.id}", say=CALLED)
