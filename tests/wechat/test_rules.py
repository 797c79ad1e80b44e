"""Subscribe message fields (WeChat: subscribeMessage.send, limits of the parameters)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat import rules
from wechat.sandbox.limits import misfit

NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TWENTY = "一二三四五六七八九十" * 2
FAMILY = "👨\u200d👩\u200d👧"  # one letter of eight UTF-16 units
TEXT_KINDS = sorted(set(rules.FITTERS) - {"amount", "time", "date"})


@pytest.mark.parametrize(
    ("field", "value", "fitted"),
    [
        ("thing1", "县人民医院心内科门诊", "县人民医院心内科门诊"),
        (
            "thing1",
            "一二三四五六七八九十一二三四五六七八九十",
            "一二三四五六七八九十一二三四五六七八九十",
        ),
        (
            "thing1",
            "一二三四五六七八九十一二三四五六七八九十多",
            "一二三四五六七八九十一二三四五六七八九…",
        ),
        ("thing1", "先到\n导诊台\t报到", "先到 导诊台 报到"),
        ("thing1", "  ", "无"),
        (
            "thing1",
            "十八个字一二三四五六七八九十一二三👨‍👩‍👧",
            "十八个字一二三四五六七八九十一二三…",
        ),
        ("name2", "买买提·吐尔逊江·阿不都热合曼", "买买提·吐尔逊江·阿"),
        ("name2", "Muhammad Abdul Karim Jr", "Muhammad Abdul Karim"),
        ("name2", "张三2", "张三"),
        ("name2", "🙂" * 9, "🙂" * 5),
        ("phrase3", "已签收,谢谢", "已签收谢谢"),
        ("phrase3", "OK", "已更新"),
        ("character_string4", "编号A-12", "A-12"),
        ("character_string4", "x" * 40, "x" * 32),
        ("number5", 12, "12"),
        ("number5", "第 3 位", "3"),
        ("number5", "很多", "0"),
        ("letter6", "a1b2", "ab"),
        ("symbol7", "★★!!", "!!"),
        ("phone_number8", "138****1234", "138****1234"),
        ("car_number9", "粤A·12345", "粤A12345"),
        ("amount10", 1205, "¥12.05"),
        ("amount10", 0, "¥0.00"),
        ("time11", NINE, "2026年11月2日 09:00"),
        ("time11", (NINE, NINE.replace(minute=30)), "2026年11月2日 09:00~09:30"),
        ("time11", (NINE, NINE.replace(day=3)), "2026年11月2日 09:00~2026年11月3日 09:00"),
        ("date12", date(2026, 11, 2), "2026年11月2日"),
        ("date12", datetime(2026, 11, 1, 17, 0, tzinfo=UTC), "2026年11月2日"),
    ],
)
def test_a_value_is_made_to_fit(field: str, value: rules.Value, fitted: str) -> None:
    assert rules.fit(field, value) == fitted
    assert misfit([field], {field: {"value": fitted}}) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount1", "12.05"),
        ("amount1", -1),
        ("amount1", True),
        ("amount1", 10**10),
        ("time2", "明天上午"),
        ("time2", date(2026, 11, 2)),
        ("date3", "2026-11-02"),
        ("thing4", NINE),
        ("diagnosis1", "高血压"),
        ("thing", "没有编号"),
    ],
)
def test_a_mistake_of_ours_is_no_text_to_cut(field: str, value: rules.Value) -> None:
    with pytest.raises(ValueError, match=r"field|amount|time|date"):
        rules.fit(field, value)


@given(st.sampled_from(TEXT_KINDS), st.text(max_size=200))
def test_every_text_fits(kind: str, text: str) -> None:
    assert misfit([f"{kind}1"], {f"{kind}1": {"value": rules.fit(f"{kind}1", text)}}) == ""


MOMENTS = st.datetimes(datetime(1949, 10, 1), datetime(2149, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.integers(0, 10**10 - 1), MOMENTS)
def test_every_amount_and_moment_fits(fen: int, moment: datetime) -> None:
    data = rules.fit_all({"amount1": fen, "time2": moment, "date3": moment})
    assert misfit(["amount1", "time2", "date3"], data) == ""


@given(st.text(max_size=60), st.integers(2, 30))
def test_a_cut_text_is_whole_letters(text: str, most: int) -> None:
    cut = rules.cut(text, most, more=rules.MORE)
    assert rules.width(cut) <= most
    if cut != text:
        kept = cut.removesuffix(rules.MORE)
        assert text.startswith(kept)
        rest = text.removeprefix(kept).lstrip()
        assert not kept.endswith("\u200d") or not rest
