"""The known good and bad prescriptions, one test each."""

import pytest

from pharmacy.screening import Severity, screen
from pharmacy.screening.finding import WEIGHT
from tests.pharmacy.screening.cases import FOLDER, Known, read_case

CASES = [read_case(path) for path in sorted(FOLDER.glob("*.toml"))]


def test_there_are_at_least_sixty() -> None:
    assert len(CASES) >= 60
    assert sum(bool(known.at_most) for known in CASES) >= 20, "good ones belong to it"


@pytest.mark.parametrize("known", CASES, ids=lambda known: known.name)
def test_a_known_prescription(known: Known) -> None:
    found = screen(known.case).findings
    said = {(each.severity.value, each.rule_id) for each in found}
    shown = "\n".join(f"{each.severity} {each.rule_id} {each.sentence}" for each in found)
    assert set(known.must) <= said, f"{known.title}\n{shown}"
    assert not {rule_id for _, rule_id in said} & set(known.must_not), f"{known.title}\n{shown}"
    if known.at_most:
        most = WEIGHT[Severity(known.at_most)]
        assert all(WEIGHT[each.severity] <= most for each in found), f"{known.title}\n{shown}"
