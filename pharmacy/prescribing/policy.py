"""What the institution has decided about prescriptions; the composition root sets it once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Params:
    """Numbers that the law lets the house choose, and those it names, so that a change of the law
    is a change of a setting.

    `valid_days`: what the form proposes, 1 to 3 (处方管理办法 art. 18). `general_days`,
    `emergency_days` (art. 19). `long_days`: what a long-term prescription usually holds, and the
    most with a mere reason; `longest_days`: the most at all, with assessment and the patient's
    word, which the doctor may take down (长期处方管理规范). `child_years`: below them the paper is
    a child's. `fee`: the 费别 that the form proposes.
    `creatinine_days`: how old a creatinine may be to dose by; no national number.
    """

    valid_days: int = 3
    general_days: int = 7
    emergency_days: int = 3
    long_days: int = 28
    longest_days: int = 84
    child_years: int = 14
    fee: str = "自费"
    creatinine_days: int = 180


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
