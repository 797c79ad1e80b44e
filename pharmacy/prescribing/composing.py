"""From typed words to a prescription: lines with their quantities, and what still stands in the way
of a signature. No I/O: the products are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from core.errors import FieldError
from pharmacy.formulary.models import Medication
from pharmacy.prescribing import words as spoken
from pharmacy.prescribing.catalogue import counting
from pharmacy.prescribing.models import Category, Preparation
from pharmacy.prescribing.policy import params
from pharmacy.prescribing.quantity import (
    Supply,
    Uncountable,
    needed,
    plain,
    spelled,
    takeable,
    times,
    units_at_once,
)
from pharmacy.prescribing.rules import Course, Item
from pharmacy.prescribing.schemas import LineIn, Reading, id_of
from pharmacy.prescribing.words import AS_MUCH, BY_EYE, FOOTNOTES, FREQUENCIES, ROUTES

MOST_DAYS: Final = 200
MOST_DOSES: Final = 84
MOST_PACKS: Final = 20
UNBROKEN: Final = ("控释", "肠溶")
"""Tablets that lose their effect, or let it out at once, when they are broken."""


@dataclass(frozen=True, slots=True)
class Line:
    """One drug. `entry` and `supply` are None while the line cannot be read."""

    place: int
    typed: Mapping[str, str]
    product: Medication
    entry: LineIn | None = None
    supply: Supply | None = None

    @property
    def item(self) -> Item:
        """As the rules see it."""
        one = self.product
        return Item(
            place=self.place,
            name=one.generic_name,
            kind=one.kind,
            days=self.entry.days if self.entry else 0,
            controlled=one.controlled,
            antimicrobial=one.antimicrobial,
            cold_chain=one.cold_chain,
        )

    @property
    def handed_out(self) -> str:
        """共 28 片(4 盒)."""
        if self.supply is None:
            return ""
        one, packs = self.product, self.supply.packs
        whole = self.supply.units == packs * one.pack_size
        if one.pack_unit and one.pack_unit != one.unit and whole:
            return f"共 {packs} {one.pack_unit}({self.supply.units} {one.unit})"
        return f"共 {self.supply.units} {one.unit}"


@dataclass(slots=True)
class Composed:
    """A prescription as far as it is written."""

    category: Category
    lines: list[Line]
    doses: int = 0
    way: str = ""
    preparation: Preparation | None = None
    errors: list[FieldError] = field(default_factory=list)

    @property
    def amount_fen(self) -> int:
        """What the drugs would cost, for information."""
        return sum(line.supply.amount_fen for line in self.lines if line.supply)

    @property
    def items(self) -> list[Item]:
        """As the rules see them."""
        return [line.item for line in self.lines]


def compose(
    words: Mapping[str, Any], category: Category, products: Mapping[UUID, Medication]
) -> Composed:
    """Read what is typed. Nothing is raised: `errors` names what is missing, beside its field."""
    reading = Reading()
    found = Composed(category, [])
    if category is Category.TCM:
        _read_decoction(found, words, reading)
    for place, typed in enumerate(words.get("lines", [])):
        product = products.get(id_of(typed["medication"]) or UUID(int=0))
        if product is None:
            reading.wrong(f"line-{place}", "药品目录里没有这个药")
            continue
        if not product.active:
            reading.wrong(f"line-{place}", f"{product.generic_name}已停用,请换一个")
        found.lines.append(_line(found, place, typed, product, reading))
    _twice(found, reading)
    found.errors = reading.errors
    return found


def _line(
    found: Composed, place: int, typed: Mapping[str, str], product: Medication, reading: Reading
) -> Line:
    before = len(reading.errors)
    read = _piece if found.category is Category.TCM else _drug
    entry, often = read(found, place, typed, product, reading)
    if len(reading.errors) > before:
        return Line(place, typed, product)
    try:
        supply = needed(entry.dose, entry.dose_unit, often, counting(product), packs=entry.packs)
    except Uncountable:
        reading.wrong(f"line-{place}-dose_unit", "这个单位算不出数量,请换一个")
        return Line(place, typed, product)
    return Line(place, typed, product, entry, supply)


def _drug(
    found: Composed, place: int, typed: Mapping[str, str], product: Medication, reading: Reading
) -> tuple[LineIn, int]:
    name = f"line-{place}"
    unit = reading.one_of(
        f"{name}-dose_unit", typed.get("dose_unit", ""), units_of(product), "单位"
    )
    by_eye = unit == AS_MUCH
    dose = None if by_eye else reading.number(f"{name}-dose", typed.get("dose", ""), "每次用量")
    route = reading.one_of(f"{name}-route", typed.get("route", ""), routes_of(product), "用法")
    frequency = reading.one_of(f"{name}-frequency", typed.get("frequency", ""), FREQUENCIES, "频次")
    days = reading.whole(f"{name}-days", typed.get("days", ""), "天数", MOST_DAYS)
    packs = (
        reading.whole(f"{name}-packs", typed.get("packs", ""), "给几盒(支、瓶)", MOST_PACKS)
        if by_eye
        else 0
    )
    _measurable(name, dose, unit, product, reading)
    entry = LineIn(
        place=place,
        medication_id=product.id,
        dose=dose,
        dose_unit=unit,
        route=route,
        frequency=frequency,
        days=days,
        packs=packs,
        note=typed.get("note", ""),
        over_label=typed.get("over_label", ""),
        skin_test=typed.get("skin_test", ""),
    )
    return entry, times(FREQUENCIES[frequency], days) if frequency and days else 0


def _measurable(name: str, dose: Any, unit: str, product: Medication, reading: Reading) -> None:
    if dose is None or not unit or unit == AS_MUCH:
        return
    try:
        at_once = units_at_once(dose, unit, counting(product))
    except Uncountable:
        return
    whole = any(word in product.form for word in UNBROKEN)
    if not takeable(at_once, "粒" if whole else product.unit):
        sentence = f"每次要用 {plain(at_once)} {product.unit},量不出来,请改用量或换规格"
        reading.wrong(f"{name}-dose", sentence)


def _read_decoction(found: Composed, words: Mapping[str, Any], reading: Reading) -> None:
    found.doses = reading.whole("doses", words.get("doses", ""), "付数", MOST_DOSES)
    found.way = reading.one_of("way", words.get("way", ""), spoken.TCM_WAYS, "每日怎么服")
    reading.one_of("route", words.get("route", ""), spoken.TCM_ROUTES, "用法")
    chosen = reading.one_of(
        "preparation", words.get("preparation", ""), set(Preparation), "代煎、自煎还是颗粒"
    )
    found.preparation = Preparation(chosen) if chosen else None
    for name, what in (("tcm_disease", "中医病名"), ("tcm_pattern", "证型")):
        if not words.get(name):
            reading.wrong(name, f"请写{what}")


def _piece(
    found: Composed, place: int, typed: Mapping[str, str], product: Medication, reading: Reading
) -> tuple[LineIn, int]:
    name = f"line-{place}"
    dose = reading.number(f"{name}-dose", typed.get("dose", ""), "每剂克数")
    note = typed.get("note", "")
    if note:
        reading.one_of(f"{name}-note", note, FOOTNOTES, "脚注")
    granules = found.preparation is Preparation.GRANULES
    if found.preparation and granules is not (product.kind.value == "granule"):
        sentence = "选了配方颗粒,这一味是饮片" if granules else "这一味是配方颗粒,不能煎"
        reading.wrong(name, sentence)
    often = FREQUENCIES.get(found.way)
    per_day = 2 if found.way == "qod" else 1
    entry = LineIn(
        place=place,
        medication_id=product.id,
        dose=dose,
        dose_unit="g",
        route="",
        frequency=found.way if often else "",
        days=found.doses * per_day,
        packs=0,
        note=note,
        over_label=typed.get("over_label", ""),
        skin_test="",
    )
    return entry, found.doses


def _twice(found: Composed, reading: Reading) -> None:
    """The same product on two lines is a slip; the same substance is the screening's to say."""
    seen: set[UUID] = set()
    for line in found.lines:
        if line.product.id in seen:
            reading.wrong(f"line-{line.place}", f"{line.product.generic_name}写了两次")
        seen.add(line.product.id)


