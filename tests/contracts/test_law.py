"""The page of the law names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")


def test_every_rule_of_the_page_is_held_by_a_test() -> None:
    named = NAMED.findall((ROOT / "docs/law.md").read_text())
    assert len(named) > 40
    texts = {file: (ROOT / file).read_text() for file, _ in named}
    assert [name for file, name in named if f"def {name}(" not in texts[file]] == []


DELETES = re.compile(r"\.delete\(")
MAY_DELETE = {
    "care/shelves.py",  # a template of one's own
    "care/teleconsultation/handing_on.py",  # a time that is free again
    "care/teleconsultation/roster.py",  # hours of a roster
    "care/teleconsultation/times.py",  # a time that was held
}


def test_bingli_guanli_guiding_no_verb_deletes_from_the_record() -> None:
    """医疗机构病历管理规定 2013: kept 15 years and more, so nothing that was written is deleted:
    neither record, note, result, prescription nor consultation has a verb that could."""
    files = [
        file
        for package in ("care", "pharmacy")
        for file in (ROOT / package).rglob("*.py")
        if "migrations" not in file.parts and DELETES.search(file.read_text())
    ]
    assert {file.relative_to(ROOT).as_posix() for file in files} <= MAY_DELETE
