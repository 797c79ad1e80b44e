"""The peer: the same rules, looked up by reading the lists from top to bottom."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import TypeVar

from pharmacy.screening.rows import Pair, Row
from pharmacy.screening.rulebook import Rules
from pharmacy.screening.tables import ByPair, BySubject

R = TypeVar("R", bound=Row)
P = TypeVar("P", bound=Pair)


class ListBySubject(BySubject[R]):
    """Rows in a list; each question reads all of it once."""

    def __init__(self, rows: Iterable[R]) -> None:
        self._list = list(rows)

    def about(self, subject: str) -> list[R]:
        """The rows whose subject it is."""
        return [row for row in self._list if row.subject == subject]  # type: ignore[attr-defined]


class ListByPair(ByPair[P]):
    """Pairs in a list; each question reads all of it once for both substances and classes."""

    def __init__(self, rows: Iterable[P]) -> None:
        self._list = list(rows)

    def about(self, a: str, b: str) -> list[P]:
        """The rows that name these two, in either order."""
        return [row for row in self._list if (row.a, row.b) in ((a, b), (b, a))]

    def nearest(
        self, a: str, classes_a: tuple[str, ...], b: str, classes_b: tuple[str, ...]
    ) -> list[P]:
        """As the index answers; classes in one pass each."""
        found = self.about(a, b)
        if found:
            return found
        found = self._any({(a, each) for each in classes_b} | {(each, b) for each in classes_a})
        return found or self._any(set(product(classes_a, classes_b)))

    def _any(self, wanted: set[tuple[str, str]]) -> list[P]:
        return [row for row in self._list if (row.a, row.b) in wanted or (row.b, row.a) in wanted]


def scanning(rules: Rules) -> Rules:
    """The same rules without an index."""
    lists = {}
    for name, table in vars(rules).items():
        if isinstance(table, BySubject):
            lists[name] = ListBySubject(row for rows in table._rows.values() for row in rows)
        elif isinstance(table, ByPair):
            lists[name] = ListByPair(row for rows in table._rows.values() for row in rows)
    return replace(rules, **lists)  # type: ignore[arg-type]
