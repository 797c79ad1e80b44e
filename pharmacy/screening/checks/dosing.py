"""How much at a time and a day, by age, weight and kidneys (审核规范, 适宜性 3)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pharmacy.screening import units
from pharmacy.screening.case import Kind, Line
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Part, Taken
from pharmacy.screening.rows import Dose

GRAMS: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Limits:
    """A row's numbers for this person; `None` where it sets none."""

    row: Dose
    single_max: Decimal | None
    day_min: Decimal | None
    day_max: Decimal | None


def check(known: Known) -> Iterator[Finding]:
    """Line by line, then what several lines hold of the same substance."""
    for taken in known.lines:
        if taken.line is not None and taken.parts and not taken.herbal:
            yield from _line(known, taken, taken.line)
    yield from _sums(known)


def _line(known: Known, taken: Taken, line: Line) -> Iterator[Finding]:
    declared = [part for part in taken.parts if part.declared]
    whole = "+".join(sorted(part.code for part in declared))
    asked = {subject: known.rules.doses.about(subject) for subject in (whole,)}
    if not asked[whole]:
        asked = {part.code: known.rules.doses.about(part.code) for part in declared}
    if not all(asked.values()):
        if not taken.external:
            yield taken.say(
                Severity.UNJUDGED, "doses/unknown", "规则库里没有它的剂量,请药师核对", REVIEW
            )
        return
    if line.dose is None or line.times_per_day is None:
        if not taken.external:
            yield taken.say(Severity.UNJUDGED, "doses/missing", "没有写每次用量或次数", REVIEW)
        return
    parts = {part.code: part for part in declared}
    for subject, rows in asked.items():
        yield from _substance(known, taken, line, rows, parts.get(subject))


def _substance(
    known: Known, taken: Taken, line: Line, rows: list[Dose], part: Part | None
) -> Iterator[Finding]:
    row = _row(known, line, rows)
    if row is None:
        if taken.external:
            return
        text = "规则库里没有这个年龄或剂型的剂量,请药师核对"
        yield taken.say(Severity.UNJUDGED, f"{rows[0].rule_id}@age", text, rows[0].source)
        return
    limits = _limits(known, row, rows)
    if limits is None:
        yield taken.say(
            Severity.UNJUDGED, f"{row.rule_id}@weight", "按体重用药,没有写体重", row.source
        )
        return
    single = _single(line, row.unit, part, alone=len(line.drug.ingredients) == 1)
    if single is None:
        unit = line.dose.unit if line.dose else ""
        text = f"用量单位“{unit}”换算不成 {row.unit},请药师核对"
        yield taken.say(Severity.UNJUDGED, f"{row.rule_id}@unit", text, row.source)
        return
    day = single * (line.times_per_day or 0)
    yield from _outside(taken, line, limits, single, day)
    if part is not None:
        yield from _kidneys(known, taken, part, line)


def _row(known: Known, line: Line, rows: list[Dose]) -> Dose | None:
    own = [row for row in rows if row.form == line.drug.form]
    fitting = [row for row in own or rows if not row.form or own]
    born, on = known.case.person.birth_date, known.case.on
    if born is None:
        return next((row for row in fitting if row.age_to is None and not row.per_kg), None)
    now = [
        row
        for row in fitting
        if (row.age_from is None or row.age_from.reached(born, on))
        and (row.age_to is None or not row.age_to.reached(born, on))
    ]
    return max(now, key=lambda row: row.age_from.days if row.age_from else 0, default=None)


def _limits(known: Known, row: Dose, rows: list[Dose]) -> Limits | None:
    """For one kilogram times the weight, and never above the adult's."""
    if not row.per_kg:
        return Limits(row, row.single_max, row.day_min, row.day_max)
    grams = known.case.person.weight_g
    if not grams or grams <= 0:
        return None
    weight = grams / GRAMS
    grown = next((each for each in rows if each.age_to is None and not each.per_kg), None)
    return Limits(
        row,
        _least(row.single_max, weight, grown.single_max if grown else None),
        None if row.day_min is None else row.day_min * weight,
        _least(row.day_max, weight, grown.day_max if grown else None),
    )


def _least(per_kg: Decimal | None, weight: Decimal, cap: Decimal | None) -> Decimal | None:
    if per_kg is None:
        return cap
    return per_kg * weight if cap is None else min(per_kg * weight, cap)


