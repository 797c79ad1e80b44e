"""What is wrong with rule files beyond a single cell: unknown names, ranges, contradictions."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from pharmacy.screening import units
from pharmacy.screening.case import Amount
from pharmacy.screening.finding import Severity
from pharmacy.screening.reading import Fault, Files, Placed
from pharmacy.screening.rows import (
    AgeLimit,
    Allergy,
    Class,
    Contraindication,
    Dose,
    Herb,
    Indication,
    Kidney,
    Pair,
    PregnancyLimit,
    Substance,
)


def faults_of(files: Files) -> list[Fault]:
    """Every fault, in the order of files and lines."""
    codes = {each.row.code for each in files.rows if isinstance(each.row, Substance | Class)}
    found = list(files.faults)
    substances = {each.row.code for each in files.rows if isinstance(each.row, Substance)}
    for each in files.rows:
        found += [each.fault(text) for text in (*_unknown(each, codes), *_upside_down(each))]
        if isinstance(each.row, Pair) and each.row.a == each.row.b and each.row.a in substances:
            found.append(each.fault("自己和自己"))  # of a class: any two of it
    found += _pairs_twice(files)
    found += _doses_overlap(files)
    found += _names_twice(files)
    return sorted(found, key=lambda fault: (fault.file, fault.line, fault.text))


def _unknown(each: Placed, codes: set[str]) -> Iterator[str]:
    for name in each.row.names():
        if name not in codes:
            yield f"没有“{name}”这个药或类别(substances.csv、classes.csv)"


def _upside_down(each: Placed) -> Iterator[str]:
    row = each.row
    if isinstance(row, Dose):
        yield from _dose(row)
    if isinstance(row, Herb) and row.min_g is not None and row.min_g > row.max_g:
        yield "最小量比最大量大"
    if isinstance(row, PregnancyLimit) and (row.weeks_from or 0) > (row.weeks_to or 42):
        yield "开始的孕周比结束的大"
    if isinstance(row, AgeLimit) and (row.below is None) == (row.reached is None):
        yield "below(小于几岁)和 reached(满几岁)要填而且只填一个"
    if isinstance(row, Kidney) and row.day_max is not None and not row.unit:
        yield "有每日最大量,没有单位"
    if isinstance(row, Indication) and not (row.icd10 or row.words):
        yield "ICD-10 和病名至少填一个"
    if isinstance(row, Contraindication) and not (row.icd10 or row.words or row.sex):
        yield "ICD-10、病名、性别至少填一个"
    if isinstance(row, Allergy) and row.subject and not row.text:
        yield "有药或类别,没有写一句话"
    severity = getattr(row, "severity", None)
    if severity is Severity.BLOCKING and row.FILE != "controlled":
        yield "blocking 只用于法律禁止的(controlled.csv),这里最重写 severe"


def _dose(row: Dose) -> Iterator[str]:
    if row.day_min is not None and row.day_max is not None and row.day_min > row.day_max:
        yield "每日最小量比最大量大"
    daily = row.times_max is None or row.times_max >= 1  # a weekly dose is more than a day's share
    if daily and row.single_max and row.day_max and row.single_max > row.day_max:
        yield "一次最大量比一日最大量大"
    if row.age_from and row.age_to and row.age_from.days >= row.age_to.days:
        yield "年龄从大到小写反了"
    if not (row.single_max or row.day_max):
        yield "一次最大量和一日最大量至少填一个"


def _pairs_twice(files: Files) -> Iterator[Fault]:
    """a+b and b+a are the same pair."""
    seen: dict[tuple[str, frozenset[str]], Placed] = {}
    for each in files.rows:
        if isinstance(each.row, Pair):
            first = seen.setdefault((each.file, frozenset((each.row.a, each.row.b))), each)
            if first is not each:
                yield each.fault(f"和第 {first.line} 行是同一对药")


def _doses_overlap(files: Files) -> Iterator[Fault]:
    """Two rows of a substance and form for the same age say the same, or one of them is wrong."""
    doses = [(each, each.row) for each in files.rows if isinstance(each.row, Dose)]
    for (one, first), (other, second) in combinations(doses, 2):
        if first.subject != second.subject:
            continue
        apart = units.convert(Amount(Decimal(1), second.unit), first.unit) is None
        if apart and first.form == second.form:
            yield other.fault(f"单位“{second.unit}”和第 {one.line} 行的“{first.unit}”不是一类")
        if first.form == second.form and _overlap(first, second):
            yield other.fault(f"年龄和第 {one.line} 行重叠")


def _overlap(first: Dose, second: Dose) -> bool:
    starts = [row.age_from.days if row.age_from else 0 for row in (first, second)]
    ends = [row.age_to.days if row.age_to else float("inf") for row in (first, second)]
    return max(starts) < min(ends)


def _names_twice(files: Files) -> Iterator[Fault]:
    """A word that means two substances would be recognised as either."""
    seen: dict[str, Placed] = {}
    for each in files.rows:
        if isinstance(each.row, Substance):
            for name in (each.row.name, *each.row.aliases):
                first = seen.setdefault(name, each)
                if first is not each:
                    yield each.fault(f"“{name}”在第 {first.line} 行已经是另一个药的名字")
