"""Dates that the programme sets from a birth, a pregnancy, a diagnosis or an age.

公卫规范: 老年人, 孕产妇, 0~6岁儿童, 严重精神障碍患者, 肺结核患者健康管理. What the sources left
unsure is in `Params`.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Final

OLD: Final = 65
CHILD_MONTHS: Final = (3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72)
BLOOD_MONTHS: Final = frozenset({8, 18, 30})
"""血常规 at 6 to 8, 18 and 30 months."""
HEARING_MONTHS: Final = frozenset({6, 12, 24, 36})
TCM_MONTHS: Final = frozenset({6, 12, 18, 24, 30, 36})
PREGNANCY_WEEKS: Final = ((0, 12), (16, 20), (21, 24), (28, 36), (37, 40))
"""Completed weeks in which a check begins and in which it has to be over."""

TB_FIRST_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Params:
    """Days. `late`: how long after its day a check of a child or after childbirth is in time (our
    reading). `intensive`: between two visits in tuberculosis while the family supervises [check].
    """

    late: int = 30
    intensive: int = 10


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done between two days, both counted; `with_it` names what belongs to it."""

    code: str
    opens: date
    by: date
    with_it: frozenset[str] = frozenset()


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def elderly(birth: date, year: int) -> Due | None:
    """One check in every calendar year from the one in which somebody becomes 65."""
    if year - birth.year < OLD:
        return None
    with_it = frozenset({"self_care", "tests", "tcm_constitution"})
    return Due("elderly_check", date(year, 1, 1), date(year, 12, 31), with_it)


class SelfCare(IntEnum):
    """老年人生活自理能力评估: the highest score of each level."""

    ABLE = 3
    MILD = 8
    MODERATE = 18
    UNABLE = 30


def self_care(score: int) -> SelfCare:
    """0-3 able, 4-8 mildly, 9-18 moderately dependent, from 19 unable. Raises ValueError."""
    if not 0 <= score <= SelfCare.UNABLE:
        raise ValueError(score)
    return next(level for level in SelfCare if score <= level)


def pregnancy(last_period: date) -> Iterator[Due]:
    """Five checks; the first, with the booklet, before the thirteenth week is over."""
    for number, (first, last) in enumerate(PREGNANCY_WEEKS, start=1):
        opens = last_period + timedelta(weeks=first)
        by = last_period + timedelta(weeks=last, days=6)
        yield Due(f"pregnancy_{number}", opens, by, frozenset({"booklet"} if number == 1 else ()))


def childbed(birth: date, discharge: date, params: Params) -> tuple[Due, Due]:
    """A visit at home within a week of leaving hospital, a check at 42 days."""
    check = birth + timedelta(days=42)
    return (
        Due("childbed_visit", discharge, discharge + timedelta(days=7)),
        Due("childbed_check", check, check + timedelta(days=params.late)),
    )


def child(birth: date, discharge: date, params: Params) -> Iterator[Due]:
    """From the first week at home to the sixth birthday."""
    yield Due("newborn_visit", discharge, discharge + timedelta(days=7))
    yield Due("full_month", birth + timedelta(days=28), birth + timedelta(days=30))
    for months in CHILD_MONTHS:
        opens = months_after(birth, months)
        parts = {"blood": BLOOD_MONTHS, "hearing": HEARING_MONTHS, "tcm": TCM_MONTHS}
        with_it = frozenset(name for name, when in parts.items() if months in when)
        yield Due(f"child_{months}m", opens, opens + timedelta(days=params.late), with_it)


class Stability(StrEnum):
    """严重精神障碍患者: how a patient is."""

    UNSTABLE = "unstable"  # 病情不稳定
    BASICALLY_STABLE = "basically_stable"  # 病情基本稳定
    STABLE = "stable"  # 病情稳定


DAYS_UNTIL_NEXT: Final = {
    Stability.UNSTABLE: 14,
    Stability.BASICALLY_STABLE: 14,
    Stability.STABLE: 90,
}
MOST_DANGEROUS: Final = 5
DANGEROUS: Final = 3


def stability(*, risk: int, marked_symptoms: bool, insight: bool, acute: bool) -> Stability:
    """`risk` is 危险性评估, 0 to 5; `acute` an acute drug reaction or severe physical illness.

    Raises ValueError for another grade.
    """
    if not 0 <= risk <= MOST_DANGEROUS:
        raise ValueError(risk)
    if risk >= DANGEROUS or marked_symptoms or not insight or acute:
        return Stability.UNSTABLE
    return Stability.BASICALLY_STABLE if risk else Stability.STABLE


def tuberculosis(
    noticed: date, ends: date, params: Params, *, supervised_by_staff: bool, intensive_ends: date
) -> Iterator[Due]:
    """The first visit at home within 72 hours of the notice, then until the treatment ends.

    Monthly when staff sees the drugs taken; when the family does, more often in the first phase.
    """
    first = noticed + timedelta(days=TB_FIRST_DAYS)
    yield Due("tb_first_visit", noticed, first)
    day = first
    while True:
        close = not supervised_by_staff and day < intensive_ends
        then = day + timedelta(days=params.intensive) if close else months_after(day, 1)
        if then > ends:
            return
        yield Due("tb_visit", day + timedelta(days=1), then)
        day = then
