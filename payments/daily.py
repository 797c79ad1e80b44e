"""Every day after ten: WeChat's bill of the day before, line by line against our books.

What the bill proves is settled; what differs is noted for a person. A day is a row, so days on
which the house stood still are made up for.
"""

from datetime import date, timedelta
from typing import Final

from core import clock, db
from core.audit import SYSTEM
from core.clock import SHANGHAI
from payments import differences, refunding, rules, settling
from payments.models import BillDay, Fault, Payment, Refund, Side, Source
from payments.states import RECEIVED, RETURNED, RefundStatus
from wechat.bindings import WeChat
from wechat.pay import bill as bills

GIVEN_UP: Final = frozenset({"CLOSED", "FAIL"})
OLDEST: Final = 90
"""Days back: WeChat keeps bills for three months."""


async def open_days() -> None:
    """A row for every day from the first order to yesterday that has none."""
    yesterday = clock.today() - timedelta(days=1)
    last = await BillDay.all().order_by("-day").first()
    if last is not None and last.day >= yesterday:
        return
    first = await Payment.all().order_by("ordered_at").first()
    if first is None:
        return
    day = first.ordered_at.astimezone(SHANGHAI).date() if last is None else last.day
    day = max(day, yesterday - timedelta(days=OLDEST))
    while day <= yesterday:
        await BillDay.get_or_create(day=day, defaults={"due_at": rules.bill_ready(day)})
        day += timedelta(days=1)


async def reconcile(day: date, wechat: WeChat) -> BillDay:
    """Compare one day with its bill; safe to repeat. Raises BillNotReady, Damaged, Unreachable."""
    bill = _moved(await wechat.pay.bill(day))
    for line in await _unproven(bill):
        await _prove(line)
    async with db.atomic():
        await _mark(bill, day)
        expected = await _expected(bill, day)
        found = bills.compare(bill, expected)
        await _note(found, expected, day)
        row, _ = await BillDay.get_or_create(day=day)
        paid = [line for line in bill.lines if line.kind is bills.Kind.PAYMENT]
        back = [line for line in bill.lines if line.kind is bills.Kind.REFUND]
        row.payments, row.paid_fen = len(paid), sum(line.amount_fen for line in paid)
        row.refunds, row.refunded_fen = len(back), sum(line.amount_fen for line in back)
        row.fetched_at, row.due_at, row.failure = clock.now(), None, ""
        await row.save()
    return row


def _moved(bill: bills.Bill) -> bills.Bill:
    """Without the refunds that WeChat gave up: no money moved, and another number follows."""
    return bills.Bill([line for line in bill.lines if line.status not in GIVEN_UP])


async def _unproven(bill: bills.Bill) -> list[bills.Line]:
    """The lines of which our books do not say the same yet: few, on an ordinary day."""
    known = set()
    for part in _parts([line.number for line in bill.lines]):
        paid = Payment.filter(out_trade_no__in=part, status__in=list(RECEIVED))
        known |= set(await paid.values_list("out_trade_no", "settled_fen"))
        back = Refund.filter(number__in=part, status__in=list(RETURNED))
        known |= set(await back.values_list("number", "amount_fen"))
    return [line for line in bill.lines if (line.number, line.amount_fen) not in known]


async def _prove(line: bills.Line) -> None:
    """A payment whose notice never came, a refund whose end nobody told."""
    if line.kind is bills.Kind.PAYMENT:
        await settling.settle(
            line.out_trade_no,
            settled_fen=line.amount_fen,
            transaction_id=line.transaction_id,
            paid_at=line.at,
            source=Source.BILL,
        )
    elif line.status == "SUCCESS":
        await _prove_refund(line)


async def _prove_refund(line: bills.Line) -> None:
    async with db.atomic():
        row = await Refund.select_for_update().get_or_none(number=line.number)
        open_ = row and row.status not in (RefundStatus.SETTLED, RefundStatus.BY_HAND)
        if row and open_ and row.amount_fen == line.amount_fen:
            await refunding.returned(
                SYSTEM, row, "settle", settled_at=line.at, sent_at=row.sent_at or line.at
            )


async def _mark(bill: bills.Bill, day: date) -> None:
    numbers = {kind: [li.number for li in bill.lines if li.kind is kind] for kind in bills.Kind}
    for part in _parts(numbers[bills.Kind.PAYMENT]):
        await Payment.filter(out_trade_no__in=part).update(billed_on=day)
    for part in _parts(numbers[bills.Kind.REFUND]):
        await Refund.filter(number__in=part).update(billed_on=day)


def _parts(numbers: list[str], size: int = 500) -> list[list[str]]:
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]


async def _expected(bill: bills.Bill, day: date) -> list[bills.Expected]:
    """What our books say of the lines of this bill, and what ought to be in it besides."""
    starts, ends = rules.bounds(day, rules.MIDNIGHT_SLACK)
    received = list(RECEIVED)
    due = Payment.filter(paid_at__gte=starts, paid_at__lt=ends, status__in=received, billed_on=None)
    back = Refund.filter(sent_at__gte=starts, sent_at__lt=ends, billed_on=None).exclude(
        status__in=[RefundStatus.BY_HAND, RefundStatus.REQUESTED]
    )
    payments = [*await Payment.filter(billed_on=day), *await due]
    refunds = [*await Refund.filter(billed_on=day), *await back]
    paid = [
        bills.Expected(bills.Kind.PAYMENT, row.out_trade_no, row.settled_fen or row.amount_fen)
        for row in payments
    ]
    return paid + [bills.Expected(bills.Kind.REFUND, r.number, r.amount_fen) for r in refunds]


async def _note(found: list[bills.Difference], expected: list[bills.Expected], day: date) -> None:
    wrong = set()
    for one in found:
        side, fault = Side(one.kind.value), Fault(one.fault.value)
        wrong.add((side, one.number))
        await differences.note(
            side, fault, one.number, ours_fen=one.ours_fen, wechat_fen=one.wechat_fen, day=day
        )
    for line in expected:
        if (Side(line.kind.value), line.number) not in wrong:
            await differences.clear(Side(line.kind.value), Fault.MISSING, line.number)
