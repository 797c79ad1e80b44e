"""What a consultation costs, shown before consent (远程规范: the inviter explains the fee).

The table is data: `fees.json` holds the county's published prices, an operator may name another
file. The most exact line wins: specialty and title, then title, then the format alone.
"""

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from care.teleconsultation.models import Format
from core.http import Schema

OWN: Final = Path(__file__).with_name("fees.json")


class FeeLine(Schema):
    """Price per invited specialist; an empty specialty or title means any."""

    format: Format
    specialty: str = ""
    title: str = ""
    amount_fen: int


_LINES: Final = TypeAdapter(tuple[FeeLine, ...])


class FeeTable:
    """The published prices."""

    def __init__(self, lines: tuple[FeeLine, ...]) -> None:
        self._lines = lines

    @classmethod
    def read(cls, path: Path = OWN) -> "FeeTable":
        """Load a price list. Raises OSError, or pydantic's ValidationError."""
        return cls(_LINES.validate_json(path.read_bytes()))

    def fee(self, format_: Format, seats: list[tuple[str, str]]) -> int:
        """Fen for these (specialty, title) seats. Raises LookupError when nothing is published."""
        return sum(self._line(format_, specialty, title).amount_fen for specialty, title in seats)

    def _line(self, format_: Format, specialty: str, title: str) -> FeeLine:
        fitting = [
            line
            for line in self._lines
            if line.format == format_
            and line.specialty in ("", specialty)
            and line.title in ("", title)
        ]
        if not fitting:
            raise LookupError(f"no published fee for {format_}/{specialty}/{title}")
        return max(fitting, key=lambda line: (bool(line.specialty), bool(line.title)))
