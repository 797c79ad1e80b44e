"""The peer without an index says the same as ours, else its time would mean nothing."""

from bench.screening.engine import long_case
from bench.screening.scan import scanning
from pharmacy.screening import screen
from pharmacy.screening.rulebook import shipped
from tests.pharmacy.screening.cases import FOLDER, read_case


def test_index_and_list_say_the_same() -> None:
    peer = scanning(shipped())
    known = [read_case(path).case for path in sorted(FOLDER.glob("*.toml"))[::5]]
    for case in (*known, long_case()):
        assert screen(case, peer) == screen(case, shipped())
