"""Tables, the division of an audience, intervals against published values, and text as blocks."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.states import after, mermaid
from notifications.education import rules, text
from notifications.education.models import Arm
from notifications.education.states import ARTICLE, CAMPAIGN, ArticleStatus, CampaignStatus

PAGES = Path(__file__).parents[3] / "docs/states"


@pytest.mark.parametrize(
    ("name", "table", "states"),
    [("article", ARTICLE, ArticleStatus), ("campaign", CAMPAIGN, CampaignStatus)],
)
def test_every_move_not_in_the_table_is_refused_and_the_page_draws_it(name, table, states):
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)
    drawn = re.search(r"```mermaid\n(.*?)\n```", (PAGES / f"{name}.md").read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(table)


def test_nothing_is_out_that_nobody_has_passed():
    into = {state for (state, _), to in ARTICLE.items() if to is ArticleStatus.PUBLISHED}
    assert into == {ArticleStatus.APPROVED}
    into = {state for (state, _), to in ARTICLE.items() if to is ArticleStatus.APPROVED}
    assert into == {ArticleStatus.IN_REVIEW}


@given(st.sets(st.uuids(), max_size=200), st.integers(10, 100))
def test_the_same_seed_divides_the_same_people_the_same_way(people: set[UUID], told_share: int):
    one = rules.divided(people, "seed", told_share)
    assert one == rules.divided(sorted(people, reverse=True), "seed", told_share)
    assert {who for who, _ in one} == people
    assert sum(arm is Arm.TOLD for _, arm in one) == round(len(people) * told_share / 100)


def test_another_seed_divides_otherwise():
    people = [uuid4() for _ in range(200)]
    assert rules.divided(people, "a", 50) != rules.divided(people, "b", 50)


def test_wilson_1927_interval_of_one_share():
    found = rules.share(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert (rules.share(0, 20).low, round(rules.share(0, 20).high, 4)) == (0.0, 0.1611)
    assert (rules.share(0, 0).low, rules.share(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        rules.share(3, 2)


def test_newcombe_1998_interval_of_a_difference():
    found = rules.effect(rules.share(56, 70), rules.share(48, 80))
    assert found.difference == pytest.approx(0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.is_clear


def test_small_groups_say_nothing_and_chance_is_called_chance():
    assert rules.effect(rules.share(10, 19), rules.share(1, 500)).difference is None
    assert not rules.effect(rules.share(12, 40), rules.share(11, 40)).is_clear


def test_markdown_becomes_blocks_and_code_stays_words():
    picture = uuid4()
    found = text.blocks(
        "# 少吃盐\n\n每天**不超过 5 克**\n一啤酒瓶盖\n\n- 少放酱油\n- 少吃**咸菜**\n\n"
        "1. 先量\n2. 再放\n\n"
        f"> 老话\n\n![盐勺](picture:{picture})\n\n![外面的](https://example.org/a.png)\n\n"
        "<script>alert(1)</script> [链接](javascript:alert(1))"
    )
    kinds = [block.kind for block in found]
    assert kinds == ["heading", "paragraph", "list", "steps", "quote", "picture", "paragraph"]
    assert [(run.text, run.bold) for run in found[1].runs] == [
        ("每天", False), ("不超过 5 克", True), ("一啤酒瓶盖", False),
    ]  # fmt: skip
    assert [[run.text for run in item] for item in found[2].items] == [
        ["少放酱油"],
        ["少吃", "咸菜"],
    ]
    assert found[5].picture_id == picture
    assert "".join(run.text for run in found[6].runs).startswith("<script>alert(1)</script>")


@given(st.text(max_size=300))
def test_any_text_is_read(typed: str):
    for block in text.blocks(typed):
        assert block.runs or block.items or block.picture_id
