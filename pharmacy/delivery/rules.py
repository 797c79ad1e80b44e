"""What a carrier's words and a logger's readings mean.

Pure. GSP and its annexes on cold chain (冷藏、冷冻药品的储存与运输管理) and on retail delivery
(药品零售配送质量管理) bind whoever carries drugs for the hospital (诊疗办法 art. 18).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from pharmacy.delivery.states import LEADS_TO, OVER, PARCEL, Carrier, Status, Word

COLDEST: Final = 20
WARMEST: Final = 80
"""2-8 °C in tenths of a degree (中国药典 凡例: 冷处)."""


@dataclass(frozen=True, slots=True)
class Params:
    """What the house has decided.

    `skew` is how far ahead a carrier's clock may be. `warm` is how long a cold parcel may be out
    of 2-8 °C altogether, `silent` how long its logger may say nothing on the way. `ask` is how
    often a courier is asked about a parcel of which it says nothing by itself.
    """

    skew: timedelta = timedelta(minutes=5)
    warm: timedelta = timedelta(minutes=30)
    silent: timedelta = timedelta(minutes=30)
    ask: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the thermometer, in tenths of a degree Celsius."""

    at: datetime
    tenths: int


def heard(status: Status, word: Word) -> Status:
    """Where the parcel is after this word: onward, or where it was."""
    return PARCEL.get((status, word.value), status)


def contradicts(status: Status, word: Word) -> bool:
    """Whether a parcel that has come to its end is said to have come to another one."""
    said = LEADS_TO.get(word)
    return status in OVER and said in OVER and said is not status


def is_from_the_future(at: datetime, now: datetime, params: Params) -> bool:
    """Whether something is said to have happened that cannot have happened yet."""
    return at > now + params.skew


def time_out_of_range(readings: Sequence[Reading]) -> timedelta:
    """How long the box was warmer or colder than 2-8 °C: from each bad reading to the next one.

    The last reading counts for nothing by itself: it has no duration yet.
    """
    ordered = sorted(readings, key=lambda one: one.at)
    spans = (
        then.at - one.at for one, then in pairwise(ordered) if not COLDEST <= one.tenths <= WARMEST
    )
    return sum(spans, timedelta())


def longest_silence(readings: Sequence[Reading], began: datetime, ended: datetime) -> timedelta:
    """The longest time on the way of which nobody knows how warm it was."""
    moments = sorted({began, ended, *(one.at for one in readings if began <= one.at <= ended)})
    spans = (then - one for one, then in pairwise(moments))
    return max(spans, default=timedelta())


def is_too_warm(readings: Sequence[Reading], params: Params) -> bool:
    """Whether the drug is spoilt: refuse it, send it back (GSP 冷藏附录)."""
    return time_out_of_range(readings) > params.warm


def may_carry(carrier: Carrier, *, cold: bool) -> bool:
    """Cold drugs go with the hospital's own driver, in a validated box (GSP 冷藏附录; a setting
    elsewhere decides whether such drugs are sent at all)."""
    return carrier is not Carrier.COURIER or not cold
