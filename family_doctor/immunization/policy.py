"""The county's calendar and what it decided beside it; the composition root sets them once."""

import hashlib
from dataclasses import dataclass, field
from functools import cache

from family_doctor.immunization.calendar import Calendar, national
from family_doctor.immunization.rules import Params as Rules


@dataclass(frozen=True, slots=True)
class Params:
    """`where`: said to parents, with the hours where the county has them."""

    rules: Rules = field(default_factory=Rules)
    where: str = "乡镇卫生院的预防接种门诊"


_params = Params()
_calendar: Calendar | None = None


def calendar_name() -> str:
    """Another calendar, or another lateness, has another name."""
    return _name(calendar(), _params.rules)


@cache
def _name(found: Calendar, decided: Rules) -> str:
    text = found.model_dump_json() + repr(decided)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def configure(found: Params, calendar: Calendar | None = None) -> None:
    """Set the process's parameters; without a calendar the national one counts."""
    global _params, _calendar
    _params, _calendar = found, calendar


def params() -> Params:
    """The process's parameters."""
    return _params


def calendar() -> Calendar:
    """The process's calendar."""
    return _calendar or national()
