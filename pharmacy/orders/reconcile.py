"""The checker of orders: money, drugs and prescriptions must agree with one another.

Run by operators (`python -m app reconcile`) and by the tests after every walk. A fact that still
waits in the outbox is not a fault yet.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core import clock, db
from core.outbox import OutboxEntry, OutboxStatus
from payments.models import Payment
from payments.states import Status as Money
from pharmacy.orders import unclaimed
from pharmacy.orders.models import MedicationOrder, Paid
from pharmacy.orders.policy import params
from pharmacy.orders.service import KIND, subject_of
from pharmacy.orders.states import OrderStatus as Status

OVERDUE: Final = timedelta(minutes=10)
KEEPS: Final = "('pay_pending', 'paid', 'preparing', 'ready')"


@dataclass(slots=True)
class Report:
    """What was looked at, and what does not agree."""

    orders: int = 0
    faults: list[str] = field(default_factory=list)


# ruff: noqa: S608  (the queries are made of our own words)
CHECKS: Final[tuple[tuple[str, str], ...]] = (
    (
        "order {0} is {1}, but its times and sums say otherwise",
        """SELECT id, status FROM pharmacy_order WHERE
        (amount_fen <> drugs_fen + delivery_fen + decoction_fen)
        OR ((status = 'pay_pending') AND payment <> 'pending')
        OR (status NOT IN ('pay_pending', 'closed') AND (payment = 'pending' OR paid_at IS NULL))
        OR (status IN ('closed', 'refunding', 'refunded') AND ended_at IS NULL)
        OR (refund_fen > amount_fen)
        OR (status IN ('refunding', 'refunded') AND refund_fen < drugs_fen)
        OR (status NOT IN ('refunding', 'refunded') AND refund_fen NOT IN (0, delivery_fen))
        OR (status IN ('pay_pending', 'paid', 'preparing', 'ready') AND refund_fen <> 0)
        OR (status = 'refunded' AND refunded_at IS NULL)
        OR (status IN ('on_the_way', 'back', 'received', 'unclaimed') AND shipped_at IS NULL)
        OR (status = 'back' AND keep_until IS NULL)
        OR (status NOT IN ('closed', 'refunding', 'refunded') AND open IS NULL)""",
    ),
    (
        "order {0} is {1}, but its prescription is {2}",
        """SELECT o.id, o.status, r.status AS request FROM pharmacy_order o
        JOIN pharmacy_medication_request r ON r.id = o.request_id
        WHERE r.reviewed_at IS NULL
        OR (o.status IN ('picked_up', 'received', 'unclaimed')
            AND r.status NOT IN ('completed', 'cancelled'))
        OR (o.status IN ('on_the_way', 'back') AND r.status NOT IN ('dispensing', 'cancelled'))""",
    ),
    (
        "order {0} is {1}, but its drugs are {2}",
        f"""SELECT o.id, o.status, v.status AS drugs FROM pharmacy_order o
        LEFT JOIN pharmacy_reservation v ON v.key = 'order/' || o.id
        WHERE (o.status IN {KEEPS} AND (v.id IS NULL OR v.status <> 'held'))
        OR (o.status IN ('on_the_way', 'back', 'picked_up', 'received', 'unclaimed')
            AND (v.id IS NULL OR v.status <> 'issued'))
        OR (o.status = 'closed' AND v.status <> 'released')""",
    ),
    (
        "order {0} was paid in cash, but its entries say otherwise",
        """SELECT o.id FROM pharmacy_order o
        LEFT JOIN pharmacy_order_cash f ON f.order_id = o.id AND f.kind = 'fee'
        LEFT JOIN pharmacy_order_cash b ON b.order_id = o.id AND b.kind = 'refund'
        WHERE (o.payment = 'cash') <> (f.id IS NOT NULL)
        OR (f.id IS NOT NULL AND f.amount_fen <> o.amount_fen)
        OR (o.payment = 'cash' AND (o.status = 'refunded') <> (b.id IS NOT NULL))""",
    ),
    (
        "dispense {0} is {1}, but its order is {2}",
        """SELECT d.id, d.status, o.status AS ordered FROM pharmacy_dispense d
        JOIN pharmacy_order o ON o.id = d.order_id
        WHERE (d.status = 'completed' AND o.status NOT IN
            ('on_the_way', 'picked_up', 'received', 'refunding', 'refunded'))
        OR (d.status = 'completed' AND (d.checked_by IS NULL OR d.shown IS NULL))
        OR (o.status IN ('ready', 'back') AND d.status <> 'ready')
        OR (o.status IN ('on_the_way', 'picked_up', 'received') AND d.status <> 'completed')""",
    ),
    (
        "trace code {0}: {1} of {2} units are sold, its picks say {3}",
        """SELECT t.code, t.sold, t.pack_units, COALESCE(SUM(p.units), 0)
        FROM pharmacy_trace_code t LEFT JOIN pharmacy_dispense_pick p
        ON p.trace_code = t.code AND p.undone_at IS NULL
        GROUP BY t.code, t.sold, t.pack_units
        HAVING t.sold <> COALESCE(SUM(p.units), 0) OR t.sold > t.pack_units""",
    ),
)


async def check() -> Report:
    """Compare everything with everything, in one view of the database."""
    report = Report()
    async with db.one_view():
        report.faults = await db.findings(CHECKS)
        await _money(report)
        await _overdue(report)
        report.orders = await MedicationOrder.all().count()
    return report


async def _money(report: Report) -> None:
    """Whoever paid has the drugs coming or the money going back, and nobody else."""
    waiting = OutboxEntry.filter(status=OutboxStatus.WAITING, subject__startswith=f"{KIND}/")
    under_way = {row.subject for row in await waiting.only("id", "subject")}
    orders = {subject_of(row.id): row for row in await MedicationOrder.all()}
    paid = Payment.filter(status=Money.PAID, subject__startswith=f"{KIND}/")
    payments = {row.subject: row for row in await paid.prefetch_related("refunds")}
    for subject, payment in payments.items():
        row = orders.get(subject)
        if subject in under_way:
            continue
        promised = sum(refund.amount_fen for refund in payment.refunds)
        owed = row.refund_fen if row and row.payment is Paid.ONLINE else payment.amount_fen
        if promised != owed:
            report.faults.append(f"{subject}: {owed} fen should go back, but {promised} do")
    for subject, row in orders.items():
        found = payments.get(subject)
        if row.payment is Paid.ONLINE and (found is None or found.amount_fen != row.amount_fen):
            report.faults.append(f"{subject} says it was paid online, but no payment does")


async def _overdue(report: Report) -> None:
    await _forgotten(report)
    late = clock.now() - OVERDUE
    for row in await MedicationOrder.filter(status=Status.PAY_PENDING, pay_by__lt=late):
        report.faults.append(f"order {row.id} is unpaid although its time was over long ago")


async def _forgotten(report: Report) -> None:
    """What nobody fetches goes back by itself."""
    late = clock.now() - params().unclaimed - OVERDUE
    lying = MedicationOrder.filter(status=Status.READY, ready_at__lt=late).select_related("request")
    for row in await lying:
        until = unclaimed.last_day(row)
        if until is not None and until < clock.now():
            report.faults.append(f"order {row.id} lies ready although its days are over")