def _single(line: Line, unit: str, part: Part | None, *, alone: bool) -> Decimal | None:
    if line.dose is None:
        return None
    holds = part.amount if part is not None else None
    if holds is None and alone:
        holds = line.drug.strength
    if not alone and part is not None and units.convert(line.dose, line.drug.unit) is None:
        return None  # 457 mg of a compound says nothing of its parts
    return units.taken(line.dose, unit, line.drug.unit, holds)


def _outside(
    taken: Taken, line: Line, limits: Limits, single: Decimal, day: Decimal
) -> Iterator[Finding]:
    row, times = limits.row, line.times_per_day or Decimal(0)
    rarely = row.times_max is not None and row.times_max < 1 < times / row.times_max
    if limits.day_max is not None and day > limits.day_max and not rarely:
        text = f"每日 {_amount(day, row)},超过一日最大 {_amount(limits.day_max, row)}"
        yield taken.say(row.severity, f"{row.rule_id}@day", text, row.source)
    elif limits.single_max is not None and single > limits.single_max:
        text = f"每次 {_amount(single, row)},超过一次最大 {_amount(limits.single_max, row)}"
        yield taken.say(row.severity, f"{row.rule_id}@single", text, row.source)
    yield from _too_often(taken, row, times)
    if limits.day_min is not None and day < limits.day_min and not line.as_needed:
        text = f"每日 {_amount(day, row)},低于常用量 {_amount(limits.day_min, row)}"
        yield taken.say(Severity.NOTE, f"{row.rule_id}@low", text, row.source)


def _too_often(taken: Taken, row: Dose, times: Decimal) -> Iterator[Finding]:
    if row.times_max is None or times <= row.times_max:
        return
    if row.times_max >= 1:
        text = f"每日 {units.written(times)} 次,一般不超过 {units.written(row.times_max)} 次"
        yield taken.say(Severity.WARNING, f"{row.rule_id}@times", text, row.source)
    else:
        text = f"应当约 {1 / row.times_max:.0f} 天一次,写成了每日 {units.written(times)} 次"
        yield taken.say(row.severity, f"{row.rule_id}@times", text, row.source)


def _kidneys(known: Known, taken: Taken, part: Part, line: Line) -> Iterator[Finding]:
    if known.egfr is None:
        return
    rows = [
        row
        for row in known.rules.kidneys.of(part.code, part.classes)
        if row.day_max is not None and known.egfr < row.egfr_below
    ]
    if not rows:
        return
    row = min(rows, key=lambda each: each.egfr_below)
    single = _single(line, row.unit, part, alone=len(line.drug.ingredients) == 1)
    if single is None or row.day_max is None:
        return
    day = single * (line.times_per_day or 0)
    if day > row.day_max:
        text = f"{known.egfr_words},每日 {units.written(day)} {row.unit},{row.text}"
        yield taken.say(row.severity, row.rule_id, text, row.source)


def _sums(known: Known) -> Iterator[Finding]:
    """对乙酰氨基酚 out of three cold remedies: the liver adds them up."""
    lines: dict[str, list[tuple[Taken, Part, Line]]] = defaultdict(list)
    for taken in known.lines:
        for part in taken.parts:
            if taken.line is not None and not taken.external and part.kind is Kind.WESTERN:
                lines[part.code].append((taken, part, taken.line))
    for code, found in lines.items():
        rows = [row for row in known.rules.doses.about(code) if not row.form and not row.per_kg]
        row = _row(known, found[0][2], rows) if len(found) > 1 else None
        if row is None or row.day_max is None:
            continue
        days = [_day(part, line, row.unit) for _, part, line in found]
        total = sum((day for day in days if day is not None), Decimal(0))
        if total > row.day_max:
            name = known.rules.substances[code].name
            yield Finding(
                row.severity,
                f"{row.rule_id}@sum",
                f"{name}合计每日 {_amount(total, row)},超过一日最大 {_amount(row.day_max, row)}",
                row.source,
                tuple(taken.name for taken, _, _ in found),
                tuple(place for taken, _, _ in found for place in taken.places),
            )


def _day(part: Part, line: Line, unit: str) -> Decimal | None:
    alone = part.declared and len(line.drug.ingredients) == 1
    single = _single(line, unit, part, alone=alone)
    return None if single is None else single * (line.times_per_day or 0)


def _amount(value: Decimal, row: Dose) -> str:
    return f"{units.written(value)} {row.unit}"
