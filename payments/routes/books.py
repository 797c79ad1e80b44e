"""The office's pages: a day with its sums, one payment's story, differences with the bill."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from aiohttp import web
from pydantic import Field

from core import clock, money, pages
from core.audit import audit
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from payments import books, differences, refunding, words
from payments.access import READERS, open_payment
from payments.models import Payment, Refund
from payments.states import Clearing, RefundStatus
from people.actor import Role, actor_of
from people.queries import patient_header

routes = web.RouteTableDef()

SUBJECTS: Final[web.AppKey[Callable[[str], str]]] = web.AppKey("payment_subjects")
"""Where the thing that was paid for has its page; empty when it has none."""

HANDLED: Final = pages.notice("difference-handled", "已记下处理结果。")
AGAIN: Final = pages.notice("refund-again", "已重新提交微信,请过一两分钟刷新看结果。")
BY_HAND: Final = pages.notice("refund-by-hand", "已记下另行退还。")


class Note(Schema):
    """What somebody found out or did."""

    note: str = Field(min_length=4, max_length=300)


@routes.get("/payments", name="payments")
@allow(*READERS)
async def day(request: web.Request) -> web.Response:
    """The orders of a day with its sums; first what waits for a person."""
    actor, chosen = actor_of(request), _day(request.query.get("day", ""))
    await audit(actor, "payments.open", f"Payments/{chosen.isoformat()}")
    return await pages.render(
        request,
        "payments/day.html",
        title="微信收款",
        day=chosen,
        today=clock.today(),
        before=chosen - timedelta(days=1),
        after=chosen + timedelta(days=1),
        sums=await books.sums(actor, chosen),
        lines=await books.day_lines(actor, chosen),
        stuck=await books.stuck(actor),
        open_differences=await books.open_differences(),
        words=words,
        yuan=money.yuan,
    )


def _day(text: str) -> date:
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


@routes.get("/payments/differences", name="payment_differences")
@allow(*READERS)
async def report(request: web.Request) -> web.Response:
    """Our books against WeChat's bill, day by day."""
    return await _report(request, blank())


async def _report(request: web.Request, form: Form[Any]) -> web.Response:
    rows = await books.differences()
    return await pages.render(
        request,
        "payments/differences.html",
        status=form.status,
        title="微信对账",
        open=[row for row in rows if row.status is Clearing.OPEN],
        done=[row for row in rows if row.status is not Clearing.OPEN],
        days=await books.bill_days(),
        wrong=path_id(request) if form.errors else None,
        form=form,
        words=words,
        yuan=money.yuan,
    )


@routes.post("/payments/differences/{id}/note", name="handle_difference")
@allow(*READERS)
@once
@filled(Note, again=_report)
async def handle(request: web.Request, entry: Note) -> web.Response:
    """Somebody has found out."""
    await differences.handle(actor_of(request), path_id(request), entry.note)
    raise pages.see_other("/payments/differences", say=HANDLED)


@routes.get("/payments/{id}", name="payment")
@allow(*READERS)
async def payment(request: web.Request) -> web.Response:
    """One payment: what was ordered, what came, what went back."""
    return await _payment(request, blank())


async def _payment(request: web.Request, form: Form[Any]) -> web.Response:
    row = await open_payment(actor_of(request), path_id(request))
    refunds = sorted(row.refunds, key=lambda one: one.requested_at)
    office = actor_of(request).has(Role.SCHEDULER)  # others have no door to what was paid for
    return await pages.render(
        request,
        "payments/payment.html",
        status=form.status,
        title=f"{words.about(row)} {money.yuan(row.amount_fen)}",
        row=row,
        badge=words.STATUS[row.status],
        patient=await patient_header(row.patient_id),
        story=books.story(row),
        refunds=refunds,
        stuck=[one for one in refunds if one.status is RefundStatus.STUCK],
        href=request.app[SUBJECTS](row.subject) if office else "",
        wrong=path_id(request, "refund_id") if form.errors else None,
        form=form,
        words=words,
        yuan=money.yuan,
    )


@routes.post("/payments/{id}/refunds/{refund_id}/retry", name="retry_refund")
@allow(*READERS)
@once
async def retry(request: web.Request) -> web.Response:
    """Let WeChat try again."""
    row, refund = await _refund(request)
    await refunding.retry(actor_of(request), refund.id)
    raise pages.see_other(f"/payments/{row.id}", say=AGAIN)


@routes.post("/payments/{id}/refunds/{refund_id}/settlement", name="settle_refund")
@allow(*READERS)
@once
@filled(Note, again=_payment)
async def settle(request: web.Request, entry: Note) -> web.Response:
    """It was paid back another way."""
    row, refund = await _refund(request)
    await refunding.settle_by_hand(actor_of(request), refund.id, entry.note)
    raise pages.see_other(f"/payments/{row.id}", say=BY_HAND)


async def _refund(request: web.Request) -> tuple[Payment, Refund]:
    """The refund, through its payment's door. Raises NotFound."""
    row = await open_payment(actor_of(request), path_id(request))
    wanted = path_id(request, "refund_id")
    found = next((one for one in row.refunds if one.id == wanted), None)
    if found is None:
        raise NotFound("not_found", "没有这笔退款。")
    return row, found
