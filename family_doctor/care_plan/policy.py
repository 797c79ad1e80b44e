"""The county's parameters of follow-ups; the composition root sets them once."""

from dataclasses import dataclass, field

from family_doctor.followup.rules.dates import Params as Dates
from family_doctor.followup.rules.screening import Params as Screening
from family_doctor.followup.rules.table import Params as Table


@dataclass(frozen=True, slots=True)
class Params:
    """`table`, `dates`, `screening`: of the rules. `first`: days until the first follow-up of
    somebody new. `again`: days until the next call after one that reached nobody. `home_after`:
    so many calls that reached nobody, and somebody goes there. `latest`: days that a call may be
    put off at most. `home_reading`: so many days after an unsatisfied follow-up, and again and
    again, a value from home is asked for (0: never); `home_readings`: so often in a row in vain.
    """

    table: Table = field(default_factory=Table)
    dates: Dates = field(default_factory=Dates)
    screening: Screening = field(default_factory=Screening)
    first: int = 14
    again: int = 1
    home_after: int = 3
    latest: int = 30
    home_reading: int = 0
    home_readings: int = 4


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
