"""How much to hand out: computed, never typed, where a dose can be counted; no I/O, no float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from pharmacy.prescribing.words import AS_MUCH, Frequency

_WEIGHT: Final = {"g": Fraction(1000), "mg": Fraction(1), "μg": Fraction(1, 1000)}
_VOLUME: Final = {"L": Fraction(1000), "ml": Fraction(1)}
_SPELLED: Final = {
    "ug": "μg",
    "µg": "μg",
    "mcg": "μg",
    "微克": "μg",
    "毫克": "mg",
    "克": "g",
    "毫升": "ml",
    "mL": "ml",
    "ML": "ml",
    "iu": "IU",
    "单位": "IU",
    "U": "IU",
}
WHOLE: Final = frozenset({"粒", "丸", "袋", "支", "枚", "贴", "瓶"})
QUARTERS: Final = frozenset({"片"})


class Uncountable(ValueError):
    """The dose's unit says nothing about how many units of the drug it takes."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the formulary says about counting a drug; see `Medication`."""

    unit: str
    pack_size: int
    price_fen: int
    splittable: bool
    strength_value: Decimal | None = None
    strength_unit: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """How much of one drug leaves the pharmacy. `packs` is the nearest number of whole packs
    that holds `units`; `amount_fen` is what they cost."""

    units: int
    packs: int
    amount_fen: int


def spelled(unit: str) -> str:
    """One spelling for each unit (处方管理办法 art. 7: g, mg, μg, L, ml, IU, U)."""
    return _SPELLED.get(unit.strip(), unit.strip())


def units_at_once(dose: Decimal, dose_unit: str, product: Product) -> Fraction:
    """How many units of the drug one dose takes: 2.5 mg of a 5 mg 片 is one half.

    Raises Uncountable.
    """
    asked, held = spelled(dose_unit), spelled(product.strength_unit)
    if asked == spelled(product.unit):
        return Fraction(dose)
    if product.strength_value:
        for scale in (_WEIGHT, _VOLUME):
            if asked in scale and held in scale:
                return (
                    Fraction(dose) * scale[asked] / (Fraction(product.strength_value) * scale[held])
                )
        if asked == held:
            return Fraction(dose) / Fraction(product.strength_value)
    raise Uncountable(dose_unit)


def takeable(at_once: Fraction, unit: str) -> bool:
    """Whether somebody can measure this off: tablets break into quarters, capsules not at all."""
    if unit in WHOLE:
        return at_once.denominator == 1
    return unit not in QUARTERS or (at_once * 4).denominator == 1


def times(frequency: Frequency, days: int) -> int:
    """How often it is taken in so many days, a begun cycle counted whole."""
    if frequency.once:
        return 1
    return ceil(Fraction(days * frequency.times, frequency.in_days))


def supply(need: Fraction, product: Product) -> Supply:
    """Whole units, and whole packs unless the pack may be split (拆零)."""
    units = max(ceil(need), 1)
    packs = ceil(Fraction(units, product.pack_size))
    if not product.splittable:
        return Supply(packs * product.pack_size, packs, packs * product.price_fen)
    exact = Decimal(units * product.price_fen) / product.pack_size
    return Supply(units, packs, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))


def needed(
    dose: Decimal | None, dose_unit: str, often: int, product: Product, *, packs: int = 0
) -> Supply:
    """What a course takes: `often` doses, or so many `packs` of what is used by eye (适量)."""
    if dose_unit == AS_MUCH:
        if packs < 1:
            raise Uncountable(dose_unit)
        return supply(Fraction(packs * product.pack_size), product)
    if dose is None:
        raise Uncountable(dose_unit)
    return supply(units_at_once(dose, dose_unit, product) * often, product)


def plain(value: Decimal | Fraction) -> str:
    """0.5, 28, 1.67: no trailing zeros, no exponent."""
    number = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else value
    )
    text = f"{number.quantize(Decimal('0.0001'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
