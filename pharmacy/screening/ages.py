"""Ages as labels write them: 28d, 6m, 18y."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from people.ages import years

_WRITTEN: Final = re.compile(r"(\d{1,3})([dmy])")
_DAYS: Final = {"d": 1.0, "m": 30.44, "y": 365.25}


@dataclass(frozen=True, slots=True)
class Age:
    """A completed number of days, months or years."""

    number: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `6m`. Raises ValueError."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise ValueError(f"年龄“{text}”看不懂,请写成 28d、6m、18y")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    @property
    def days(self) -> float:
        """About how many days, to put ages in order."""
        return self.number * _DAYS[self.unit]

    def reached(self, born: date, on: date) -> bool:
        """Whether somebody born then is at least that old."""
        if self.unit == "d":
            return (on - born).days >= self.number
        if self.unit == "m":
            months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
            return months >= self.number
        return years(born, on) >= self.number
