"""States of a dispense, as a table (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class DispenseStatus(StrEnum):
    """Where a dispense stands; FHIR's word where it has one. The comment says who acts next."""

    PREPARATION = "preparation"  # a dispenser, to begin
    IN_PROGRESS = "in-progress"  # the dispenser picks
    PICKED = "picked"  # the second person checks
    READY = "ready"  # the resident comes
    COMPLETED = "completed"  # nobody
    STOPPED = "stopped"  # a dispenser, to put the drugs back
    CANCELLED = "cancelled"  # nobody


S = DispenseStatus

MEDICATION_DISPENSE: Final[Table[DispenseStatus]] = {
    (S.PREPARATION, "take"): S.IN_PROGRESS,
    (S.PREPARATION, "stop"): S.CANCELLED,
    (S.IN_PROGRESS, "finish"): S.PICKED,
    (S.IN_PROGRESS, "stop"): S.STOPPED,
    (S.PICKED, "return"): S.IN_PROGRESS,
    (S.PICKED, "check"): S.READY,
    (S.PICKED, "stop"): S.STOPPED,
    (S.READY, "reopen"): S.IN_PROGRESS,
    (S.READY, "hand_over"): S.COMPLETED,
    (S.READY, "stop"): S.STOPPED,
    (S.READY, "ship"): S.COMPLETED,
    (S.COMPLETED, "come_back"): S.READY,
    (S.READY, "lapse"): S.CANCELLED,
    (S.STOPPED, "put_back"): S.CANCELLED,
}

OPEN: Final = frozenset({S.PREPARATION, S.IN_PROGRESS, S.PICKED, S.READY, S.STOPPED})
"""On the desk's list."""
