"""Products of a formulary file as screening knows them."""

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from pharmacy.screening.case import Amount, Controlled, Drug, Kind, ingredients


def drug(row: Mapping[str, str]) -> Drug:
    """One row with the columns of `formulary/demo_drugs.csv`. Raises ValueError."""
    value, unit = row["strength_value"], row["strength_unit"]
    return Drug(
        name=row["generic_name"],
        ingredients=ingredients(row["ingredients"]),
        kind=Kind(row["kind"]),
        form=row["form"],
        route=row["route"],
        unit=row["unit"],
        strength=Amount(Decimal(value), unit) if value else None,
        antimicrobial=row["antimicrobial"],
        controlled=Controlled(row["controlled"]),
        injection=row["injection"] == "yes",
        cold_chain=row["cold_chain"] == "yes",
    )


def read(path: Path) -> Iterator[tuple[int, Drug]]:
    """Each product of a file with its line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            yield rows.line_num, drug(row)
