"""States of a service that was done, as a table (docs/states/service-record.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """What is known of it."""

    DONE = "done"  # the team says so
    CONFIRMED = "confirmed"  # the resident says so too
    DISPUTED = "disputed"  # the resident says that it was not done: counts no more
    WITHDRAWN = "withdrawn"  # entered in error


S = Status

SERVICE_RECORD: Final[Table[Status]] = {
    (S.DONE, "confirm"): S.CONFIRMED,
    (S.DONE, "dispute"): S.DISPUTED,
    (S.DONE, "withdraw"): S.WITHDRAWN,
    (S.DISPUTED, "confirm"): S.CONFIRMED,
    (S.DISPUTED, "withdraw"): S.WITHDRAWN,
}
COUNTS: Final = frozenset({S.DONE, S.CONFIRMED})
