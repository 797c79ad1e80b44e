"""The shipped rules are whole, and a bad row is named with file, line and fault."""

import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from app.commands import screening as command
from app.settings import Settings
from pharmacy.screening import (
    Case,
    Drug,
    Ingredient,
    Line,
    Person,
    Problem,
    Severity,
    configure,
    screen,
)
from pharmacy.screening.checking import faults_of
from pharmacy.screening.products import read as read_products
from pharmacy.screening.reading import SHIPPED, read
from pharmacy.screening.rows import ROWS
from pharmacy.screening.rulebook import BadRules, load, shipped
from tests.pharmacy.screening.cases import DRUGS, TODAY


def faults(folder: Path, name: str, *lines: str) -> list[str]:
    folder.joinpath(f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(fault) for fault in faults_of(read((SHIPPED, folder))) if fault.line > 0]


def test_the_shipped_rules_are_right() -> None:
    assert faults_of(read()) == []


def test_every_file_has_rows_and_a_class() -> None:
    assert {path.stem for path in SHIPPED.glob("*.csv")} == {kind.FILE for kind in ROWS}


def test_every_row_names_its_source() -> None:
    assert all(each.row.source for each in read().rows)


def test_every_drug_of_the_demo_can_be_screened() -> None:
    """Each has substances the rules know, and Western and patent ones a dose and an indication."""
    rules = shipped()
    for line, drug in read_products(DRUGS):
        assert drug.ingredients, line
        for each in drug.ingredients:
            assert each.code in rules.substances, (line, each.code)
        case = Case(TODAY, Person(), (Line(drug),), (Problem("x"),))
        unknown = {"doses/unknown", "indications/unknown", "substances/unknown", "herbs/unknown"}
        said = {found.rule_id for found in screen(case).findings} & unknown
        assert not said or drug.controlled.value != "none", (drug.name, said)


DOSE = (
    "subject,form,age_from,age_to,per_kg,unit,single_max,day_min,day_max,times_max,severity,source"
)


