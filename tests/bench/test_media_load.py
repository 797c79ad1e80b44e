"""A very small load on the real node: packets come through, and the row is the contract's."""

from pathlib import Path

import pytest

from bench.media import clip, load
from bench.media.doorstep import Doorstep
from bench.media.forwarding import Goal, result
from bench.rows import Row


@pytest.fixture
def clip_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.getbasetemp() / "clip"
    monkeypatch.setattr(load, "CACHE", folder)
    monkeypatch.setattr(clip, "SECONDS", 1)  # ten take longer to encode than all the rest
    return folder


@pytest.mark.usefixtures("clip_cache")
async def test_two_people_for_two_seconds_make_a_row() -> None:
    case = load.Case(rooms=1, people=2)
    taken = await load.sample(Doorstep(), case, seconds=2)
    assert taken.streams == 2 * case.streams
    assert taken.packets > 0

    made = result(Goal("1x2", case, 0.5), ours=[taken], peers={"janus": 100.0})
    assert set(made.model_dump()) == set(Row.model_fields)
    assert made.name == "media-1x2"
    assert made.value > 0
    assert made.peer == "janus"
    assert made.ratio is not None


@pytest.mark.usefixtures("clip_cache")
async def test_stamped_packets_tell_their_delay() -> None:
    taken = await load.direct(load.Case(rooms=1, people=2, stamps=True), seconds=1)
    assert taken.delays_us.total() == taken.packets > 0
    assert min(taken.delays_us) >= 0
