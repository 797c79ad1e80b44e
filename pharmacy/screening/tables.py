"""Rows found by what they are about, without looking through them all."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from typing import Generic, TypeVar

from pharmacy.screening.rows import Pair, Row

R = TypeVar("R", bound=Row)
P = TypeVar("P", bound=Pair)


class BySubject(Generic[R]):
    """Rows by their subject."""

    def __init__(self, rows: Iterable[R]) -> None:
        found: dict[str, list[R]] = defaultdict(list)
        for row in rows:
            found[row.subject].append(row)  # type: ignore[attr-defined]
        self._rows = dict(found)

    def about(self, subject: str) -> list[R]:
        """The rows of one substance, class or combination."""
        return self._rows.get(subject, [])

    def of(self, code: str, classes: Iterable[str]) -> list[R]:
        """The rows of a substance, and of its classes."""
        found = list(self.about(code))
        for each in classes:
            found += self.about(each)
        return found

    def nearest(self, code: str, classes: Iterable[str]) -> list[R]:
        """The rows of a substance; of its classes only when it has none of its own."""
        return self.about(code) or [row for each in classes for row in self.about(each)]


class ByPair(Generic[P]):
    """Rows about two, in either order."""

    def __init__(self, rows: Iterable[P]) -> None:
        found: dict[tuple[str, str], list[P]] = defaultdict(list)
        for row in rows:
            found[_pair(row.a, row.b)].append(row)
        self._rows = dict(found)

    def about(self, a: str, b: str) -> list[P]:
        """The rows that name exactly these two."""
        return self._rows.get(_pair(a, b), [])

    def naming(self, subject: str) -> list[P]:
        """Every row that names it, for reading; nothing is looked up by this."""
        return [row for rows in self._rows.values() for row in rows if subject in (row.a, row.b)]

    def nearest(
        self, a: str, classes_a: tuple[str, ...], b: str, classes_b: tuple[str, ...]
    ) -> list[P]:
        """Substance with substance, else substance with class, else class with class."""
        found = self.about(a, b)
        if found:
            return found
        found = [row for each in classes_b for row in self.about(a, each)]
        found += [row for each in classes_a for row in self.about(each, b)]
        if found:
            return found
        return [row for x, y in product(classes_a, classes_b) for row in self.about(x, y)]


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a <= b else (b, a)
