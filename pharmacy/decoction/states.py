"""Stages of a decoction, as a table (docs/states). Clocks that guard them are in `rules`."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a decoction is. The comment says what is done next."""

    RECEIVED = "received"  # 接方: weigh out
    WEIGHED = "weighed"  # 调配: a second person checks
    RECHECKED = "rechecked"  # 复核: soak
    SOAKING = "soaking"  # 浸泡: boil, not before its time
    BOILING = "boiling"  # 一煎: add what goes in late, boil again
    BOILING_AGAIN = "boiling_again"  # 二煎: pack, not before its time
    PACKED = "packed"  # 打包: look at seals and volume
    READY = "ready"  # hand over
    HANDED_OVER = "handed_over"
    REMADE = "remade"  # spoilt: another one takes its place
    CANCELLED = "cancelled"  # before anything was wet, or because the order has ended


S = Status
STAGES: Final = tuple(one for one in Status if one not in (S.HANDED_OVER, S.REMADE, S.CANCELLED))

DECOCTION: Final[Table[Status]] = {
    (S.RECEIVED, "weigh"): S.WEIGHED,
    (S.RECEIVED, "cancel"): S.CANCELLED,
    (S.WEIGHED, "recheck"): S.RECHECKED,
    (S.WEIGHED, "weigh_again"): S.RECEIVED,
    (S.WEIGHED, "cancel"): S.CANCELLED,
    (S.RECHECKED, "soak"): S.SOAKING,
    (S.RECHECKED, "cancel"): S.CANCELLED,
    (S.SOAKING, "boil"): S.BOILING,
    (S.SOAKING, "remake"): S.REMADE,
    (S.BOILING, "add"): S.BOILING,
    (S.BOILING, "boil_again"): S.BOILING_AGAIN,
    (S.BOILING, "remake"): S.REMADE,
    (S.BOILING_AGAIN, "pack"): S.PACKED,
    (S.BOILING_AGAIN, "remake"): S.REMADE,
    (S.PACKED, "inspect"): S.READY,
    (S.PACKED, "remake"): S.REMADE,
    (S.READY, "hand_over"): S.HANDED_OVER,
    (S.READY, "remake"): S.REMADE,
    **{(one, "stop"): S.CANCELLED for one in STAGES},  # the order behind it has ended
}
OVER: Final = frozenset({S.HANDED_OVER, S.REMADE, S.CANCELLED})
BY_HAND: Final = frozenset({action for _, action in DECOCTION} - {"stop"})
