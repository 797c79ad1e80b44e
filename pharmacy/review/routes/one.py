"""One prescription before the pharmacist: what is signed, the record beside it, the check list."""

from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from core import forms, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, FieldError, Invalid, TooMany
from core.forms import ABOVE, Form, Nothing, blank
from core.http import path_id
from core.idempotency import once
from people import rechecks
from people.access import open_patient
from people.actor import CLINICIANS, actor_of
from people.policy import policy
from people.proof import has_recent_proof
from people.routes.sign_in import device_of
from pharmacy.review import claims, queries, service, words
from pharmacy.review.access import PHARMACISTS, RequestView, open_own, open_request
from pharmacy.review.checklist import PARTS, Line, filled
from pharmacy.review.models import Review
from pharmacy.review.policy import params
from pharmacy.review.prefill import said_of
from pharmacy.review.routes.desk import HERE
from pharmacy.review.schemas import DecisionIn
from pharmacy.review.shown import findings, paper

routes = web.RouteTableDef()

ONE: Final = f"{HERE}/{{id:[0-9a-fA-F-]{{36}}}}"
SAID: Final = {
    "approve": pages.notice("review-approved", "已通过并签名,居民现在可以下单取药。"),
    "return": pages.notice("review-returned", "已退回医师,医师会收到提醒。"),
    "reject": pages.notice("review-rejected", "已拒绝。医师和居民会收到消息,已报药学部门负责人。"),
}


@routes.get(ONE, name="prescription_review")
@allow(*PHARMACISTS)
async def show(request: web.Request) -> web.Response:
    """The review, while it is one's own; else who has it, or what was decided."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_request(actor_of(request), path_id(request))
    if view.mine and view.holding and not claims.is_over(view.request):
        return await _review(request, view, view.holding, form)
    return await _closed(request, view, form)


async def _review(
    request: web.Request, view: RequestView, review: Review, form: Form[Any]
) -> web.Response:
    row, actor = view.request, view.actor
    await open_patient(actor, row.patient_id, purpose="prescription review")
    await claims.seen(actor, row.id)
    record = await records.summary(row.patient_id)
    lines = filled(
        row.category,
        await said_of(row),
        fit=_codes(form, "fit"),
        faults=_codes(form, "faults"),
    )
    return await pages.render(
        request,
        "pharmacy/review/review.html",
        status=form.status,
        title=f"审方 {row.number or ''}",
        row=row,
        review=review,
        form=form,
        banner=record.banner(),
        rx_paper=paper(row),
        findings=findings(row),
        parts=_parts(lines),
        fault_options=[(line.point.code, line.point.words) for line in lines],
        earlier=[(paper(one), words.REQUEST[one.status]) for one in await queries.earlier(row)],
        rounds=[(words.REVIEW[one.status], one) for one in await queries.of_request(row.id)],
        asks_password=params().password_each or not has_recent_proof(actor),
        asks_code=policy().second_factor,
        words=words,
    )


def _codes(form: Form[Any], name: str) -> list[str]:
    found = form.values.get(name) or []
    return list(found) if isinstance(found, (list, tuple)) else [str(found)]


def _parts(lines: list[Line]) -> list[dict[str, Any]]:
    """The check list in its three parts; what software has judged needs no tick."""
    shown: list[dict[str, Any]] = []
    number = 0
    for part, title in PARTS.items():
        points = []
        for line in lines:
            if line.point.part is part:
                number += line.open
                key = str(number) if line.open and number < 10 else ""
                badge = words.JUDGED[line.software]
                points.append({"line": line, "badge": badge, "key": key})
        shown.append({"title": title, "points": points})
    return shown


async def _closed(request: web.Request, view: RequestView, form: Form[Any]) -> web.Response:
    """Somebody else's, decided, or free: nothing of the patient, and what was typed stays."""
    row, actor = view.request, view.actor
    await audit(actor, "prescription_review.look", f"MedicationRequest/{row.id}")
    decided = await queries.of_request(row.id)
    typed = {name: form.values[name] for name in ("reason", "suggestion") if form.values.get(name)}
    return await pages.render(
        request,
        "pharmacy/review/closed.html",
        status=form.status,
        title=f"审方 {row.number or ''}",
        row=row,
        state=words.REQUEST[row.status],
        holding=view.holding,
        free=view.holding is None and not claims.is_over(row),
        decided=[(words.REVIEW[one.status], one) for one in decided],
        form=form,
        typed=typed,
    )


