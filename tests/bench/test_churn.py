"""Coming and going, much shortened: nobody leaves anything behind in a real node."""

from bench.media.churn import FATES, TOLERANCE_BLOCKS, Count, churn

CONSULTATIONS = 16


def test_only_what_is_new_counts_as_left_over() -> None:
    before = Count({"rooms": 0, "tasks": 7}, 16, 1000, 90.0)
    assert Count({"rooms": 0, "tasks": 6}, 16, 900, 99.0).left_over(before) == {}
    after = Count({"rooms": 1, "tasks": 7}, 18, 1000, 90.0)
    assert after.left_over(before) == {"rooms": 1, "descriptors": 2}


async def test_visits_leave_nothing() -> None:
    assert set(FATES) == {"leave", "vanish", "mute", "absent", "again"}
    outcome = await churn(CONSULTATIONS, warm_up=8, parts=1)
    assert outcome.left == {}
    assert outcome.blocks <= TOLERANCE_BLOCKS, outcome
