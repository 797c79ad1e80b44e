"""What a benchmark hands on: the contract's list of rows."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.media.load import percentile
from bench.rows import Row, row, table, write


def test_a_ratio_is_ours_over_the_peers() -> None:
    made = row("media-12x6", 10.0, "µs", better="lower", peer="janus", peer_value=40.0)
    assert made.ratio == 0.25
    assert made.note.startswith("lower is better")


def test_a_row_without_a_peer_has_no_ratio() -> None:
    made = row("media-12x6", 10.0, "µs", better="lower")
    assert (made.peer, made.peer_value, made.ratio) == (None, None, None)


def test_results_are_a_list_with_the_contracts_fields(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write([row("a-b", 1.5, "ms", better="lower", notes=["县"])], path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [set(r) for r in kept] == [set(Row.model_fields)]
    assert list(kept[0]) == ["name", "value", "unit", "peer", "peer_value", "ratio", "note"]


def test_a_table_keeps_its_columns_in_line() -> None:
    lines = table(
        [
            row("short", 1.0, "µs", better="lower", peer="janus", peer_value=2.0),
            row("a-much-longer-name", 123.4, "ms", better="higher"),
        ]
    ).splitlines()
    starts = [
        line.index(note) for line, note in zip(lines, ("note", "lower", "higher"), strict=True)
    ]
    assert len(set(starts)) == 1


@pytest.mark.parametrize(("share", "value"), [(0.5, 20), (0.99, 30), (0.1, 10)])
def test_a_percentile_of_counted_values(share: float, value: float) -> None:
    assert percentile(Counter({10: 40, 20: 40, 30: 20}), share) == value
