"""Who gets what of one receiver's line: every row a situation in a consult room."""

import pytest

from rtc.media.allocation import FLOOR, VOICE, Demand, Grant, allocate

SIZES = (100_000.0, 500_000.0)


def camera(*, speaking: bool = False, rates: tuple[float, ...] = SIZES) -> Demand:
    return Demand("camera", rates, speaking)


def single(*, speaking: bool = False) -> Demand:
    return Demand("camera", (FLOOR["camera"],), speaking, elastic=True, most=800_000)


SCREEN = Demand("screen", (FLOOR["screen"],), elastic=True, most=1_500_000)
TALKS = camera(speaking=True)


@pytest.mark.parametrize(
    ("situation", "line", "voices", "demands", "layers"),
    [
        ("plenty for all", 5e6, 2, [camera(), camera()], [1, 1]),
        ("no limit is known", float("inf"), 2, [camera(), TALKS, SCREEN], [1, 1, 0]),
        ("voices alone fill the line", 70e3, 2, [camera(), camera()], [-1, -1]),
        ("voices leave less than a picture", 160e3, 2, [camera()], [-1]),
        ("voices leave one small picture", 175e3, 2, [camera(), camera()], [0, -1]),
        ("that one goes to who speaks", 175e3, 2, [camera(), TALKS], [-1, 0]),
        ("small ones for all before a large one", 272e3, 2, [camera(), TALKS], [0, 0]),
        ("but not yet a large one for anybody", 680e3, 2, [camera(), TALKS, camera()], [0, 0, 0]),
        ("who speaks first, with room for one", 780e3, 2, [camera(), TALKS, camera()], [0, 1, 0]),
        ("nobody speaks: in turn", 780e3, 2, [camera(), camera(), camera()], [1, 0, 0]),
        ("the screen before every face", 230e3, 2, [camera(), TALKS, SCREEN], [-1, -1, 0]),
        ("the screen is the last to go", 250e3, 2, [TALKS, SCREEN], [-1, 0]),
        ("below its floor it goes too", 220e3, 2, [SCREEN], [-1]),
        ("what is not being sent needs nothing", 200e3, 1, [camera(rates=()), camera()], [-1, 0]),
        ("one size only, and it fits", 175e3, 1, [single()], [0]),
        ("one size only, below its floor", 150e3, 1, [single()], [-1]),
        ("nothing at all", 0.0, 0, [camera(), SCREEN], [-1, -1]),
        ("a line that cannot be", -5e6, 3, [camera()], [-1]),
    ],
)
def test_situations(
    situation: str, line: float, voices: int, demands: list[Demand], layers: list[int]
) -> None:
    found = allocate(line, voices, demands)
    assert [grant.layer for grant in found] == layers, situation


def test_what_is_granted_never_exceeds_what_the_voices_leave() -> None:
    for line in range(0, 4_000_000, 7_000):
        for demands in ([camera(), TALKS, SCREEN], [single(), single(speaking=True)], [TALKS] * 5):
            granted = allocate(line, 3, demands)
            assert sum(grant.rate for grant in granted) <= max(0, line - 3 * VOICE) + 1


def test_more_line_never_means_fewer_pictures() -> None:
    before = 0
    for line in range(0, 3_000_000, 5_000):
        shown = sum(g.layer >= 0 for g in allocate(line, 2, [camera(), TALKS, camera()]))
        assert shown >= before
        before = shown


def test_videos_of_one_size_share_what_is_left_alike() -> None:
    first, second = allocate(2 * VOICE + 600_000, 2, [single(), single()])
    assert first == Grant(0, 300_000)
    assert second == Grant(0, 300_000)


def test_a_screen_takes_what_it_can_use_before_faces_grow() -> None:
    face, screen = allocate(VOICE + 800_000, 1, [camera(), SCREEN])
    assert face == Grant(0, SIZES[0])
    assert screen == Grant(0, 700_000)
