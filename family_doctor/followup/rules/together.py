"""One visit for two diseases: both tables are read, the stricter row decides."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from family_doctor.followup.rules.table import (
    Decision,
    Params,
    Row,
    Seen,
    decision,
    is_judged,
    row_of,
)


class Disease(StrEnum):
    """What is followed up."""

    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"


@dataclass(frozen=True, slots=True)
class Judged:
    """The row of each disease, and what the visit as a whole asks for."""

    rows: dict[Disease, Row]
    decision: Decision


def judge(seen: dict[Disease, Seen], params: Params) -> Judged:
    """Read the table for each disease.

    Raises `Unmeasured`, but not while any of them is an emergency: nobody waits for a fasting
    morning then, and the disease that could not be judged has no row.
    """
    urgent = any(one.emergency for one in seen.values())
    rows = {disease: row_of(one) for disease, one in seen.items() if not urgent or is_judged(one)}
    return Judged(rows, decision(strictest(rows.values()), params))


def strictest(rows: Collection[Row]) -> Row:
    """The one that asks for most, soonest."""
    return min(rows)
