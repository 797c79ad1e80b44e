"""审方: a pharmacist's duty, and the county's one queue."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import TooMany
from core.forms import ABOVE, Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of
from people.ages import age_in_words
from people.masking import mask_name
from people.models import Organization
from people.policy import policy
from people.queries import SEX_WORDS
from people.routes.sign_in import device_of
from pharmacy.review import duty, queries, service, words
from pharmacy.review.access import PHARMACISTS, is_head, refusal_of
from pharmacy.review.policy import params
from pharmacy.review.schemas import DutyIn
from pharmacy.review.states import DutyStatus

routes = web.RouteTableDef()

HERE: Final = "/pharmacy/review"
STARTED: Final = pages.notice("review-on-duty", "上岗了。医生和居民现在能看到有药师审方。")
ENDED: Final = pages.notice("review-off-duty", "已下岗,没审完的处方放回了队列。")
NOBODY: Final = pages.notice("review-none", "现在没有等着审的处方。")
RELEASED: Final = pages.notice("review-released", "已放回队列,别的药师可以接着审。")
CHANGED: Final = {
    "pause": pages.notice("review-pause", "暂停了。手上的处方还留着,超时会放回队列。"),
    "resume": pages.notice("review-resume", "继续审方。"),
}


@routes.get(HERE, name="prescription_queue")
@allow(*PHARMACISTS)
async def show(request: web.Request) -> web.Response:
    """Who waits, who is on duty, what I decided."""
    return await page(request, blank())


async def page(request: web.Request, form: Form[Any]) -> web.Response:
    """The desk, with the duty's form as it was typed."""
    actor = actor_of(request)
    await audit(actor, "prescription_review.queue", f"Practitioner/{actor.practitioner_id}")
    return await pages.render(
        request,
        "pharmacy/review/queue.html",
        status=form.status,
        title="审方",
        form=form,
        asks_code=policy().second_factor,
        houses=[
            (str(house.id), house.short_name)
            for house in await Organization.filter(provides_care=True).order_by("code")
        ],
        **await _context(request),
    )


@routes.get(f"{HERE}/work", name="prescription_queue_work")
@allow(*PHARMACISTS)
async def work(request: web.Request) -> web.Response:
    """The changing part."""
    return await pages.render(request, "pharmacy/review/_queue.html", **await _context(request))


async def _context(request: web.Request) -> dict[str, Any]:
    actor, house = actor_of(request), _house(request)
    shift = await duty.mine(actor)
    found = await queries.queue(house)
    return {
        "house": str(house) if house else "",
        "shift": shift,
        "shift_words": words.DUTY[shift.status] if shift else None,
        "refusal": await refusal_of(actor),
        "open": shift is not None and shift.status is DutyStatus.OPEN,
        "lines": [_line(one, actor.practitioner_id) for one in found],
        "free": sum(one.holder is None for one in found),
        "on_duty": await queries.shifts(),
        "decided": [(words.REVIEW[one.status], one) for one in await queries.decided_by(actor)],
        "late": int(params().late.total_seconds() // 60),
        "head": is_head(actor),
    }


def _line(one: queries.Waiting, me: UUID) -> dict[str, Any]:
    """A row of the queue: the name is masked until somebody takes it."""
    row, patient, holder = one.request, one.request.patient, one.holder
    mine = holder is not None and holder.reviewer_id == me
    minutes = int(one.waited.total_seconds() // 60)
    return {
        "id": row.id,
        "href": f"{HERE}/{row.id}",
        "patient": patient.name if mine else mask_name(patient.name),
        "sex": SEX_WORDS[patient.sex],
        "age": age_in_words(patient.birth_date, clock.today()),
        "urgency": words.URGENCY[one.age],
        "urgency_text": words.AGES[one.age],
        "late": one.age.value == "late",
        "since": one.since.isoformat(),
        "waited": f"{minutes} 分钟" if minutes < 60 else f"{minutes // 60} 小时 {minutes % 60} 分",
        "aim": f"{words.CATEGORIES[row.category]} · {one.drugs} 种药",
        "from_text": f"{one.house} {row.author_name} {row.author_title}",
        "badge": _badge(one, mine=mine),
        "severe": one.severe,
        "confirmed": one.confirmed,
        "number": row.number or "",
        "until": row.valid_until,
        "mine": mine,
        "free": holder is None,
    }


def _badge(one: queries.Waiting, *, mine: bool) -> dict[str, str] | None:
    if one.holder is None:
        return None
    return {"kind": "progress", "text": "在您手上" if mine else f"{one.holder.reviewer_name}在审"}


def _house(request: web.Request) -> UUID | None:
    try:
        return UUID(request.query.get("house", ""))
    except ValueError:
        return None


@routes.post(f"{HERE}/duty", name="start_review_duty")
@allow(*PHARMACISTS)
@filled(DutyIn, again=page, refusals={TooMany: ABOVE})
async def start(request: web.Request, entry: DutyIn) -> web.Response:
    """Begin, with the password given again."""
    await duty.start(actor_of(request), entry, device=device_of(request))
    raise pages.see_other(HERE, say=STARTED)


@routes.post(f"{HERE}/duty/{{step:pause|resume}}", name="change_review_duty")
@allow(*PHARMACISTS)
@once
async def change(request: web.Request) -> web.Response:
    """Pause, or go on."""
    step = request.match_info["step"]
    await duty.change(actor_of(request), step)
    raise pages.see_other(HERE, say=CHANGED[step])


@routes.post(f"{HERE}/duty/end", name="end_review_duty")
@allow(*PHARMACISTS)
@once
async def end(request: web.Request) -> web.Response:
    """Off duty; what is held goes back."""
    await service.end_duty(actor_of(request))
    raise pages.see_other(HERE, say=ENDED)


@routes.post(f"{HERE}/next", name="review_next")
@allow(*PHARMACISTS)
@once
async def take_next(request: web.Request) -> web.Response:
    """Take the oldest that nobody holds; one's own comes first."""
    actor = actor_of(request)
    found = await queries.queue(_house(request))
    mine = [one for one in found if one.holder and one.holder.reviewer_id == actor.practitioner_id]
    wanted = mine[0] if mine else next((one for one in found if one.holder is None), None)
    if wanted is None:
        raise pages.see_other(HERE, say=NOBODY, kind="info")
    await service.claim(actor, wanted.request.id)
    raise pages.see_other(f"{HERE}/{wanted.request.id}")


@routes.post(f"{HERE}/{{id:[0-9a-fA-F-]{{36}}}}/release", name="release_review")
@allow(*PHARMACISTS)
@once
async def release(request: web.Request) -> web.Response:
    """Give it back."""
    await service.release(actor_of(request), path_id(request))
    raise pages.see_other(HERE, say=RELEASED)
