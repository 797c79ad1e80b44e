"""Screening holds for whatever is prescribed: it never raises, and more never hides a finding."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pharmacy.screening import (
    Amount,
    Case,
    Finding,
    Line,
    Liver,
    Medicine,
    Person,
    Pregnancy,
    Problem,
    Screening,
    Sex,
    screen,
)
from pharmacy.screening.finding import WEIGHT
from tests.pharmacy.screening.cases import TODAY, drugs

DISEASES = st.sampled_from(
    [
        Problem("高血压", "I10"),
        Problem("2型糖尿病", "E11.9"),
        Problem("心房颤动", "I48"),
        Problem("支气管哮喘", "J45.9"),
        Problem("慢性肾脏病", "N18.4"),
        Problem("肝硬化", "K74.6"),
        Problem("感冒", "J00"),
        Problem("早孕", "Z34.9"),
        Problem("", ""),
        Problem("???"),
    ]
)
WORDS = st.one_of(
    st.sampled_from(["青霉素", "磺胺", "阿司匹林", "海鲜", "无", "", "华法林", "否认过敏"]),
    st.text(max_size=12),
)
NUMBERS = st.decimals(min_value=-5, max_value=10_000, places=3)
UNITS = st.sampled_from(["mg", "g", "μg", "片", "粒", "ml", "IU", "袋", "丸", "喷", "适量", ""])


@st.composite
def lines(draw: st.DrawFn) -> Line:
    drug = draw(st.sampled_from(sorted(drugs())))
    return Line(
        drug=drugs()[drug],
        dose=draw(st.none() | st.builds(Amount, NUMBERS, UNITS)),
        times_per_day=draw(st.none() | st.decimals(min_value=0, max_value=24, places=2)),
        days=draw(st.none() | st.integers(-1, 400)),
        route=draw(st.sampled_from(["", "口服", "外用", "吸入", "静脉滴注", "皮下注射"])),
        footnote=draw(st.sampled_from(["", "先煎", "后下", "包煎"])),
        as_needed=draw(st.booleans()),
        skin_test=draw(st.sampled_from(["", "阴性", "阳性"])),
    )


PEOPLE = st.builds(
    Person,
    birth_date=st.none() | st.dates(date(1910, 1, 1), date(2027, 6, 1)),
    sex=st.sampled_from(Sex),
    weight_g=st.none() | st.integers(-1, 300_000),
    pregnancy=st.sampled_from(Pregnancy),
    pregnancy_weeks=st.none() | st.integers(0, 45),
    lactating=st.none() | st.booleans(),
    egfr=st.none() | st.decimals(min_value=0, max_value=200, places=1),
    creatinine=st.none() | st.decimals(min_value=-1, max_value=2000, places=0),
    liver=st.sampled_from(Liver),
    allergies=st.none() | st.lists(WORDS, max_size=3).map(tuple),
    conditions=st.lists(DISEASES, max_size=3).map(tuple),
    history=st.lists(st.text(max_size=20), max_size=2).map(tuple),
)
CASES = st.builds(
    Case,
    on=st.just(TODAY),
    person=PEOPLE,
    lines=st.lists(lines(), max_size=6).map(tuple),
    diagnoses=st.lists(DISEASES, max_size=3).map(tuple),
    tcm_disease=st.sampled_from(["", "感冒", "痹病"]),
    tcm_pattern=st.sampled_from(["", "风寒束表证", "湿热蕴结证", "脾肾阳虚证"]),
    current=st.lists(WORDS.map(Medicine), max_size=3).map(tuple),
)


def stands(finding: Finding, after: Screening) -> bool:
    """What was said is still said, by the same rule, about no fewer lines, no more mildly."""
    return any(
        each.rule_id == finding.rule_id
        and set(finding.lines) <= set(each.lines)
        and WEIGHT[each.severity] >= WEIGHT[finding.severity]
        for each in after.findings
    )


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_screening_never_raises_and_can_be_kept(case: Case) -> None:
    screening = screen(case)
    assert Screening.from_json(screening.as_json()) == screening
    for each in screening.findings:
        assert each.source
        assert each.sentence
        assert all(0 <= place < len(case.lines) for place in each.lines)
        assert len(each.drugs) >= len(each.lines)


@settings(max_examples=150, deadline=None)
@given(CASES, lines())
def test_a_drug_more_takes_no_finding_away(case: Case, more: Line) -> None:
    before, after = screen(case), screen(case.with_lines([more]))
    lost = [each for each in before.findings if not stands(each, after)]
    assert not lost


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_the_order_of_lines_changes_nothing_that_is_said(case: Case) -> None:
    turned = Case(
        on=case.on,
        person=case.person,
        lines=tuple(reversed(case.lines)),
        diagnoses=case.diagnoses,
        tcm_disease=case.tcm_disease,
        tcm_pattern=case.tcm_pattern,
        current=case.current,
    )

    def said(each: Case) -> list[tuple[str, str]]:
        return sorted((one.severity.value, one.rule_id) for one in screen(each).findings)

    assert said(case) == said(turned)


@settings(max_examples=60, deadline=None)
@given(CASES, st.decimals(min_value=1, max_value=50, places=1))
def test_more_of_a_drug_is_never_safer(case: Case, times: Decimal) -> None:
    """Findings about too much stay when every dose is multiplied."""

    def too_much(each: Case) -> set[tuple[str, tuple[int, ...]]]:
        """By row and lines: too much at a time may become too much a day."""
        ends = ("@single", "@day", "@sum", "@dose")
        said = [one for one in screen(each).findings if one.rule_id.endswith(ends)]
        return {(one.rule_id.partition("@")[0], one.lines) for one in said}

    larger = tuple(
        Line(
            drug=line.drug,
            dose=Amount(line.dose.value * times, line.dose.unit) if line.dose else None,
            times_per_day=line.times_per_day,
            route=line.route,
        )
        for line in case.lines
        if line.dose is None or line.dose.value >= 0
    )
    same = tuple(line for line in case.lines if line.dose is None or line.dose.value >= 0)
    parts = {"person": case.person, "diagnoses": case.diagnoses}
    small = Case(case.on, lines=same, **parts)  # type: ignore[arg-type]
    large = Case(case.on, lines=larger, **parts)  # type: ignore[arg-type]
    assert too_much(small) <= too_much(large)
