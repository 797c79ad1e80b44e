"""The shape of a result, the table it is printed in and the file it is kept in."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from unicodedata import east_asian_width

from pydantic import BaseModel, ConfigDict

RESULTS = Path(__file__).parent / "results.json"


class Row(BaseModel):
    """One figure of ours beside its peer's (or beside a limit, named in `peer`).

    `ratio` is value / peer_value, null when there is no peer. The note says which way is better.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    note: str


def row(
    name: str,
    value: float,
    unit: str,
    *,
    better: Literal["higher", "lower"],
    peer: str | None = None,
    peer_value: float | None = None,
    notes: Iterable[str] = (),
) -> Row:
    """A row with its ratio worked out and its direction as the first words of the note."""
    ratio = None
    if peer_value:
        ratio = round(value / peer_value, 3)
    return Row(
        name=name,
        value=round(value, 3),
        unit=unit,
        peer=peer,
        peer_value=None if peer_value is None else round(peer_value, 3),
        ratio=ratio,
        note="; ".join([f"{better} is better", *notes]),
    )


def write(rows: Iterable[Row], path: Path = RESULTS) -> None:
    """Keep the rows as a JSON list, in the order in which they were measured."""
    listed = [r.model_dump() for r in rows]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def table(rows: Iterable[Row]) -> str:
    """The rows as a text table, columns aligned, notes at the end of each line."""
    head = ("name", "value", "unit", "peer", "peer value", "ratio", "note")
    body = [tuple(_cell(v) for v in r.model_dump().values()) for r in rows]
    lines = [head, *body]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(head) - 1)]
    return "\n".join(
        "  ".join([*(_pad(c, w) for c, w in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
