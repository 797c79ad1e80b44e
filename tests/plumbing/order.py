"""Which tests of a run go first: calls with pictures, the longest of them before the others.

`--dist worksteal` gives each worker an equal part of the list, and who has finished takes from the
end of another's. So the last minutes are of many short tests, not of one long one. As many workers
begin with calls as may have them at a time (`calm`); the others begin with tests that reckon.
"""

import os
from collections.abc import Sequence
from typing import Final, TypeVar

import pytest

from tests.plumbing.priority import calls_at_a_time, makes_calls

LONGEST: Final = (
    "tests/network/test_lines.py",
    "tests/network/test_recovery.py",
    "tests/network/test_adapting.py",
    "tests/network/test_relay.py",
    "tests/network/test_line_quality.py",
    "tests/walks/test_three_doctors_in_one_room.py",
    "tests/browser/test_room_recording.py",
    "tests/browser/test_room_faults.py",
    "tests/browser/test_room.py",
)
T = TypeVar("T")


def deal(first: Sequence[T], rest: Sequence[T], workers: int, hands: int) -> list[T]:
    """Put `first` at the head of `hands` of the `workers` equal parts of the list."""
    count = len(first) + len(rest)
    if len(first) > count // workers:
        return [*first, *rest]
    dealt: list[T] = []
    taken = 0
    for number in range(workers):
        size = (count - len(dealt)) // (workers - number)
        hand = first[number::hands] if number < hands else []
        filling = size - len(hand)
        dealt += [*hand, *rest[taken : taken + filling]]
        taken += filling
    return dealt


def _place(item: pytest.Item) -> int:
    module = item.nodeid.partition("::")[0]
    if module in LONGEST:
        return LONGEST.index(module)
    return len(LONGEST) + (item.get_closest_marker("browser") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort, and leave each module's own order."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    items.sort(key=_place)
    calls = [item for item in items if makes_calls(item)]
    rest = [item for item in items if not makes_calls(item)]
    workers = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    items[:] = deal(calls, rest, workers, min(workers, calls_at_a_time()))
