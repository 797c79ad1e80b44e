"""What becomes of a panel of results. No version is ever changed or deleted."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """final: as first written; corrected: a later version that counts; replaced: a later one
    counts instead; entered-in-error: never was true, kept with the reason."""

    FINAL = "final"
    CORRECTED = "corrected"
    REPLACED = "replaced"
    ENTERED_IN_ERROR = "entered-in-error"


COUNTS: Final = (Status.FINAL, Status.CORRECTED)

LABORATORY_REPORT: Final[Table[Status]] = {
    (Status.FINAL, "correct"): Status.REPLACED,
    (Status.CORRECTED, "correct"): Status.REPLACED,
    (Status.FINAL, "mark_in_error"): Status.ENTERED_IN_ERROR,
    (Status.CORRECTED, "mark_in_error"): Status.ENTERED_IN_ERROR,
}
