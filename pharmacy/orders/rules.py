"""What is decided about orders, without reading or writing anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pharmacy.orders.policy import Params
from pharmacy.prescribing.models import Preparation
from pharmacy.prescribing.states import Status as Rx


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Price:
    """Whole fen. Drugs at no mark-up, delivery and decoction apart and shown first (§12)."""

    drugs_fen: int
    delivery_fen: int = 0
    decoction_fen: int = 0

    @property
    def total_fen(self) -> int:
        """What is paid."""
        return self.drugs_fen + self.delivery_fen + self.decoction_fen


EXPIRED = Refusal("prescription_expired", "处方过期了,不能再取药,没有扣您的钱。请联系医生重新开。")
NOT_APPROVED = Refusal("not_approved", "处方还在等药师审核,审核通过才能付款取药。")
_ENDED = {
    Rx.RETURNED: Refusal("not_approved", "药师请医生再看看这张处方,医生改好再审,请等通知。"),
    Rx.REJECTED: Refusal("rejected", "这张处方药师没有通过,不能取药。请联系医生。"),
    Rx.REPLACED: Refusal("replaced", "医生改过这张处方,请看新的那一张。"),
    Rx.CANCELLED: Refusal("cancelled", "医生撤销了这张处方,不能再付款和取药。"),
    Rx.EXPIRED: EXPIRED,
    Rx.DISPENSING: Refusal("used", "这张处方药房已经在配药,不用再付。"),
    Rx.COMPLETED: Refusal("used", "这张处方的药已经取走了,一张处方只能用一次。"),
}


def why_not_order(status: Rx, valid_until: datetime | None, moment: datetime) -> Refusal | None:
    """审核规范: nothing is priced or charged before it passes; 处方办法 art. 18: nor after its
    days are over; 网售办法: a prescription is used once."""
    if status is not Rx.ACTIVE:
        return _ENDED.get(status, NOT_APPROVED)
    if valid_until is not None and valid_until <= moment:
        return EXPIRED
    return None


def pay_by(moment: datetime, wait: timedelta, valid_until: datetime | None) -> datetime:
    """Until when it can be paid: the setting's time, never beyond the prescription's own."""
    until = moment + wait
    return min(until, valid_until) if valid_until is not None else until


def may_end_unclaimed(preparation: Preparation | None, limits: Params) -> bool:
    """Whether an order that nobody fetches ends by itself: what never left the pharmacy is paid
    back (§12), what was boiled for one person is not (§12: none after soaking has begun)."""
    return limits.unclaimed_refund and preparation is not Preparation.DECOCT


def price(amounts_fen: Iterable[int], *, decoction_fen: int = 0, delivery_fen: int = 0) -> Price:
    """What drugs cost, each part by itself."""
    return Price(drugs_fen=sum(amounts_fen), delivery_fen=delivery_fen, decoction_fen=decoction_fen)
