"""Files people bring: every encoding, Excel, a broken line 4,001, twice, and no table at all."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Conflict, Invalid, Problem, TooLarge
from pharmacy.formulary import importing, products, sheets
from pharmacy.formulary.models import (
    Antimicrobial,
    Controlled,
    ImportKind,
    Kind,
    Medication,
    MedicationChange,
    OnlineDelivery,
    StockLot,
)
from pharmacy.formulary.schemas import last_day
from tests.pharmacy.formulary.conftest import actor, days, new_drug, new_pharmacy, sound

HEADINGS = [
    "药品编码",
    "通用名",
    "类别",
    "剂型",
    "规格",
    "最小单位",
    "包装数量",
    "包装单位",
    "给药途径",
    "单价(元)",
    "特殊管理",
    "网络配送",
]
GOOD = ["A1", "苯磺酸氨氯地平片", "西药", "片剂", "5mg", "片", "28", "盒", "口服", "12.60", "", ""]


def table(*rows, encoding="utf-8-sig", headings=HEADINGS):
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def excel(*rows):
    book = openpyxl.Workbook()
    for row in [HEADINGS, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(place, value, code="A1"):
    row = [*GOOD]
    row[0], row[place] = code, value
    return row


@pytest.fixture
async def who(database, clock):
    from tests.pharmacy.formulary.conftest import demo

    await demo.found_organizations()
    await demo.hire_staff()
    return await actor("pharmacist1")


async def brought(who, raw, kind=ImportKind.FORMULARY, **more):
    return await importing.keep(who, raw, name="目录.csv", kind=kind, **more)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (table(GOOD), "UTF-8"),
        (table(GOOD, encoding="utf-8"), "UTF-8"),
        (table(GOOD, encoding="gbk"), "GB18030"),
        (table(GOOD, encoding="gb18030"), "GB18030"),
        (table(GOOD, encoding="utf-16"), "UTF-16"),
        (table(GOOD).replace(b",", b"\t"), "UTF-8"),
        (excel(GOOD), "Excel"),
        (excel([*GOOD[:6], 28, *GOOD[7:9], 12.6, None, None]), "Excel"),
    ],
)
async def test_a_file_is_read_however_it_was_written(who, raw, encoding):
    file = await brought(who, raw)
    assert (file.encoding, file.new, file.refused) == (encoding, 1, [])
    assert not await Medication.exists(), "a look changes nothing"
    await importing.take_over(who, file)
    row = await Medication.get()
    assert (row.generic_name, row.kind, row.price_fen, row.pack_size) == (
        "苯磺酸氨氯地平片",
        Kind.WESTERN,
        1260,
        28,
    )
    assert (row.initials, row.pinyin) == ("bhsaldpp", "benhuangsuananlvdipingpian")
    assert row.antimicrobial is Antimicrobial.NONE


async def test_five_thousand_lines_with_a_broken_line_4001_and_again(who):
    """Bad input of the issue: a CSV in GBK with a broken line 4,001."""
    rows = [changed(1, f"药品{n}", code=f"D{n:05}") for n in range(5000)]
    lines = table(*rows, encoding="gbk").split(b"\r\n")
    lines[4000] = lines[4000].replace("苯".encode("gbk")[:1], b"")[:12] + b'\xff\xff,"' + b"\x81"
    raw = b"\r\n".join(lines)
    file = await brought(who, raw)
    assert (file.new, file.changed, file.same) == (4999, 0, 0)
    assert {one["line"] for one in file.refused} == {4001}
    await importing.take_over(who, file)
    assert await Medication.all().count() == 4999
    assert not await Medication.exists(code="D03999")
    report = importing.report(file).decode("utf-8-sig").splitlines()
    assert report[0] == "行号,列,问题,读到的内容"
    assert report[1].startswith("4001,")
    again = await brought(who, raw)
    assert (again.new, again.changed, again.same) == (0, 0, 4999)
    assert (await importing.take_over(who, again)).imported_at is not None
    assert await MedicationChange.all().count() == 4999


WRONG = [
    (0, "", "药品编码", "请填写"),
    (0, "A 1", "药品编码", "格式不对"),
    (1, "", "通用名", "请填写"),
    (2, "西", "类别", "西药、中成药"),
    (6, "二十", "包装数量", "整数"),
    (6, "0", "包装数量", "不能小于 1"),
    (9, "12.605", "单价(元)", "到分"),
    (9, "十二", "单价(元)", "金额"),
    (9, "-1", "单价(元)", "不能小于"),
    (10, "剧毒", "特殊管理", "不认识“剧毒”"),
    (1, "药" * 81, "通用名", "最多写 80 个字"),
]


@pytest.mark.parametrize(("place", "value", "column", "why"), WRONG)
async def test_a_refused_line_says_column_reason_and_what_was_read(who, place, value, column, why):
    row = [*GOOD]
    row[place] = value
    file = await brought(who, table(changed(1, "别的药", code="B2"), row))
    assert file.new == 1
    (one,) = file.refused
    assert (one["line"], one["column"]) == (3, column)
    assert why in one["why"]
    assert one["read"] == value[:200]


async def test_a_line_that_comes_twice_counts_once(who):
    file = await brought(who, table(GOOD, changed(1, "另一个")))
    assert file.new == 1
    assert "第 2 行" in file.refused[0]["why"]


async def test_what_changed_is_shown_before_and_kept_after(who):
    await importing.take_over(who, await brought(who, table(GOOD)))
    file = await brought(who, table(changed(9, "13.00")))
    found = await importing.outlook(file)
    assert (file.new, file.changed) == (0, 1)
    assert found.changed[0][2] == {"price_fen": [1260, 1300]}
    assert (await Medication.get()).price_fen == 1260
    for _ in range(2):
        await importing.take_over(who, file)
    assert (await Medication.get()).price_fen == 1300
    first, last = await MedicationChange.all().order_by("id")
    assert (first.changes, last.changes) == ({}, {"price_fen": [1260, 1300]})
    assert (last.by_name, last.source) == (who.name, "目录.csv")


async def test_an_import_and_an_edit_at_once_lose_nothing(who, monkeypatch):
    await importing.take_over(who, await brought(who, table(GOOD)))
    file = await brought(who, table(changed(9, "13.00")))
    real = importing.outlook

    async def edited_meanwhile(one):
        found = await real(one)
        await Medication.all().update(updated_at=who.reauthenticated_at.replace(year=2020))
        return found

    monkeypatch.setattr(importing, "outlook", edited_meanwhile)
    with pytest.raises(Conflict):
        await importing.take_over(who, file)
    assert (await Medication.get()).price_fen == 1260


@pytest.mark.parametrize(
    ("name", "more", "answer"),
    [
        ("地高辛片", {}, "ask"),
        ("复方地高辛片", {}, "allow"),
        ("左奥硝唑胶囊", {}, "ask"),
        ("夫西地酸乳膏", {3: "乳膏"}, "allow"),
        ("吗啡片", {10: "麻醉药品"}, "deny"),
        ("地高辛片", {11: "可以配送"}, "allow"),
        ("阿莫西林胶囊", {}, "allow"),
    ],
)
async def test_the_list_of_2022_answers_where_the_column_is_empty(who, name, more, answer):
    """药品网络销售禁止清单(第一版), domain facts §2.6."""
    row = changed(1, name)
    for place, value in more.items():
        row[place] = value
    await importing.take_over(who, await brought(who, table(row)))
    found = await Medication.get()
    assert found.online_delivery is OnlineDelivery(answer)
    assert bool(found.online_reason) == (answer != "allow")


async def test_a_narcotic_is_never_sent(who):
    row = changed(10, "麻")
    row[11] = "可以配送"
    file = await brought(who, table(row))
    assert (file.refused[0]["column"], file.new) == ("网络配送", 0)
    row[11] = ""
    await importing.take_over(who, await brought(who, table(row)))
    assert (await Medication.get()).controlled is Controlled.NARCOTIC


async def test_formulas_are_neither_computed_nor_handed_on(who):
    row = changed(1, "=1+1")
    row[9] = "=HYPERLINK(0)"
    file = await brought(who, excel(row))
    assert file.new == 0
    assert sheets.write([["=1+1", "@x", "-2", 3, "片"]]) == (
        b"\xef\xbb\xbf'=1+1,'@x,'-2,3," + "片".encode() + b"\r\n"
    )


PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n ", "file_empty"),
        (PICTURE, "file_type"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "file_old_excel"),
        (b"PK\x03\x04 nothing", "file_broken"),
        (table(GOOD, headings=["甲", "乙"]), "columns_missing"),
        ("你好,这是一封信。".encode(), "columns_missing"),
        (b"\0" * 9 + b"x" * sheets.MOST_BYTES, "file_too_large"),
        (b"a,b\n" * (sheets.MOST_ROWS + 2), "too_many_rows"),
    ],
)
async def test_a_wrong_file_is_said_kindly(who, raw, code):
    with pytest.raises(Problem) as refused:
        await brought(who, raw)
    assert refused.value.code == code
    assert refused.value.detail.endswith("。")
    assert isinstance(refused.value, Invalid | TooLarge)


@settings(max_examples=40)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("gb18030", "ignore"))
)
def test_any_bytes_are_a_table_or_a_sentence(raw):
    for start in (b"", table(GOOD)[:90], b"PK\x03\x04"):
        try:
            found = sheets.read(start + raw)
        except Problem:
            continue
        assert all(line.cells for line in found.lines)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2028-02", date(2028, 2, 29)),
        ("202802", date(2028, 2, 29)),
        ("2027-08-31", date(2027, 8, 31)),
        ("2027/8/3", date(2027, 8, 3)),
        ("2027年08月", date(2027, 8, 31)),
        ("2027年8月3日", date(2027, 8, 3)),
        ("20270803", date(2027, 8, 3)),
        ("2027.08.03", date(2027, 8, 3)),
    ],
)
def test_the_last_day_however_it_is_printed(typed, day):
    """药品说明书和标签管理规定 art. 23: a month stands for its last day."""
    assert last_day(typed) == day


@pytest.mark.parametrize("typed", ["", "2027-13", "2027-02-30", "明年", "27-08-03", "9999-01"])
def test_no_day_at_all(typed):
    with pytest.raises(ValueError, match=r"有效期|没有这一天"):
        last_day(typed)


async def test_goods_by_file_and_the_same_delivery_again(who):
    place, drug = await new_pharmacy(), await new_drug()
    rows = [
        ["A1", "L1", f"{days(300):%Y-%m}", "10", "", "送货单 7"],
        ["A1", "L2", str(days(90)), "", "6", ""],
        ["A1", "L3", str(days(-1)), "1", "", ""],
        ["X9", "L3", str(days(90)), "1", "", ""],
        ["A1", "L4", str(days(90)), "", "", ""],
        ["A1", "L2", str(days(91)), "1", "", ""],
    ]
    raw = table(*rows, headings=["编码", "批号", "有效期至", "盒数", "数量", "备注"])
    for time in range(2):
        file = await brought(who, raw, ImportKind.RECEIPT, pharmacy_id=place.id)
        assert (file.new, file.same) == ((3, 0), (1, 2))[time]
        file = await importing.take_over(who, file)
        assert {one["line"] for one in file.refused} == {4, 5, 6, 7}
    lots = await StockLot.all().order_by("lot")
    assert [(lot.lot, lot.on_hand) for lot in lots] == [("L1", 280), ("L2", 6)]
    await sound()
    assert drug.pack_size == 28


async def test_an_equal_amount_is_no_difference():
    row = Medication(strength_value=Decimal("5.0000"))
    assert products.differences(row, {"strength_value": Decimal("5")}) == {}
    assert products.differences(row, {"strength_value": None}) == {"strength_value": ["5", None]}


def test_the_template_is_a_file_that_can_be_imported():
    for kind in ImportKind:
        _, rows = importing.rows_of(importing.template(kind), kind)
        assert rows[0]["cells"]["code"] == "W001"
