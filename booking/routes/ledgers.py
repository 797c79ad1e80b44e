"""The office's lists: missed appointments with appeals, and cash by clinic."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from booking import appeals, cash, days, queries, words
from booking.access import CLINIC, OFFICE
from booking.models import Appeal, Appointment, CashEntry, Payment
from booking.states import Status
from core import clock, pages
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled, read_form
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
from people.queries import patient_headers

routes = web.RouteTableDef()

EXCUSED: Final = pages.notice("no-show-excused", "申诉成立,这次不算爽约。")
REJECTED: Final = pages.notice("no-show-rejected", "申诉已答复。")
HANDED: Final = pages.notice("cash-handed-over", "已核对并收款。")
SHOWN: Final = 100


class Verdict(Schema):
    """The office's word."""

    upheld: bool
    words: str = Field(min_length=2, max_length=300)


class HandOver(Schema):
    """Whose cash, counted up to which moment."""

    organization_id: UUID
    until: str = Field(max_length=40)


@routes.get("/no-shows", name="no_shows")
@allow(*OFFICE)
async def no_shows(request: web.Request) -> web.Response:
    """Appeals that wait, then who did not come lately."""
    return await _no_shows(request, blank())


async def _no_shows(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    rows = await (
        Appeal.filter(appointment__schedule__organization_id=actor.organization_id)
        .select_related("appointment__slot", "appointment__schedule")
        .order_by("-made_at")
        .limit(SHOWN)
    )
    headers = await patient_headers(row.appointment.patient_id for row in rows)
    missed = await (
        Appointment.filter(schedule__organization_id=actor.organization_id, status=Status.NO_SHOW)
        .select_related("slot", "schedule")
        .order_by("-starts_at")
        .limit(SHOWN)
    )
    found = [{"row": row, "patient": headers[row.appointment.patient_id]} for row in rows]
    return await pages.render(
        request,
        "booking/no_shows.html",
        title="爽约与申诉",
        status=form.status,
        waiting=[item for item in found if _appeal(item).upheld is None],
        decided=[item for item in found if _appeal(item).upheld is not None],
        missed=await queries.lines(missed),
        wrong=path_id(request) if form.errors else None,
        day_words=days.day_words,
    )


def _appeal(item: dict[str, Any]) -> Appeal:
    found: Appeal = item["row"]
    return found


@routes.post("/appeals/{id}/decision", name="decide_appeal")
@allow(*OFFICE)
@once
@filled(Verdict, again=_no_shows)
async def decide(request: web.Request, entry: Verdict) -> web.Response:
    """Uphold or not."""
    row = await appeals.decide(
        actor_of(request), path_id(request), upheld=entry.upheld, words=entry.words
    )
    raise pages.see_other("/no-shows", say=EXCUSED if row.upheld else REJECTED)


@routes.get("/cash", name="cash")
@allow(*OFFICE)
async def house(request: web.Request) -> web.Response:
    """What each clinic has taken and not yet handed over, and refunds that are owed."""
    open_ = await (
        CashEntry.filter(handed_over_at=None)
        .select_related("appointment__schedule")
        .order_by("organization_name", "at")
    )
    groups: dict[UUID, dict[str, Any]] = {}
    for entry in open_:
        if entry.appointment.schedule.organization_id != actor_of(request).organization_id:
            continue
        group = groups.setdefault(
            entry.organization_id, {"name": entry.organization_name, "rows": [], "sum": 0}
        )
        group["rows"].append(entry)
        group["sum"] += entry.amount_fen
    owed = Appointment.filter(
        schedule__organization_id=actor_of(request).organization_id,
        payment=Payment.CASH,
        refund_fen__gt=0,
        refunded_at=None,
    ).select_related("slot", "schedule")
    return await pages.render(
        request,
        "booking/cash.html",
        title="现金",
        groups=groups,
        owed=await queries.lines(await owed.order_by("ended_at")),
        until=clock.now().isoformat(),
        words=words,
    )


@routes.post("/cash/hand-over", name="hand_over_cash")
@allow(*OFFICE)
@once
async def hand_over(request: web.Request) -> web.Response:
    """The money was counted."""
    entry = (await read_form(request, HandOver)).require()
    try:
        until = datetime.fromisoformat(entry.until)
    except ValueError:
        raise NotFound("not_found", "请刷新页面再试。") from None
    await cash.hand_over(actor_of(request), entry.organization_id, until)
    raise pages.see_other("/cash", say=HANDED)


@routes.get("/bookings/cash", name="clinic_cash")
@allow(*CLINIC)
async def clinic(request: web.Request) -> web.Response:
    """What my clinic has taken: still here, and handed over."""
    actor = actor_of(request)
    rows = await (
        CashEntry.filter(organization_id=actor.organization_id)
        .select_related("appointment__schedule")
        .order_by("-at")
        .limit(SHOWN)
    )
    headers = await patient_headers(row.appointment.patient_id for row in rows)
    here = [row for row in rows if row.handed_over_at is None]
    return await pages.render(
        request,
        "booking/clinic_cash.html",
        title="代收现金",
        here=here,
        past=[row for row in rows if row.handed_over_at is not None],
        sum=sum(row.amount_fen for row in here),
        headers=headers,
        words=words,
    )
