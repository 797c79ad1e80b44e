"""The checker of the books: every payment, refund and sum must agree with every other.

Run by operators (`python -m app reconcile`) and by the tests after every storm.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core import clock, db
from payments.models import Difference, Payment, Refund
from payments.rules import MOST_REFUNDS
from payments.states import Clearing, RefundStatus, Status

OVERDUE: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Report:
    """What was looked at, what does not agree, and what waits for a person."""

    payments: int = 0
    refunds: int = 0
    settled_fen: int = 0
    refunded_fen: int = 0
    faults: list[str] = field(default_factory=list)
    tasks: int = 0


# ruff: noqa: S608  (the queries are made of our own words)
CHECKS: Final[tuple[tuple[str, str], ...]] = (
    (
        "payment {0} is {1}, but what came and when says otherwise",
        """SELECT id, status FROM payments_payment WHERE
        (status = 'paid' AND (settled_fen IS NULL OR settled_fen <> amount_fen))
        OR (status IN ('paid', 'wrong_amount', 'late')
            AND (paid_at IS NULL OR settled_fen IS NULL OR settled_by IS NULL))
        OR (status IN ('ordered', 'closed') AND (paid_at IS NOT NULL OR settled_fen IS NOT NULL))
        OR (status = 'ordered' AND due_at IS NULL)
        OR (status = 'closed' AND closed_at IS NULL)""",
    ),
    (
        "{0} has {1} live orders",
        """SELECT subject, COUNT(*) FROM payments_payment WHERE status IN ('ordered', 'paid')
        GROUP BY subject HAVING COUNT(*) > 1""",
    ),
    (
        "payment {0} says {1} fen went back, its refunds say {2}",
        """SELECT p.id, p.refunded_fen, COALESCE(SUM(r.amount_fen), 0) FROM payments_payment p
        LEFT JOIN payments_refund r ON r.payment_id = p.id
        AND r.status IN ('settled', 'by_hand')
        GROUP BY p.id, p.refunded_fen HAVING p.refunded_fen <> COALESCE(SUM(r.amount_fen), 0)""",
    ),
    (
        "payment {0}: {1} fen came, {2} fen are promised back in {3} parts",
        f"""SELECT p.id, p.settled_fen, SUM(r.amount_fen), COUNT(r.id) FROM payments_payment p
        JOIN payments_refund r ON r.payment_id = p.id GROUP BY p.id, p.settled_fen
        HAVING SUM(r.amount_fen) > COALESCE(p.settled_fen, 0) OR COUNT(r.id) > {MOST_REFUNDS}""",
    ),
    (
        "payment {0} is {1}, but not all of it goes back",
        """SELECT p.id, p.status FROM payments_payment p
        LEFT JOIN payments_refund r ON r.payment_id = p.id
        WHERE p.status IN ('wrong_amount', 'late') GROUP BY p.id, p.status, p.settled_fen
        HAVING COALESCE(SUM(r.amount_fen), 0) <> p.settled_fen""",
    ),
    (
        "refund {0} is {1}, but its times say otherwise",
        """SELECT id, status FROM payments_refund WHERE
        (status IN ('requested', 'processing') AND due_at IS NULL)
        OR (status IN ('settled', 'by_hand') AND settled_at IS NULL)
        OR (status = 'stuck' AND failure = '')
        OR (status = 'by_hand' AND note = '')""",
    ),
)


async def check() -> Report:
    """Compare everything with everything."""
    report = Report()
    async with db.one_view():
        connection, report.faults = db.connection(), await db.findings(CHECKS)
        sums = await connection.execute_query_dict(
            "SELECT COUNT(*) AS n, COALESCE(SUM(settled_fen), 0) AS came,"
            " COALESCE(SUM(refunded_fen), 0) AS back FROM payments_payment"
        )
        report.payments, report.settled_fen, report.refunded_fen = map(int, sums[0].values())
        report.refunds = await Refund.all().count()
        await _overdue(report)
        report.tasks = await Refund.filter(status=RefundStatus.STUCK).count()
        report.tasks += await Difference.filter(status=Clearing.OPEN).count()
    return report


async def _overdue(report: Report) -> None:
    """What should have been done long ago: no worker is running, or WeChat does not answer."""
    late = clock.now() - OVERDUE
    for row in await Payment.filter(status=Status.ORDERED, expires_at__lt=late):
        report.faults.append(f"payment {row.id} is open although its time was over long ago")
    waiting = Refund.filter(status__in=[RefundStatus.REQUESTED, RefundStatus.PROCESSING])
    for refund in await waiting.filter(due_at__lt=late):
        report.faults.append(f"refund {refund.id} was to be looked at long ago")
