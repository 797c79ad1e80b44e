"""What the house has decided about residents' accounts; the composition root sets it once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Params:
    """No national number exists for any of these (domain facts §5.3).

    `organization` is the code of the organization that keeps the record of somebody who
    registers alone and names no clinic; empty: the county hospital.
    """

    session: timedelta = timedelta(days=30)
    sessions: int = 5
    family: int = 5
    accounts_per_patient: int = 10
    proxy: timedelta = timedelta(days=365)
    code: timedelta = timedelta(minutes=10)
    code_attempts: int = 5
    codes_a_day: int = 5
    resend: timedelta = timedelta(seconds=60)
    desk_code: timedelta = timedelta(minutes=10)
    organization: str = ""


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
