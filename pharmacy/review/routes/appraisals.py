"""处方点评: the list, one prescription looked at again, the doctor's answer, a month in numbers."""

import csv
import io
from typing import Any, Final

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import CLINICIANS, actor_of
from pharmacy.review import queries as reviews
from pharmacy.review import words
from pharmacy.review.access import PHARMACISTS, is_head, require_head
from pharmacy.review.appraisal import queries, service
from pharmacy.review.appraisal.items import ALL, CLASSES
from pharmacy.review.models import Appraisal, Outcome
from pharmacy.review.schemas import AnswerIn, JudgementIn
from pharmacy.review.shown import findings, paper
from pharmacy.review.states import AppraisalStatus

routes = web.RouteTableDef()

LIST: Final = "/pharmacy/appraisals"
ONE: Final = f"{LIST}/{{id:[0-9a-fA-F-]{{36}}}}"
MONTH: Final = f"{LIST}/months/{{month:[0-9]{{4}}-[0-9]{{2}}}}"
READERS: Final = (*PHARMACISTS, *CLINICIANS)
DRAWN: Final = pages.notice("appraisal-drawn", "已抽样。同一个月只抽一次,可以凭种子复核。")
JUDGED: Final = pages.notice("appraisal-judged", "已点评,开方医师会看到。")
ANSWERED: Final = pages.notice("appraisal-answered", "已提交说明,药学部门会看到。")
COLUMNS: Final = (
    "机构",
    "医师",
    "已点评",
    "合理",
    "不规范",
    "用药不适宜",
    "超常",
    "合理率",
    "待点评",
)


@routes.get(LIST, name="appraisals")
@allow(*PHARMACISTS)
async def show(request: web.Request) -> web.Response:
    """What is to be judged, and what was found."""
    return await _list(request, blank())


async def _list(request: web.Request, form: Form[Any]) -> web.Response:
    actor, month = actor_of(request), request.query.get("month", "")
    await audit(actor, "prescription_appraisal.list", "Appraisal/*")
    drawn = await queries.months()
    known = {one.month for one in drawn}
    return await pages.render(
        request,
        "pharmacy/review/appraisals.html",
        status=form.status,
        title="处方点评",
        form=form,
        rows=[_row(row) for row in await queries.listed(month)],
        drawn=drawn,
        head=is_head(actor),
        drawable=[(one, one) for one in queries.past_months() if one not in known],
    )


def _row(row: Appraisal) -> dict[str, Any]:
    badge = words.OUTCOMES[row.outcome] if row.outcome else words.APPRAISAL[row.status]
    return {"row": row, "badge": badge, "origin": words.ORIGINS[row.origin]}


class DrawIn(Schema):
    """Which month."""

    month: str = ""


@routes.post(f"{LIST}/draws", name="draw_appraisals")
@allow(*PHARMACISTS)
@once
@filled(DrawIn, again=_list)
async def draw(request: web.Request, entry: DrawIn) -> web.Response:
    """Draw a month's sample."""
    await service.draw(actor_of(request), entry.month)
    raise pages.see_other(LIST, say=DRAWN)


@routes.get(ONE, name="appraisal")
@allow(*READERS)
async def one(request: web.Request) -> web.Response:
    """One prescription looked at again; its patient has no name here."""
    return await _one(request, blank())


async def _one(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    row = await service.open_appraisal(actor, path_id(request))
    signed = row.request
    decided = await reviews.of_request(signed.id)
    pharmacist = actor.has(*PHARMACISTS)
    drawn = row.status is AppraisalStatus.DRAWN
    patient = (signed.content or {}).get("patient", {})
    return await pages.render(
        request,
        "pharmacy/review/appraisal.html",
        status=form.status,
        title="处方点评",
        form=form,
        rx_paper=paper(signed),
        patient=" ".join(str(patient[name]) for name in ("sex", "age") if patient.get(name)),
        findings=findings(signed),
        decided=[(words.REVIEW[one.status], one) for one in decided],
        items=[ALL[code] for code in row.items],
        classes=[(words.OUTCOMES[kind][1], items) for kind, items in CLASSES.items()],
        refusal=await service.refusal_of(actor, row) if pharmacist and drawn else None,
        may_judge=pharmacist and drawn,
        may_answer=row.author_id == actor.practitioner_id and row.status is AppraisalStatus.JUDGED,
        back=LIST if pharmacist else "/today",
        **_row(row),
    )


@routes.post(f"{ONE}/judgement", name="judge_appraisal")
@allow(*PHARMACISTS)
@once
@filled(JudgementIn, again=_one)
async def judge(request: web.Request, entry: JudgementIn) -> web.Response:
    """What was found."""
    await service.judge(actor_of(request), path_id(request), entry)
    raise pages.see_other(LIST, say=JUDGED)


@routes.post(f"{ONE}/answer", name="answer_appraisal")
@allow(*CLINICIANS)
@once
@filled(AnswerIn, again=_one)
async def answer(request: web.Request, entry: AnswerIn) -> web.Response:
    """The doctor explains."""
    appraisal_id = path_id(request)
    await service.answer(actor_of(request), appraisal_id, entry.answer)
    raise pages.see_other(f"{LIST}/{appraisal_id}", say=ANSWERED)


@routes.get(MONTH, name="appraisal_month")
@allow(*PHARMACISTS)
async def month_table(request: web.Request) -> web.Response:
    """A month by doctor, for the pharmacy's head."""
    month = _month(request)
    await audit(actor_of(request), "prescription_appraisal.table", f"AppraisalMonth/{month}")
    return await pages.render(
        request,
        "pharmacy/review/appraisal_month.html",
        title=f"{month} 处方点评",
        month=month,
        columns=COLUMNS,
        rows=[_cells(one) for one in await queries.table(month)],
    )


@routes.get(f"{MONTH}.csv", name="appraisal_month_csv")
@allow(*PHARMACISTS)
async def month_csv(request: web.Request) -> web.Response:
    """The same as a file that spreadsheets open; audited as an export."""
    month = _month(request)
    await audit(actor_of(request), "prescription_appraisal.export", f"AppraisalMonth/{month}")
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for one in await queries.table(month):
        writer.writerow([_plain(cell) for cell in _cells(one)])
    return web.Response(
        body=sheet.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="appraisals-{month}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _month(request: web.Request) -> str:
    """The month of the path, for the head. Raises Forbidden, NotFound."""
    require_head(actor_of(request))
    month = request.match_info["month"]
    try:
        service.bounds(month)
    except ValueError:
        raise NotFound("not_found", "没有这个月。") from None
    return month


def _cells(one: queries.Counted) -> list[str | int]:
    counts = [one.by_outcome[outcome] for outcome in Outcome]
    return [one.organization, one.name, one.judged, *counts, one.rate, one.waiting]


def _plain(cell: str | int) -> str | int:
    """No cell is a formula to a spreadsheet."""
    if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell:
        return f"'{cell}"
    return cell
