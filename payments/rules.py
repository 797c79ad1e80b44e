"""What is decided about money, without reading or writing anything.

Source of the times and numbers: domain facts §10.4 (WeChat Pay v3).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI
from payments.states import RECEIVED, Status

PREPAY_LIVES: Final = timedelta(hours=2)
PREPAY_MARGIN: Final = timedelta(minutes=5)
SHORTEST: Final = timedelta(seconds=90)
"""WeChat refuses an order that ends within a minute."""
MOST_REFUNDS: Final = 50
REFUND_TRIES: Final = 3
REFUSALS: Final = 8
REFUND_WITHIN: Final = timedelta(days=365)
LOOKS_S: Final = (20, 40, 60, 120, 240, 300)
REFUND_LOOKS_S: Final = (60, 120, 300, 600, 1800, 3600)
STUCK_LOOKS: Final = timedelta(hours=6)
AGAIN_S: Final = (5, 15, 30, 60, 120, 300, 600)
REFUSED_S: Final = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
HOPELESS: Final = frozenset(
    {"wechat_refund_late", "wechat_user_account", "wechat_refund_refused", "wechat_order_unknown"}
)
"""Refusals that no repeat will change."""
BILL_READY: Final = time(10, 5)
BILL_AGAIN_S: Final = (600, 900, 1800, 3600)
MIDNIGHT_SLACK: Final = timedelta(minutes=10)
"""WeChat books what we send shortly before midnight perhaps on the next day."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and a sentence for people."""

    code: str
    sentence: str


def action_for(status: Status, *, ordered_fen: int, settled_fen: int) -> str | None:
    """Which step money that came takes a payment; None when it is known already."""
    if status is Status.CLOSED:
        return "settle_late"
    if status is not Status.ORDERED:
        return None
    return "settle" if settled_fen == ordered_fen else "misfit"


def order_expiry(expires_at: datetime, moment: datetime) -> datetime:
    """Until when WeChat takes the money: at least as long as WeChat wants, in whole seconds."""
    return max(expires_at, moment + SHORTEST).replace(microsecond=0)


def is_stale(prepaid_at: datetime | None, moment: datetime) -> bool:
    """Whether the prepay_id is too old to begin to pay with."""
    return prepaid_at is not None and prepaid_at + PREPAY_LIVES - PREPAY_MARGIN <= moment


def wait(pauses: tuple[int, ...], looks: int) -> timedelta:
    """How long until the next look, longer each time."""
    return timedelta(seconds=pauses[min(looks, len(pauses) - 1)])


def next_look(expires_at: datetime, moment: datetime, looks: int) -> datetime:
    """When to ask WeChat about an order again: soon, then slower, and when its time is over."""
    return max(min(moment + wait(LOOKS_S, looks), expires_at), moment + timedelta(seconds=1))


def why_not_refund(
    status: Status,
    *,
    settled_fen: int,
    promised_fen: int,
    count: int,
    amount_fen: int,
    paid_at: datetime | None,
    moment: datetime,
) -> Refusal | None:
    """§10.4: no more than was paid, at most 50 parts, within a year."""
    if status not in RECEIVED:
        return Refusal("nothing_paid", "这笔订单没有收到钱,不用退。")
    if amount_fen <= 0 or promised_fen + amount_fen > settled_fen:
        return Refusal("refund_too_much", "退款加起来超过了实付金额,请核对。")
    if count >= MOST_REFUNDS:
        return Refusal("refund_too_often", "一笔订单最多分 50 次退款,请到窗口办理。")
    if paid_at is not None and paid_at + REFUND_WITHIN < moment:
        return Refusal("refund_too_old", "付款超过一年,微信不能原路退,请到窗口办理。")
    return None


def bill_ready(day: date) -> datetime:
    """When WeChat has made the bill of `day`: at ten o'clock of the day after."""
    return datetime.combine(day + timedelta(days=1), BILL_READY, SHANGHAI)


def bounds(day: date, slack: timedelta = timedelta(0)) -> tuple[datetime, datetime]:
    """A day of the county, from its first moment to that of the next, both `slack` earlier."""
    first = datetime.combine(day, time.min, SHANGHAI)
    return first - slack, first + timedelta(days=1) - slack
