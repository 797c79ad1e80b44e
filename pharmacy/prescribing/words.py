"""Frequencies, routes, foot-notes and states in the words of pages and papers."""

from dataclasses import dataclass
from typing import Final

from pharmacy.prescribing.models import Agreed, Preparation
from pharmacy.prescribing.states import Status


@dataclass(frozen=True, slots=True)
class Frequency:
    """So many times in so many days; `as_needed` is the most there may be, `once` only once."""

    words: str
    times: int
    in_days: int = 1
    as_needed: bool = False
    once: bool = False


FREQUENCIES: Final[dict[str, Frequency]] = {
    "qd": Frequency("每日 1 次", 1),
    "bid": Frequency("每日 2 次", 2),
    "tid": Frequency("每日 3 次", 3),
    "qid": Frequency("每日 4 次", 4),
    "qm": Frequency("每日早上 1 次", 1),
    "qn": Frequency("每晚睡前 1 次", 1),
    "q12h": Frequency("每 12 小时 1 次", 2),
    "q8h": Frequency("每 8 小时 1 次", 3),
    "q6h": Frequency("每 6 小时 1 次", 4),
    "qod": Frequency("隔日 1 次", 1, 2),
    "qw": Frequency("每周 1 次", 1, 7),
    "biw": Frequency("每周 2 次", 2, 7),
    "tiw": Frequency("每周 3 次", 3, 7),
    "st": Frequency("只用 1 次", 1, once=True),
    "prn1": Frequency("必要时用,每日最多 1 次", 1, as_needed=True),
    "prn2": Frequency("必要时用,每日最多 2 次", 2, as_needed=True),
    "prn3": Frequency("必要时用,每日最多 3 次", 3, as_needed=True),
}
ROUTES: Final = (
    "口服",
    "含服",
    "舌下含服",
    "外用",
    "吸入",
    "喷鼻",
    "滴鼻",
    "滴眼",
    "滴耳",
    "皮下注射",
    "肌内注射",
    "静脉注射",
    "静脉滴注",
    "直肠给药",
    "阴道给药",
    "含漱",
)
AS_MUCH: Final = "适量"
"""A dose nobody counts (ointments, drops): the doctor writes how many packs."""
BY_EYE: Final = frozenset({"外用", "滴眼", "滴耳", "滴鼻", "喷鼻", "含漱"})

FOOTNOTES: Final = ("先煎", "后下", "包煎", "另煎", "烊化", "冲服", "捣碎", "研末吞服")
"""处方管理办法 art. 6: special handling of a piece, in brackets at its upper right."""
TCM_WAYS: Final[dict[str, str]] = {
    "bid": "每日 1 剂,分 2 次",
    "tid": "每日 1 剂,分 3 次",
    "qn": "每日 1 剂,睡前 1 次",
    "qod": "隔日 1 剂,分 2 次",
}
TCM_ROUTES: Final = ("口服", "外洗", "足浴", "含漱")
PREPARATIONS: Final[dict[Preparation, str]] = {
    Preparation.DECOCT: "代煎(由共享中药房煎好)",
    Preparation.SELF: "自煎(回家自己煎)",
    Preparation.GRANULES: "配方颗粒(开水冲服,不用煎)",
}

AGREEMENTS: Final[dict[str, str]] = {
    Agreed.PHONE: "居民自己在手机上看说明、确认(签名以后)",
    Agreed.SAID: "没有智能手机:已经讲清楚,居民口头确认,我代记",
}

STATES: Final[dict[Status, tuple[str, str]]] = {
    Status.DRAFT: ("neutral", "草稿"),
    Status.ON_HOLD: ("waiting", "等药师审核"),
    Status.RETURNED: ("returned", "药师退回"),
    Status.ACTIVE: ("done", "审核通过"),
    Status.DISPENSING: ("progress", "已下单,配药中"),
    Status.COMPLETED: ("done", "已发药"),
    Status.REJECTED: ("danger", "药师拒绝"),
    Status.REPLACED: ("neutral", "已被新的一版代替"),
    Status.CANCELLED: ("neutral", "已作废"),
    Status.EXPIRED: ("neutral", "已过期"),
    Status.DISCARDED: ("neutral", "没有签名"),
}
"""Badge and word."""


def how_often(code: str) -> str:
    """每日 1 次."""
    found = FREQUENCIES.get(code)
    return found.words if found else code
