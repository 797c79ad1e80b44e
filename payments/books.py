"""What the office sees: a day with its sums, what waits for a person, the story of one payment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from core.clock import in_words
from core.money import yuan
from payments import access, rules, words
from payments.models import BillDay, Difference, Payment, Refund
from payments.states import RECEIVED, RETURNED, Clearing, RefundStatus
from people.actor import Actor
from people.queries import patient_headers

SHOWN: Final = 200
URGENT: Final = (
    RefundStatus.STUCK,
    RefundStatus.REQUESTED,
    RefundStatus.PROCESSING,
    RefundStatus.BY_HAND,
    RefundStatus.SETTLED,
)


@dataclass(frozen=True, slots=True)
class Sums:
    """A day's money in fen: what came, what went back, and how many of each."""

    came: int
    came_fen: int
    back: int
    back_fen: int

    @property
    def net_fen(self) -> int:
        """What is left."""
        return self.came_fen - self.back_fen


async def day_lines(actor: Actor, day: date) -> list[dict[str, Any]]:
    """The orders of a day, newest first, with masked names."""
    starts, ends = rules.bounds(day)
    rows = await (
        Payment.filter(access.ours(actor), ordered_at__gte=starts, ordered_at__lt=ends)
        .order_by("-ordered_at")
        .limit(SHOWN)
        .prefetch_related("refunds")
    )
    headers = await patient_headers(row.patient_id for row in rows)
    return [
        {
            "row": row,
            "name": headers[row.patient_id].name_masked,
            "badge": words.STATUS[row.status],
            "refund": _refund_badge(list(row.refunds)),
        }
        for row in rows
    ]


def _refund_badge(refunds: list[Refund]) -> tuple[str, str] | None:
    if not refunds:
        return None
    worst = min(refunds, key=lambda row: URGENT.index(row.status))
    return words.REFUND[worst.status]


async def sums(actor: Actor, day: date) -> Sums:
    """What came and went back on a day, by the time at which it did."""
    starts, ends = rules.bounds(day)
    mine = access.ours(actor)
    paid = Payment.filter(mine, paid_at__gte=starts, paid_at__lt=ends, status__in=list(RECEIVED))
    came = [row.settled_fen or 0 for row in await paid.only("id", "settled_fen")]
    refunds = Refund.filter(
        settled_at__gte=starts, settled_at__lt=ends, status__in=list(RETURNED)
    ).select_related("payment")
    back = [row.amount_fen for row in await refunds if access.is_ours(actor, row.payment)]
    return Sums(len(came), sum(came), len(back), sum(back))


async def stuck(actor: Actor) -> list[Refund]:
    """Refunds that wait for a person, oldest first."""
    rows = Refund.filter(status=RefundStatus.STUCK).select_related("payment")
    found = await rows.order_by("requested_at").limit(SHOWN)
    return [row for row in found if access.is_ours(actor, row.payment)]


async def waiting(actor: Actor) -> int:
    """How much waits for a person: the count in the navigation."""
    return await open_differences() + len(await stuck(actor))


async def open_differences() -> int:
    """Differences nobody has looked at."""
    return await Difference.filter(status=Clearing.OPEN).count()


async def differences() -> list[Difference]:
    """The open ones first, then the latest."""
    open_ = Difference.filter(status=Clearing.OPEN).order_by("day", "found_at")
    done = Difference.exclude(status=Clearing.OPEN).order_by("-ended_at")
    return [*await open_.limit(SHOWN), *await done.limit(50)]


async def bill_days() -> list[BillDay]:
    """The last two weeks of reconciliations."""
    return await BillDay.all().order_by("-day").limit(14)


def story(row: Payment) -> list[dict[str, Any]]:
    """What happened to a payment, oldest first, for the timeline."""
    steps = [_step(row.ordered_at, "progress", "下单", "居民在微信里看到金额后下单")]
    if row.settled_at:
        kind, what = words.STATUS[row.status]
        source = words.SOURCE[row.settled_by] if row.settled_by else ""
        steps.append(_step(row.paid_at or row.settled_at, kind, what, f"由{source}确认"))
    elif row.closed_at:
        steps.append(_step(row.closed_at, "neutral", "关闭", "问过微信:没有付款,已不能再付"))
    for refund in sorted(row.refunds, key=lambda one: one.requested_at):
        steps += _refund_steps(refund)
    return sorted(steps, key=lambda step: step["iso"])


def _refund_steps(refund: Refund) -> list[dict[str, Any]]:
    amount = yuan(refund.amount_fen)
    by = refund.requested_by_name
    steps = [_step(refund.requested_at, "waiting", f"要退 {amount}", refund.reason, by)]
    if refund.settled_at:
        kind, what = words.REFUND[refund.status]
        by, note = refund.settled_by_name, refund.note
        steps.append(_step(refund.settled_at, kind, f"{what} {amount}", note, by))
    return steps


def _step(at: datetime, kind: str, what: str, text: str = "", by: str = "") -> dict[str, Any]:
    when = in_words(at)
    return {
        "kind": kind,
        "what": what,
        "when": when,
        "iso": at.isoformat(),
        "by": by,
        "text": text,
    }
