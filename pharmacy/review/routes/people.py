"""For the pharmacy's head: who is trained for review, and what was refused."""

from typing import Any, Final

from aiohttp import web

from core import clock, db, pages
from core.audit import audit
from core.doors import allow
from core.errors import FieldError, Invalid
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import Actor, Role, actor_of
from people.models import Licence, Practitioner
from pharmacy.review import rules
from pharmacy.review.access import PHARMACISTS, require_head
from pharmacy.review.models import Review, ReviewerTraining
from pharmacy.review.policy import params
from pharmacy.review.routes.desk import HERE
from pharmacy.review.schemas import TrainingIn
from pharmacy.review.shown import paper
from pharmacy.review.states import ReviewStatus

routes = web.RouteTableDef()

RECORDED: Final = pages.notice("reviewer-trained", "已登记培训考核合格。")
SEEN: Final = pages.notice("review-report-seen", "已记下您看过。")
REGISTRARS: Final = (*PHARMACISTS, Role.ADMIN)


def _require_registrar(actor: Actor) -> None:
    if not actor.has(Role.ADMIN):
        require_head(actor)


@routes.get(f"{HERE}/reviewers", name="reviewers")
@allow(*REGISTRARS)
async def reviewers(request: web.Request) -> web.Response:
    """Everybody with a pharmacist's licence, and why somebody may not review."""
    return await _people(request, blank())


async def _people(request: web.Request, form: Form[Any]) -> web.Response:
    _require_registrar(actor_of(request))
    people = Practitioner.filter(licence=Licence.PHARMACIST, active=True)
    found = await people.order_by("organization__code", "name").select_related("organization")
    trained = {row.practitioner_id: row for row in await ReviewerTraining.all()}
    rows: list[dict[str, Any]] = []
    for one in found:
        row = trained.get(one.id)
        known = rules.Reviewer(one.licence, one.title, one.practising_since, row is not None)
        refusal = rules.reviewer_may(known, clock.today(), params())
        rows.append({"person": one, "training": row, "refusal": refusal})
    return await pages.render(
        request,
        "pharmacy/review/reviewers.html",
        status=form.status,
        title="审方人员",
        rows=rows,
        people_options=[(str(one["person"].id), one["person"].name) for one in rows],
        form=form,
        today=clock.today(),
        years=params().years,
    )


@routes.post(f"{HERE}/reviewers", name="record_reviewer")
@allow(*REGISTRARS)
@once
@filled(TrainingIn, again=_people)
async def record(request: web.Request, entry: TrainingIn) -> web.Response:
    """Somebody was trained and examined; nobody writes it down about themselves."""
    actor = actor_of(request)
    _require_registrar(actor)
    await _record(actor, entry)
    raise pages.see_other(f"{HERE}/reviewers", say=RECORDED)


async def _record(actor: Actor, entry: TrainingIn) -> None:
    person = await Practitioner.get_or_none(id=entry.practitioner_id, licence=Licence.PHARMACIST)
    if person is None or person.id == actor.practitioner_id:
        raise _wrong("practitioner_id", "请由别人来登记,自己不能登记自己。")
    if entry.passed_on > clock.today():
        raise _wrong("passed_on", "考核日期不能在今天之后")
    async with db.atomic():
        await ReviewerTraining.update_or_create(
            practitioner_id=person.id,
            defaults={
                "passed_on": entry.passed_on,
                "recorded_by": actor.practitioner_id,
                "recorded_by_name": actor.name,
                "recorded_at": clock.now(),
            },
        )
        await audit(actor, "reviewer.trained", f"Practitioner/{person.id}")


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])


@routes.get(f"{HERE}/reports", name="review_reports")
@allow(*PHARMACISTS)
async def reports(request: web.Request) -> web.Response:
    """What was refused as severely irrational (处方办法 art. 36), unseen first."""
    actor = actor_of(request)
    require_head(actor)
    rows = Review.filter(status=ReviewStatus.REJECTED).order_by("-decided_at").limit(100)
    found = sorted(await rows.select_related("request"), key=lambda row: bool(row.seen_by_head))
    await audit(actor, "prescription_review.reports", "Review/*")
    return await pages.render(
        request,
        "pharmacy/review/reports.html",
        title="拒绝的处方",
        rows=[(row, paper(row.request)) for row in found],
    )


@routes.post(f"{HERE}/reports/{{id:[0-9a-fA-F-]{{36}}}}", name="review_report_seen")
@allow(*PHARMACISTS)
@once
async def seen(request: web.Request) -> web.Response:
    """The head has taken note; the first one counts."""
    actor = actor_of(request)
    require_head(actor)
    async with db.atomic():
        rows = Review.filter(id=path_id(request), status=ReviewStatus.REJECTED, seen_by_head="")
        if await rows.update(seen_by_head=actor.name, seen_by_head_at=clock.now()):
            await audit(actor, "prescription_review.report_seen", f"Review/{path_id(request)}")
    raise pages.see_other(f"{HERE}/reports", say=SEEN)
