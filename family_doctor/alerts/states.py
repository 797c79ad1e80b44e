"""States of an alert, as a table (docs/states). It escalates beside them, by the clock."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where an alert stands; the comment says who is waited for."""

    RAISED = "raised"  # the house, to tell the team
    NOTIFIED = "notified"  # the team, to read the value back
    ACKNOWLEDGED = "acknowledged"  # who has it, to act
    HANDLED = "handled"  # who has it, to say how it ended
    CLOSED = "closed"  # nobody
    ENDED = "ended"  # nobody: the resident has died


S = Status

ALERT: Final[Table[Status]] = {
    (S.RAISED, "notify"): S.NOTIFIED,
    (S.RAISED, "acknowledge"): S.ACKNOWLEDGED,
    (S.NOTIFIED, "acknowledge"): S.ACKNOWLEDGED,
    (S.ACKNOWLEDGED, "handle"): S.HANDLED,
    (S.HANDLED, "handle"): S.HANDLED,
    (S.HANDLED, "close"): S.CLOSED,
    (S.RAISED, "end"): S.ENDED,
    (S.NOTIFIED, "end"): S.ENDED,
    (S.ACKNOWLEDGED, "end"): S.ENDED,
    (S.HANDLED, "end"): S.ENDED,
}
UNANSWERED: Final = frozenset({S.RAISED, S.NOTIFIED})
OVER: Final = frozenset({S.CLOSED, S.ENDED})
OPEN: Final = frozenset(set(Status) - OVER)
