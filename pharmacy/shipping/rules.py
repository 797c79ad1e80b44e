"""Who bears what, when a parcel does not reach the resident (domain facts §12).

Pure. 医疗机构药事管理规定 (2011) art. 28: drugs once issued are not taken back, except for quality.
"""

from typing import Final

from pharmacy.delivery.models import Fault, Why

REASONS: Final[dict[Why, str]] = {
    Why.REFUSED: "居民没有收,药有问题",
    Why.NOT_REACHED: "没有送到,药有问题",
    Why.QUALITY: "药品质量有问题",
    Why.WRONG: "药发错了",
    Why.RECALLED: "药房叫回了包裹",
}
"""What the resident reads beside the refund."""


def is_paid_back(why: Why, *, sound: bool) -> bool:
    """药事管理规定 art. 28: for quality, error and recall everything goes back; a parcel that was
    only refused or not delivered, and is in order, waits for the resident."""
    return not sound or why in (Why.QUALITY, Why.WRONG, Why.RECALLED)


def delivery_is_paid_back(fault: Fault) -> bool:
    """Whoever caused that it came back bears the delivery; the resident only their own."""
    return fault is not Fault.RESIDENT


def may_go_on_the_shelf(*, allowed: bool, kept: bool, cold: bool, decocted: bool) -> bool:
    """Never resold unless it never left controlled custody (§12), and the house allows it: cold
    and boiled drugs never are."""
    return allowed and kept and not cold and not decocted


def owed_when_unclaimed(drugs_fen: int, *, shelf: bool) -> int:
    """What goes back when nobody came: the drugs, if they can be used again; never the delivery."""
    return drugs_fen if shelf else 0
