"""All rules about one drug or class, in words, for the pharmacist who reads them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pharmacy.screening import rows, units
from pharmacy.screening.ages import Age
from pharmacy.screening.case import Kind, Liver, Sex
from pharmacy.screening.finding import Severity
from pharmacy.screening.rulebook import Rules

MOST: Final = 40
KINDS: Final[Mapping[Kind, str]] = {
    Kind.WESTERN: "西药",
    Kind.PATENT: "中成药",
    Kind.PIECE: "饮片",
    Kind.GRANULE: "颗粒",
}
_SEXES: Final = {Sex.MALE: "男性", Sex.FEMALE: "女性", Sex.UNKNOWN: "性别不详"}
_LIVERS: Final = {
    Liver.NORMAL: "正常",
    Liver.MILD: "轻度异常起",
    Liver.MODERATE: "中度异常起",
    Liver.SEVERE: "重度异常",
    Liver.UNKNOWN: "不详",
}
_AGES: Final = {"d": "天", "m": "个月", "y": "岁"}


@dataclass(frozen=True, slots=True)
class Said:
    """One row: `when` it applies, what it says, and where that comes from."""

    when: str
    text: str
    severity: Severity | None
    source: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A substance or a class that a search came upon."""

    code: str
    name: str
    kind: str
    aliases: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of one. `related`: its classes, or the members of a class."""

    found: Found
    related: tuple[Found, ...]
    contains: str
    sections: tuple[tuple[str, tuple[Said, ...]], ...]


def search(rules: Rules, words: str) -> tuple[Found, ...]:
    """Substances and classes by name, other name or code, whole names first."""
    wanted = words.strip().lower()
    if not wanted:
        return ()
    hits = []
    known: list[rows.Substance | rows.Class] = [
        *rules.substances.values(),
        *rules.classes.values(),
    ]
    for row in known:
        names = [row.name, row.code, *(row.aliases if isinstance(row, rows.Substance) else ())]
        places = [name.lower().find(wanted) for name in names]
        if max(places) >= 0:
            exact = any(wanted == name.lower() for name in names)
            hits.append((not exact, len(row.name), row.code))
    return tuple(_found(rules, code) for *_, code in sorted(hits)[:MOST])


def sheet(rules: Rules, code: str) -> Sheet | None:
    """Everything about a code; None for an unknown one."""
    substance, group = rules.substances.get(code), rules.classes.get(code)
    if substance is None and group is None:
        return None
    classes = substance.classes if substance else ()
    members = [each.code for each in rules.substances.values() if code in each.classes]
    sections = ((title, tuple(found)) for title, found in _sections(rules, code, classes))
    return Sheet(
        found=_found(rules, code),
        related=tuple(_found(rules, each) for each in (*classes, *members)),
        contains="、".join(_contents(rules, substance.contains if substance else ())),
        sections=tuple((title, found) for title, found in sections if found),
    )


def _found(rules: Rules, code: str) -> Found:
    substance = rules.substances.get(code)
    if substance is None:
        return Found(code, rules.classes[code].name, "类别")
    return Found(code, substance.name, KINDS[substance.kind], "、".join(substance.aliases))


def _contents(rules: Rules, inside: Iterable[Any]) -> Iterator[str]:
    for each in inside:
        amount = f" {units.written(each.amount.value)} {each.amount.unit}" if each.amount else ""
        yield f"{rules.substances[each.code].name}{amount}"


def _sections(
    rules: Rules, code: str, classes: tuple[str, ...]
) -> Iterator[tuple[str, list[Said]]]:
    near, every = "nearest", "of"
    tables: tuple[tuple[str, Any, str, Callable[[Any], tuple[str, str]]], ...] = (
        ("网上不能开", rules.controlled, every, lambda row: ("互联网诊疗", row.text)),
        ("适应证", rules.indications, near, _indication),
        ("用法用量", rules.doses, every, _dose),
        ("饮片用量", rules.herbs, near, _herb),
        ("皮试", rules.skin_tests, near, lambda row: ("用前", row.text)),
        ("年龄", rules.ages, near, _age),
        ("怀孕", rules.pregnancy, near, _pregnancy),
        ("哺乳", rules.lactation, near, lambda row: ("哺乳期", row.text)),
        ("肾功能", rules.kidneys, every, _kidney),
        ("肝功能", rules.liver, every, lambda row: (_LIVERS[row.degree], row.text)),
        ("疾病与性别", rules.contraindications, every, _disease),
        ("证型", rules.patterns, every, lambda row: ("、".join(row.against), row.text)),
    )
    for title, table, how, words in tables:
        yield title, [_said(row, *words(row)) for row in getattr(table, how)(code, classes)]
    yield "同用", list(_pairs(rules, code, classes))
    yield (
        "过敏",
        [
            _said(row, f"对{'、'.join(row.words)}过敏", row.text)
            for row in rules.allergies
            if row.subject in (code, *classes)
        ],
    )


def _pairs(rules: Rules, code: str, classes: tuple[str, ...]) -> Iterator[Said]:
    for table in (rules.interactions, rules.herb_pairs):
        for subject in (code, *classes):
            for row in table.naming(subject):
                other = row.b if row.a == subject else row.a
                yield _said(row, _found(rules, other).name, row.text)
    for each in classes or (code,):
        group = rules.classes.get(each)
        if group is not None and group.together is not None:
            yield Said(
                f"另一种{group.name}",
                group.text or "作用重复",
                group.together,
                group.source,
                group.rule_id,
            )


def _said(row: rows.Row, when: str, text: str) -> Said:
    severity = getattr(row, "severity", None)
    return Said(when, text, severity, row.source, row.rule_id)


def _words(row: Any) -> str:
    codes = " ".join(row.icd10)
    return ";".join(filter(None, ("、".join(row.words), codes)))


def _indication(row: rows.Indication) -> tuple[str, str]:
    return _words(row), "诊断里都没有时提醒"


def _disease(row: rows.Contraindication) -> tuple[str, str]:
    sex = _SEXES[row.sex] if row.sex else ""
    return ";".join(filter(None, (sex, _words(row)))), row.text


def _dose(row: rows.Dose) -> tuple[str, str]:
    unit = f"{row.unit}/kg" if row.per_kg else row.unit
    limits = (
        ("一次最多", row.single_max, unit),
        ("一日最少", row.day_min, unit),
        ("一日最多", row.day_max, unit),
        ("一日", row.times_max, "次以内"),
    )
    said = [
        f"{word} {units.written(value)} {of}" for word, value, of in limits if value is not None
    ]
    if row.times_max is not None and row.times_max < 1:
        said[-1] = f"约 {1 / row.times_max:.0f} 天一次"
        said = [each for each in said if not each.startswith("一日")]
    return " ".join(filter(None, (row.form, _span(row.age_from, row.age_to)))), ",".join(said)


def _span(start: Age | None, end: Age | None) -> str:
    if start is None and end is None:
        return "各年龄"
    if end is None:
        return f"{_age_words(start)}起"
    return f"{_age_words(start)}到{_age_words(end)}" if start else f"未满{_age_words(end)}"


def _age_words(age: Age | None) -> str:
    return "" if age is None else f"{age.number}{_AGES[age.unit]}"


def _age(row: rows.AgeLimit) -> tuple[str, str]:
    if row.below is not None:
        return f"未满{_age_words(row.below)}", row.text
    return f"满{_age_words(row.reached)}", row.text


def _pregnancy(row: rows.PregnancyLimit) -> tuple[str, str]:
    if row.weeks_from is None and row.weeks_to is None:
        return "整个孕期", row.text
    return f"孕 {row.weeks_from or 1} 到 {row.weeks_to or 42} 周", row.text


def _kidney(row: rows.Kidney) -> tuple[str, str]:
    return f"eGFR 低于 {units.written(Decimal(row.egfr_below))}", row.text


def _herb(row: rows.Herb) -> tuple[str, str]:
    least = f"{units.written(row.min_g)}~" if row.min_g is not None else "不超过 "
    foot = f",要{row.footnote}" if row.footnote else ""
    return "每剂", f"{least}{units.written(row.max_g)} g{foot}"
