"""What the institution has decided about review; the composition root sets it once."""

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Params:
    """Numbers without a national rule, and what a house may ask more strictly.

    `claim`: a claim without a sign of its pharmacist goes back after so long. `soon` and `late`:
    ages at which a waiting prescription changes its colour. `idle`: duty in which nothing was done
    ends by itself. `opens` and `closes`: business hours, in which at least one pharmacist is on
    duty (医院办法 附录). `years` of dispensing work and `training` are 审核规范; `title` the least
    one that reviews (处方办法 art. 31), `appraiser` the least one that appraises, `head` the least
    one that reads reports and monthly tables. `password_each`: the password at every approval, not
    only when the last proof is old. `permille` and `least` are the monthly sample (点评规范 2010).
    """

    claim: timedelta = timedelta(minutes=15)
    soon: timedelta = timedelta(minutes=10)
    late: timedelta = timedelta(minutes=30)
    idle: timedelta = timedelta(hours=2)
    opens: time = time(8, 0)
    closes: time = time(18, 0)
    years: int = 3
    training: bool = True
    title: str = "药师"
    appraiser: str = "药师"
    head: str = "主管药师"
    password_each: bool = False
    permille: int = 1
    least: int = 100


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
