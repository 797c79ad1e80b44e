"""What may leave the house with whom, and when it should have arrived. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from pharmacy.delivery.rules import COLDEST, WARMEST
from pharmacy.delivery.states import OVER, Carrier, Status
from pharmacy.orders.states import OrderStatus

LOWEST: Final = -400
HIGHEST: Final = 600
"""Tenths of a degree a logger can have read; beyond them somebody mistyped."""
MAY_LEAVE: Final = frozenset({OrderStatus.READY, OrderStatus.BACK})
"""Paid, checked, and not stopped meanwhile."""


@dataclass(frozen=True, slots=True)
class Params:
    """`driver`: so long a batch or a driver's bag may be on the road, `courier`: a courier's.

    `keep`: after so many days at the clinic a bag goes back with the next driver; `remind`: after
    so many its resident is reminded.
    """

    driver: timedelta = timedelta(hours=12)
    courier: timedelta = timedelta(days=3)
    remind_days: int = 3
    keep_days: int = 7


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """What is asked about a sealed bag before it goes anywhere."""

    status: Status
    carrier: Carrier
    ordered: OrderStatus
    recalled: str
    seal_whole: bool
    goes_to: str


def why_not_leave(bag: Bag) -> Refusal | None:
    """A bag whose order was stopped, never paid, or that has left already stays where it is."""
    if bag.status is Status.CANCELLED:
        return Refusal("cancelled", "这一袋已经取消,不能送!请放到退回台。")
    if bag.status is not Status.SEALED:
        return Refusal("gone_already", "这一袋已经交出去过了,请核对封签号。")
    if bag.recalled:
        return Refusal("recalled", f"这一袋要收回,不能送!原因:{bag.recalled}。请放到退回台。")
    if bag.ordered in (OrderStatus.REFUNDING, OrderStatus.REFUNDED, OrderStatus.CLOSED):
        return Refusal("order_stopped", "这一单已经停止,钱退给居民了,不能送!请拆袋放回货架。")
    if bag.ordered not in MAY_LEAVE:
        return Refusal("not_ready", "这一单还没有付款或者没有核对好,不能送!")
    if not bag.seal_whole:
        return Refusal("not_sealed", "这一袋没有封签,或者封签已经拆开,不能送!请重新封袋。")
    return None


def why_not_together(bag: Bag, *, clinic: str, right_clinic: bool) -> Refusal | None:
    """Into the batch for this clinic go only its own bags."""
    if refusal := why_not_leave(bag):
        return refusal
    if bag.carrier is not Carrier.VILLAGE:
        return Refusal("not_village", f"放错了!这一袋不送卫生室:{bag.goes_to}。")
    if not right_clinic:
        return Refusal("wrong_clinic", f"放错了!这一袋送{bag.goes_to},不送{clinic}。")
    return None


def tenths(text: str) -> int | None:
    """4.5, ４。5, 4,5 °C as tenths of a degree; None for what is no temperature."""
    plain = unicodedata.normalize("NFKC", text[:20]).replace("。", ".").replace(",", ".")
    plain = re.sub(r"\s|°?C$", "", plain, flags=re.IGNORECASE)
    try:
        found = Decimal(plain) if re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,2})?", plain) else None
    except InvalidOperation:
        return None
    if found is None:
        return None
    whole = int((found * 10).to_integral_value())
    return whole if LOWEST <= whole <= HIGHEST else None


def degrees(value: int) -> str:
    """52 as 5.2 °C."""
    return f"{value / 10:.1f} °C"


def is_cold(value: int) -> bool:
    """Whether a reading lies within 2-8 °C (GSP 冷藏附录)."""
    return COLDEST <= value <= WARMEST


def is_overdue(
    carrier: Carrier, status: Status, handed_over_at: datetime | None, now: datetime, params: Params
) -> bool:
    """Left, and neither at its clinic nor at an end for longer than it takes."""
    if handed_over_at is None or status in OVER or status in (Status.SEALED, Status.ARRIVED):
        return False
    limit = params.courier if carrier is Carrier.COURIER else params.driver
    return now - handed_over_at > limit


def days_since(moment: datetime, now: datetime) -> int:
    """Whole days it has been waiting."""
    return max((now - moment).days, 0)
