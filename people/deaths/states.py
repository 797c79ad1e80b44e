"""States of a death that was reported (docs/states/death.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where it stands."""

    PROPOSED = "proposed"  # somebody heard of it; staff look for a proof
    RECORDED = "recorded"  # proven: the resident counts as deceased
    DISMISSED = "dismissed"  # heard of, and not so
    CORRECTED = "corrected"  # another row says it better
    UNDONE = "undone"  # proven wrong: the resident lives


DEATH: Final[Table[Status]] = {
    (Status.PROPOSED, "record"): Status.RECORDED,
    (Status.PROPOSED, "dismiss"): Status.DISMISSED,
    (Status.RECORDED, "correct"): Status.CORRECTED,
    (Status.RECORDED, "undo"): Status.UNDONE,
}
