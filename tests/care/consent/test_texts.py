"""Released texts stay as they are."""

import hashlib
import shutil

import pytest

from care.consent.texts import HERE, TextChanged, current, load


def test_the_text_says_what_the_law_wants_said():
    text = current("teleconsultation")
    for words in ("给谁看", "风险", "费用", "录像要另外问", "反悔", "监护人", "15 年"):
        assert words in text.body
    assert "<li>" in text.html()
    assert len(text.sha256) == 64


def test_an_edited_text_is_refused(tmp_path):
    folder = tmp_path / "texts"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert load(folder)
    load.cache_clear()
    with (folder / "teleconsultation.1.md").open("a") as file:
        file.write("。")
    with pytest.raises(TextChanged):
        load(folder)


def test_what_a_text_contains_is_never_markup(tmp_path):
    raw = b"# T\n\n<script>x</script> **b**\n\n- <b>\n"
    (tmp_path / "t.1.md").write_bytes(raw)
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(raw).hexdigest()}  t.1.md\n")
    html = str(load(tmp_path)["t"][0].html())
    assert "<script>" not in html
    assert "<strong>b</strong>" in html
    assert "<li>&lt;b&gt;</li>" in html
