"""How long and how often to measure, and which rows are asked for."""

import sys
from dataclasses import dataclass, field


class Unavailable(Exception):
    """A server cannot run here; the message says why."""


@dataclass(frozen=True)
class Plan:
    """`seconds` per window, `rounds` of windows by turns, `joins` of a browser, `rows` wanted.

    `strikes`: how often a call is broken in each way.
    """

    seconds: float = 4.5
    rounds: int = 3
    joins: int = 20
    strikes: int = 10
    rows: frozenset[str] = frozenset()
    failures: list[str] = field(default_factory=list)

    def wants(self, name: str) -> bool:
        """Whether the row was asked for; with none named, all are."""
        return not self.rows or name in self.rows

    def fail(self, what: str, why: BaseException) -> None:
        """A measurement of ours broke: said at once, and by the exit code in the end."""
        self.failures.append(what)
        self.say(f"{what} FAILED: {type(why).__name__}: {why}")

    def say(self, text: str) -> None:
        """Progress, on standard error, so that the table stays alone on standard output."""
        print(text, file=sys.stderr, flush=True)


BROKEN = (RuntimeError, TimeoutError, OSError, Unavailable)
"""What a server or the generator raises when a measurement cannot be made."""
QUICK = Plan(seconds=3, rounds=1, joins=5, strikes=1)
