"""Amounts in the units of prescriptions, turned into one another."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pharmacy.screening.case import Amount

_MILLIGRAMS: Final[Mapping[str, Decimal]] = {
    "kg": Decimal(1_000_000),
    "g": Decimal(1000),
    "克": Decimal(1000),
    "mg": Decimal(1),
    "毫克": Decimal(1),
    "μg": Decimal("0.001"),
    "µg": Decimal("0.001"),
    "ug": Decimal("0.001"),
    "mcg": Decimal("0.001"),
    "微克": Decimal("0.001"),
}
_MILLILITRES: Final[Mapping[str, Decimal]] = {
    "L": Decimal(1000),
    "ml": Decimal(1),
    "mL": Decimal(1),
    "毫升": Decimal(1),
}
_ALIKE: Final[Mapping[str, str]] = {"iu": "IU", "单位": "IU", "U": "IU", "u": "IU", "揿": "喷"}


def convert(amount: Amount, unit: str) -> Decimal | None:
    """The amount in another unit; None when the two do not measure the same."""
    for family in (_MILLIGRAMS, _MILLILITRES):
        if amount.unit in family and unit in family:
            return amount.value * family[amount.unit] / family[unit]
    if _ALIKE.get(amount.unit, amount.unit) == _ALIKE.get(unit, unit):
        return amount.value
    return None


def taken(dose: Amount, unit: str, counted: str, holds: Amount | None) -> Decimal | None:
    """A dose in `unit`, when one `counted` (片, 粒, ml) holds so much; None: nobody can tell."""
    straight = convert(dose, unit)
    if straight is not None or holds is None:
        return straight
    pieces = convert(dose, counted)
    if pieces is not None:
        return convert(Amount(pieces * holds.value, holds.unit), unit)
    within = convert(dose, holds.unit)
    if within is None or not holds.value or convert(Amount(Decimal(1), counted), unit) is None:
        return None
    return convert(Amount(within / holds.value, counted), unit)


def written(value: Decimal) -> str:
    """Without zeros nobody wrote: 0.5, 20, 1000."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text or "0"