def units_of(product: Medication) -> list[str]:
    """In which units a dose may be written: the strength's, the counting unit, 适量."""
    found = [spelled(product.strength_unit)] if product.strength_value else []
    if product.strength_value and found[0] in ("mg", "g", "μg"):
        found += [unit for unit in ("mg", "g", "μg") if unit not in found]
    if spelled(product.unit) not in found:
        found.append(spelled(product.unit))
    return [*found, AS_MUCH] if product.route in BY_EYE else found


def routes_of(product: Medication) -> list[str]:
    """The formulary's own route first."""
    own = [product.route] if product.route else []
    return [*own, *(route for route in ROUTES if route not in own)]


def course(found: Composed, words: Mapping[str, Any], *, first_long: bool) -> Course:
    """The prescription as a whole, as the rules see it."""
    days = words.get("valid_days", "")
    return Course(
        category=found.category,
        diagnoses=list(words.get("diagnosis", [])),
        urgent=bool(words.get("urgent")),
        long_term=bool(words.get("long_term")),
        reason=words.get("reason", ""),
        stable=bool(words.get("stable")),
        assessment=words.get("assessment", ""),
        confirmed=words.get("confirmed", ""),
        first_long=first_long,
        valid_days=int(days) if days.isascii() and days.isdigit() else 0,
        fee=words.get("fee") or params().fee,
    )
