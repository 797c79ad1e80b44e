"""The dead-link check finds what is dead and lets live what is not."""

from pathlib import Path

import pytest

from scripts.dead_links import dead_links, markdown_files, slug


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("[a](b.md)", None),
        ("[a](b.md#two-words)", None),
        ("[a](b.md#家门口)", None),
        ("[a](#here)", None),
        ("[a](https://example.org/nowhere)", None),
        ("`[a](gone.md)`", None),
        ("```\n[a](gone.md)\n```", None),
        ("[a](gone.md)", "gone.md: no such file"),
        ("![a](gone.png)", "gone.png: no such file"),
        ('<img src="gone.png">', "gone.png: no such file"),
        ("[a]\n\n[a]: gone.md", "gone.md: no such file"),
        ("[a](b.md#three)", "b.md#three: no such heading"),
        ("[a](/b.md)", "/b.md: no such file"),
    ],
)
def test_finds_dead_links(tmp_path: Path, link: str, why: str | None) -> None:
    page = tmp_path / "a.md"
    page.write_text(f"# Here\n\n{link}\n")
    (tmp_path / "b.md").write_text("# Two words\n\n## 家门口\n")
    assert list(dead_links(page)) == ([why] if why else [])


def test_a_heading_becomes_its_anchor() -> None:
    assert slug("`make run`, and then?") == "make-run-and-then"


def test_the_project_has_none() -> None:
    pages = markdown_files()
    assert pages
    assert {page.name: dead for page in pages if (dead := list(dead_links(page)))} == {}