@routes.post(f"{ONE}/claim", name="claim_review")
@allow(*PHARMACISTS)
@once
@forms.filled(Nothing, again=_page, refusals={Conflict: ABOVE})
async def claim(request: web.Request, _: Nothing) -> web.Response:
    """Take this one."""
    request_id = path_id(request)
    await service.claim(actor_of(request), request_id)
    raise pages.see_other(f"{HERE}/{request_id}")


@routes.post(f"{ONE}/presence", name="review_presence")
@allow(*PHARMACISTS)
async def presence(request: web.Request) -> web.Response:
    """The pharmacist is still at it."""
    await claims.seen(actor_of(request), path_id(request))
    return web.Response(status=204)


@routes.post(f"{ONE}/question", name="ask_prescriber")
@allow(*PHARMACISTS)
@once
@forms.filled(Nothing, again=_page, refusals={Conflict: ABOVE})
async def question(request: web.Request, _: Nothing) -> web.Response:
    """Begin to talk with the doctor."""
    request_id = path_id(request)
    await service.ask_doctor(actor_of(request), request_id)
    raise pages.see_other(f"{HERE}/{request_id}#talk")


@routes.post(f"{ONE}/decision", name="decide_review")
@allow(*PHARMACISTS)
@once
@forms.filled(DecisionIn, again=_page, refusals={Conflict: ABOVE, TooMany: ABOVE})
async def decide(request: web.Request, entry: DecisionIn) -> web.Response:
    """Approve with a signature, return or refuse with a reason."""
    actor, request_id = actor_of(request), path_id(request)
    if entry.then == "approve":
        if params().password_each and not entry.password:
            raise _no_password()
        signer, check = await rechecks.before_signing(
            actor, entry.password, entry.code, device=device_of(request)
        )
        await service.approve(signer, request_id, entry, check=check)
    elif entry.then == "return":
        await service.return_(actor, request_id, entry)
    else:
        await service.reject(actor, request_id, entry)
    raise pages.see_other(HERE, say=SAID[entry.then])


def _no_password() -> Invalid:
    """This house wants the password at every approval."""
    sentence = "签名前请再输入一次密码,确认是您本人"
    return Invalid("reauthenticate", errors=[FieldError("password", sentence)])


@routes.get("/pharmacy/prescriptions/{id:[0-9a-fA-F-]{36}}/review", name="prescription_reviewed")
@allow(*CLINICIANS)
async def for_the_doctor(request: web.Request) -> web.Response:
    """What the pharmacists said about one's own prescription, as a part of a page or by itself."""
    row = await open_own(actor_of(request), path_id(request))
    decided = await queries.of_request(row.id)
    await audit(
        actor_of(request),
        "prescription_review.read",
        f"MedicationRequest/{row.id}",
        patient_id=row.patient_id,
    )
    part = "HX-Request" in request.headers
    return await pages.render(
        request,
        "pharmacy/review/_said.html" if part else "pharmacy/review/said.html",
        title="药师审核意见",
        row=row,
        state=words.REQUEST[row.status],
        decided=[(words.REVIEW[one.status], one) for one in decided],
        asked=await Review.exists(request_id=row.id, asked_at__isnull=False),
        rx_paper=None if part else paper(row),
        visit_href=_visit(row.subject),
    )


def _visit(subject: str) -> str:
    """The page of the visit in which it was prescribed."""
    kind, _, id = subject.partition("/")
    return f"/visits/{id}" if kind == "Encounter" else ""
