"""Every file of words: fit for WeChat, fit for a locked screen, refused in clear words when not."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications import rendering, topics
from notifications.rendering import check_granted, read, texts
from notifications.topics import Wrong
from wechat.rules import fit_all
from wechat.sandbox.limits import misfit
from wechat.templates import DEMO, OFFICIAL_DEMO, Catalogue

WORDS = {
    "patient": "张**", "place": "云河县人民医院心血管病防治中心健康管理门诊",
    "title": "处方审核通过" * 6, "state": "已取消",
    "at": datetime(2026, 11, 4, 1, tzinfo=UTC), "until": datetime(2026, 11, 4, 2, tzinfo=UTC),
    "day": date(2026, 11, 4), "amount": 1500, "number": "CF20261104001", "ahead": 0,
    "note": "请选别的时间或退号", "subject": "挂号费", "who": "王**", "phone": "0871-66666666",
}  # fmt: skip
DISEASE = (
    "高血压",
    "糖尿病",
    "氨氯地平",
    "二甲双胍",
    "胰岛素",
    "血压",
    "血糖",
    "阳性",
    "诊断",
    "心内科",
)


@pytest.mark.parametrize(
    ("channel", "granted", "name"),
    [("wechat", DEMO, name) for name in sorted(read().wechat)]
    + [("official", OFFICIAL_DEMO, name) for name in sorted(read().official)],
)
def test_whatever_comes_it_fits_into_wechats_fields(channel: str, granted: Path, name: str) -> None:
    template = Catalogue.read(granted).topics[name]
    for words in (WORDS, {word: WORDS[word] for word in ("at", "until", "day", "amount")}):
        data = fit_all(template.values(getattr(texts(), channel)[name].render(words)))
        assert misfit(list(template.fields.values()), data) == ""


def test_a_locked_screen_says_no_disease_drug_or_result() -> None:
    words = WORDS | {"place": "云河县人民医院"}  # PIPL 28, 51
    said = [str(text.render(words)) for text in texts().wechat.values()]
    said += [str(text.render(words)) for text in texts().official.values()]
    said += [text.render(words) for text in texts().sms.values()]
    assert [(word, one) for word in DISEASE for one in said if word in one] == []


def test_a_text_message_is_cut_and_never_too_dear() -> None:
    for text in texts().sms.values():
        assert len(text.render(WORDS)) <= 134


@pytest.mark.parametrize(
    ("kind", "line", "why"),
    [
        ("thing", "请带身份证和健康卡提前二十分钟到医院窗口取号", "20 个字,固定文字已有 22 个"),
        ("phrase", "{{ state }}已经取消了吧", "phrase,微信最多收 5 个字"),
        ("time", "明天 {{ at }}", "只能是一个词"),
        ("diagnosis", "x", "不是微信的类型"),
        ("thing", "{{ at", "unexpected end"),
    ],
)  # fmt: skip
def test_what_wechat_would_refuse_is_refused_when_it_is_read(
    tmp_path: Path, kind: str, line: str, why: str
) -> None:
    folder = tmp_path / "wechat"
    folder.mkdir()
    head = f'---\nchannel = "wechat"\n[fields]\nnote = "{kind}"\n---\n'
    (folder / "bad.j2").write_text(f"{head}note: {line}\n")
    with pytest.raises(Wrong, match=why):
        read(tmp_path)


def test_what_was_granted_has_the_fields_our_files_fill(tmp_path: Path) -> None:
    check_granted(Catalogue.read(DEMO))
    file = tmp_path / "granted.json"
    file.write_text('{"notice": {"id": "t", "fields": {"note": "phrase1"}}}')
    with pytest.raises(Wrong, match=r"note 在微信后台是 phrase.*里是 thing"):
        check_granted(Catalogue.read(file))


def test_the_official_account_has_fewer_kinds_of_fields(tmp_path: Path) -> None:
    check_granted(Catalogue.read(OFFICIAL_DEMO), official=True)
    file = tmp_path / "granted.json"
    file.write_text('{"notice": {"id": "t", "fields": {"at": "thing1"}}}')
    with pytest.raises(Wrong, match=r"WECHAT_OFFICIAL_TEMPLATES: .* at 在微信后台是 thing.*time"):
        check_granted(Catalogue.read(file), official=True)
    folder = tmp_path / "official"
    folder.mkdir()
    head = '---\nchannel = "official"\n[fields]\nwho = "name"\n---\n'
    (folder / "bad.j2").write_text(f"{head}who: {{{{ who }}}}\n")
    with pytest.raises(Wrong, match=r"messages/official/bad.j2: .*name 公众号"):
        read(tmp_path)


def test_a_wrong_catalogue_is_named(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text('[x]\ngroup = "other"\n')
    with pytest.raises(Wrong, match=r"x\.group"):
        topics.read(file)
    assert rendering.FOLDER.is_dir()
