"""Which promised items a follow-up or a check fulfils by itself. Pure.

A visit counts once for each meaning: at home for hypertension it is the hypertension follow-up and
the home visit of the contract. Face to face at home is face to face (公卫规范: four face to face a
year, at the clinic or at home), a call is a call.
"""

from collections.abc import Collection, Iterable
from typing import Final

from family_doctor.packages.models import FulfilledBy, Mode

FORM_MODES: Final = {"1": Mode.CLINIC, "2": Mode.HOME, "3": Mode.PHONE, "4": Mode.VIDEO}
"""随访方式 of the national form."""
CHECKS: Final = (
    ("elderly_check", {FulfilledBy.ELDERLY}),
    ("pregnancy_", {FulfilledBy.PREGNANCY}),
    ("childbed_visit", {FulfilledBy.PREGNANCY, FulfilledBy.HOME_VISIT}),
    ("childbed_check", {FulfilledBy.PREGNANCY}),
    ("newborn_visit", {FulfilledBy.CHILD, FulfilledBy.HOME_VISIT}),
    ("full_month", {FulfilledBy.CHILD}),
    ("child_", {FulfilledBy.CHILD}),
)
"""How a check's code begins, and what it is."""


def of_follow_up(diseases: Iterable[str], mode: Mode) -> set[FulfilledBy]:
    """What a follow-up is; the programmes' names are the meanings'."""
    found = {FulfilledBy(one) for one in diseases}
    return found | ({FulfilledBy.HOME_VISIT} if mode is Mode.HOME else set())


def of_check(code: str) -> set[FulfilledBy]:
    """What a check of a calendar is; nothing for those that no contract promises."""
    return next((set(found) for begins, found in CHECKS if code.startswith(begins)), set())


def fits(promised: Mode, done: Mode | None) -> bool:
    """Whether it was done as promised; None: a check, whose way nobody asked."""
    if done is None or promised is done:
        return True
    return promised is Mode.CLINIC and done is Mode.HOME


def furthest_behind(items: Collection[tuple[int, int, int]]) -> int:
    """Of several items of one meaning, (position, times, done) each, the one that counts it."""
    return min(items, key=lambda one: (one[2] / one[1], one[0]))[0]