@pytest.mark.parametrize(
    ("name", "head", "row", "said"),
    [
        (
            "lactation",
            "subject,severity,text,source",
            "nosuch,severe,不能用,说明书",
            "没有“nosuch”",
        ),
        ("lactation", "subject,severity,text,source", "digoxin,severe,不能用,", "source:没有填"),
        (
            "lactation",
            "subject,severity,text,source",
            "digoxin,bad,不能用,说明书",
            "severity:不认识",
        ),
        (
            "lactation",
            "subject,severity,text,source",
            "digoxin,blocking,不能,说明书",
            "blocking 只用于",
        ),
        (
            "lactation",
            "subject,severity,text,more",
            "digoxin,severe,不能用,说明书",
            "more:没有这一列",
        ),
        ("lactation", "subject,severity,text,source", "digoxin,severe,不,能,用", "比表头多了一格"),
        ("doses", DOSE, "levothyroxine,x,18y,,,μg,9,,5,,,说明书", "一次最大量比一日最大量大"),
        ("doses", DOSE, "levothyroxine,x,18y,,,μg,5,9,5,,,说明书", "每日最小量比最大量大"),
        ("doses", DOSE, "levothyroxine,x,18y,6y,,μg,5,,5,,,说明书", "年龄从大到小写反了"),
        ("doses", DOSE, "levothyroxine,x,18,,,μg,5,,5,,,说明书", "看不懂"),
        ("doses", DOSE, "levothyroxine,x,18y,,,μg,-5,,5,,,说明书", "要大于 0"),
        ("doses", DOSE, "levothyroxine,x,18y,,,μg,many,,5,,,说明书", "不是数字"),
        ("doses", DOSE, "levothyroxine,,30y,,,μg,5,,5,,,说明书", "重叠"),
        ("doses", DOSE, "levothyroxine,,1y,18y,,ml,5,,5,,,说明书", "不是一类"),
        (
            "herbs",
            "subject,min_g,max_g,severity,footnote,source",
            "t-fuzi,9,3,,,药典",
            "最小量比最大量大",
        ),
        (
            "pregnancy",
            "subject,weeks_from,weeks_to,severity,text,source",
            "digoxin,20,10,severe,不能用,说明书",
            "开始的孕周比结束的大",
        ),
        (
            "interactions",
            "a,b,severity,text,source",
            "omeprazole,clopidogrel,note,可以,说明书",
            "是同一对药",
        ),
        ("interactions", "a,b,severity,text,source", "digoxin,digoxin,note,x,说明书", "自己和自己"),
        ("wishes", "a", "b", "没有这种规则文件"),
        (
            "substances",
            "code,name,kind,source",
            "new-one,阿司匹林,western,说明书",
            "已经是另一个药的名字",
        ),
        (
            "contraindications",
            "subject,severity,text,source",
            "digoxin,severe,x,说明书",
            "至少填一个",
        ),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, name: str, head: str, row: str, said: str) -> None:
    found = faults(tmp_path, name, head, row)
    assert any(f"{name}.csv 第 " in fault and said in fault for fault in found), found


def test_the_same_twice_is_a_fault(tmp_path: Path) -> None:
    row = "digoxin,note,留意,说明书"
    found = faults(tmp_path, "lactation", "subject,severity,text,source", row, row)
    assert found == ["lactation.csv 第 3 行:和第 2 行说的是同一件事,请只留一行"]


def test_own_rows_stand_over_the_shipped_ones(tmp_path: Path) -> None:
    row = "statin,note,本院规定,云河县药事会"
    (tmp_path / "lactation.csv").write_text(
        f"subject,severity,text,source\n{row}\n", encoding="gb18030"
    )
    rules = load(tmp_path)
    assert [each.text for each in rules.lactation.about("statin")] == ["本院规定"]
    assert rules.version != shipped().version


def test_bad_encodings_and_quotes_are_named(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_bytes(b"subject,below\n\xff\xff\xff")
    (tmp_path / "liver.csv").write_text('subject,degree\n"digoxin,severe\n', encoding="utf-8")
    names = {fault.file for fault in faults_of(read((SHIPPED, tmp_path)))}
    assert names == {"ages.csv", "liver.csv"}


def test_faulty_own_rules_are_refused_and_every_screening_says_so(tmp_path: Path) -> None:
    (tmp_path / "lactation.csv").write_text("subject\nnosuch\n", encoding="utf-8")
    with pytest.raises(BadRules, match=r"lactation\.csv"):
        load(tmp_path)
    configure(tmp_path)
    try:
        drug = Drug("氨氯地平片", (Ingredient("amlodipine"),))
        said = screen(Case(TODAY, Person(), (Line(drug),))).by(Severity.UNJUDGED)
        assert "substances/refused" in {each.rule_id for each in said}
    finally:
        configure(None)


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings()
    chosen = Namespace(what="check", folder=None, drugs=DRUGS)
    assert command.run(settings, chosen) == 0
    assert "0 处错误" in capsys.readouterr().out

    shutil.copy(SHIPPED / "herbs.csv", tmp_path)
    with (tmp_path / "herbs.csv").open("a", encoding="utf-8") as file:
        file.write("t-nosuch,1,2,,,药典\n")
    chosen.folder = tmp_path
    assert command.run(settings, chosen) == 1
    assert "herbs.csv 第 120 行:没有“t-nosuch”" in capsys.readouterr().out

    chosen.folder = tmp_path / "nowhere"
    assert command.run(settings, chosen) == 1


def test_the_command_names_drugs_nobody_can_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = DRUGS.read_text(encoding="utf-8").splitlines()
    drugs = tmp_path / "drugs.csv"
    drugs.write_text("\n".join([lines[0], lines[1].replace("amlodipine", "nosuch")]))
    assert command.run(Settings(), Namespace(what="check", folder=None, drugs=drugs)) == 1
    assert "drugs.csv 第 2 行" in capsys.readouterr().out
