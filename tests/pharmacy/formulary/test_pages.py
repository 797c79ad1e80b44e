"""Pages of formulary and shelf, as the head, a stock keeper and strangers meet them."""

import re
from uuid import uuid4

import aiohttp
import pytest

from app.demo import people as demo
from core import csrf
from pharmacy.formulary import stock
from pharmacy.formulary.models import (
    ImportFile,
    Medication,
    MedicationChange,
    Pharmacy,
    PharmacyKind,
    StockLot,
)
from tests.pharmacy.formulary.conftest import days, new_drug, new_lot, new_pharmacy, sound
from tests.pharmacy.formulary.test_importing import GOOD, changed, table
from tests.plumbing.house import form_token

FORM = {
    "code": "A1",
    "generic_name": "苯磺酸氨氯地平片",
    "kind": "western",
    "form": "片剂",
    "strength": "5mg",
    "strength_value": "5",
    "strength_unit": "mg",
    "unit": "片",
    "pack_size": "28",
    "pack_unit": "盒",
    "splittable": "是",
    "route": "口服",
    "price": "24.50",
    "prescription_only": "是",
    "antimicrobial": "none",
    "controlled": "none",
    "reason": "新进的药",
}


async def text(visitor, path, status=200):
    answer = await visitor.get(path)
    assert answer.status == status, path
    return await answer.text()


async def bring(visitor, path, raw, name="目录.csv"):
    """Upload a file as the form does, and go where it leads."""
    form = aiohttp.FormData()
    form.add_field(csrf.FIELD, form_token())
    form.add_field("once", uuid4().hex)
    form.add_field("file", raw, filename=name, content_type="text/csv")
    return await visitor.client.post(
        path, data=form, headers={"Accept": "text/html"}, allow_redirects=False
    )


async def test_the_head_adds_edits_and_stops_a_drug(house):
    head = await house.signed_in("pharmacist1")
    assert "苯磺酸" not in await text(head, "/pharmacy/formulary")
    await text(head, "/pharmacy/formulary/new")
    refused = await head.post("/pharmacy/formulary", FORM | {"price": "十二", "pack_size": ""})
    page = await refused.text()
    assert (refused.status, "请填金额" in page, 'value="十二"' in page) == (422, True, True)
    added = await head.post("/pharmacy/formulary", FORM)
    here = added.headers["Location"]
    row = await Medication.get()
    assert (row.initials, row.splittable, row.price_fen) == ("bhsaldpp", True, 2450)
    twice = await head.post("/pharmacy/formulary", FORM)
    assert (twice.status, "已经有药品在用" in await twice.text()) == (422, True)
    page = await text(head, f"{here}/edit")
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    edit = FORM | {"seen": seen, "price": "23.00", "reason": "集采降价", "initials": "aldp"}
    edit |= {"online_delivery": "deny", "online_reason": "只到院取"}
    assert (await head.post(here, edit)).status == 303
    page = await text(head, here)
    assert all(word in page for word in ("集采降价", "24.50 元", "23.00 元", "只到院取"))
    stale = await head.post(here, edit | {"price": "22.00"})
    assert (stale.status, "刚才有人先改了" in await stale.text()) == (409, True)
    assert (await Medication.get()).price_fen == 2300
    stop = {"active": "no", "reason": "厂家停产"}
    assert (await head.post(f"{here}/active", {"active": "no"})).status == 422
    for _ in range(2):
        assert (await head.post(f"{here}/active", stop)).status == 303
    assert not (await Medication.get()).active
    assert "苯磺酸" not in await text(head, "/pharmacy/formulary?q=aldp")
    assert "苯磺酸" in await text(head, "/pharmacy/formulary?q=aldp&shown=stopped")
    assert await MedicationChange.all().count() == 3


async def test_who_only_reads_the_formulary(house):
    drug = await new_drug()
    here = f"/pharmacy/formulary/{drug.id}"
    for name in ("county1", "village1", "stock1", "pharmacist2"):
        reader = await house.signed_in(name)
        assert f"{here}/edit" not in await text(reader, here)
        assert (await reader.get(f"{here}/edit")).status == 403
        assert (await reader.post(here, FORM)).status == 403
        assert (await reader.post(f"{here}/active", {"active": "no", "reason": "x"})).status == 403
        assert (await bring(reader, "/pharmacy/formulary/import", table(GOOD))).status == 403
    office = await house.signed_in("scheduler1")
    assert (await office.get(here)).status == 403
    head = await house.signed_in("pharmacist1")
    assert (await head.get(f"/pharmacy/formulary/{uuid4()}")).status == 404


async def test_a_file_is_looked_at_taken_over_and_reported(house):
    head = await house.signed_in("pharmacist1")
    await text(head, "/pharmacy/formulary/import")
    await new_drug("B2", "旧名字")
    raw = table(GOOD, changed(1, "新名字", code="B2"), changed(9, "x", code="C3"), encoding="gbk")
    looked = await bring(head, "/pharmacy/formulary/import", raw)
    here = looked.headers["Location"]
    page = await text(head, here)
    assert all(word in page for word in ("GB18030", "第 4 行", "请填金额", "旧名字", "还没有导入"))
    assert not await Medication.exists(code="A1")
    for _ in range(2):
        assert (await head.post(f"{here}/take-over")).status == 303
    assert "在 今天" in await text(head, here) or "已在" in await text(head, here)
    assert await Medication.exists(code="A1")
    assert await Medication.exists(generic_name="新名字")
    report = await head.get(f"{here}/refused.csv")
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert "4,单价(元)" in (await report.read()).decode("utf-8-sig")
    again = await bring(head, "/pharmacy/formulary/import", raw)
    assert "没有要导入的" in await text(head, again.headers["Location"])
    for wrong in (b"", b"\x89PNG\r\n\x1a\n\0\0", table(GOOD, headings=["a"])):
        refused = await bring(head, "/pharmacy/formulary/import", wrong)
        assert (refused.status, "error-summary" in await refused.text()) == (422, True)
    template = await head.get("/pharmacy/import-templates/formulary.csv")
    assert "通用名" in (await template.read()).decode("utf-8-sig")
    assert (await head.get("/pharmacy/import-templates/x.csv")).status == 404
    keeper = await house.signed_in("stock1")
    assert (await keeper.get(here)).status == 403


@pytest.fixture
async def shelf(house):
    """The hospital's pharmacy with a drug, and a stock keeper at it."""
    place, drug = await new_pharmacy(), await new_drug(trace_prefix="8100007")
    return await house.signed_in("stock1"), place, drug, f"/pharmacy/stock/{place.id}"


async def test_a_keeper_receives_counts_and_scraps(shelf):
    keeper, _, drug, here = shelf
    home = await keeper.get("/")
    assert home.headers["Location"] == "/pharmacy/stock"
    assert (await keeper.get("/pharmacy/stock")).headers["Location"] == here
    assert "没有要看的药" in await text(keeper, here)
    scanned = await keeper.get(f"{here}?q=81000070000000000001")
    at = scanned.headers["Location"]
    assert at == f"{here}/drugs/{drug.id}"
    assert "前 7 位在目录里没有登记" in await text(keeper, f"{here}?q=99999990000000000001")
    assert "还没有入过库" in await text(keeper, at)
    wrong = await keeper.post(f"{at}/receipts", {"lot": "L1", "expires_on": "很久", "packs": "2"})
    page = await wrong.text()
    assert (wrong.status, "请填有效期" in page, 'value="很久"' in page) == (422, True, True)
    goods = {"lot": "L1", "expires_on": f"{days(400):%Y-%m-%d}", "packs": "2", "units": "6"}
    for _ in range(2):
        sent = await keeper.post(f"{at}/receipts", goods | {"once": "delivery-1"})
        assert sent.status == 303
    page = await text(keeper, at)
    assert "2 盒 6 片" in page
    past = await keeper.post(f"{at}/receipts", goods | {"lot": "L9", "expires_on": "2020-01"})
    assert (past.status, "有效期已过" in await past.text()) == (409, True)
    lot = await StockLot.get()
    lot_page = f"/pharmacy/lots/{lot.id}"
    assert "2 盒 6 片" in await text(keeper, lot_page)
    count = {"packs": "2", "units": "4", "seen": "62", "reason": "月末盘点"}
    assert (await keeper.post(f"{lot_page}/count", count)).status == 303
    late = await keeper.post(f"{lot_page}/count", count | {"once": "another"})
    assert (late.status, "请重新数一次" in await late.text()) == (409, True)
    assert (await keeper.post(f"{lot_page}/scrap", {"packs": "1"})).status == 422
    assert (await keeper.post(f"{lot_page}/scrap", {"packs": "1", "reason": "摔碎"})).status == 303
    much = await keeper.post(f"{lot_page}/scrap", {"packs": "9", "reason": "摔碎"})
    assert (much.status, "数量不够" in await much.text()) == (409, True)
    page = await text(keeper, lot_page)
    assert all(word in page for word in ("盘点", "报损", "-28", "月末盘点", "唐小军"))
    ledger = await text(keeper, f"{here}/moves")
    assert "月末盘点" in ledger
    file = (await (await keeper.get(f"{here}/moves.csv")).read()).decode("utf-8-sig")
    assert "入库,62,0" in file
    assert "报损,-28,0" in file
    assert "这几天没有进出" in await text(keeper, f"{here}/moves?first=2020-01-01&last=2020-01-02")
    await text(keeper, f"{here}/moves?first=99999-01-01&last=x")
    assert (await keeper.post(f"{at}/minimum", {"packs": "9"})).status == 303
    page = await text(keeper, f"{here}?shown=low")
    assert "低于 9 盒" in page
    assert 'data-nav-count="/pharmacy/stock">1<' in page
    await sound()


async def test_a_recall_names_the_orders_that_still_hold_it(shelf):
    keeper, place, drug, _ = shelf
    township = await new_pharmacy("YH-T1", PharmacyKind.TOWNSHIP, name="青石药房")
    lot = await new_lot(place, drug, 56, lot="BAD")
    there = await new_lot(township, drug, 56, lot="BAD")
    await stock.reserve(township.id, {drug.id: 28}, "MedicationOrder/7")
    page = await text(keeper, f"/pharmacy/lots/{lot.id}")
    assert "MedicationOrder/7" in page
    here = f"/pharmacy/lots/{lot.id}"
    assert (await keeper.post(f"{here}/quarantine", {"county": "1"})).status == 422
    closed = {"reason": "厂家召回", "county": "1"}
    assert (await keeper.post(f"{here}/quarantine", closed)).status == 303
    assert (await StockLot.get(id=there.id)).quarantine_reason == "厂家召回"
    assert "已封存" in await text(keeper, here)
    assert (await keeper.post(f"{here}/readmission", {"reason": "检验合格"})).status == 303
    assert (await StockLot.get(id=there.id)).quarantined, "only here"
    assert not (await StockLot.get(id=lot.id)).quarantined


async def test_goods_by_file(shelf):
    keeper, _, _, here = shelf
    await text(keeper, f"{here}/import")
    rows = [["A1", "L1", f"{days(300):%Y-%m}", "10"], ["X9", "L1", "2030-01", "1"]]
    raw = table(*rows, headings=["编码", "批号", "有效期至", "盒数"], encoding="gbk")
    looked = await bring(keeper, f"{here}/import", raw)
    page = await text(keeper, looked.headers["Location"])
    assert "目录里没有这个编码" in page
    assert (await keeper.post(f"{looked.headers['Location']}/take-over")).status == 303
    assert (await StockLot.get()).on_hand == 280


async def test_another_house_s_shelf_does_not_exist(shelf, house):
    keeper, _, drug, _ = shelf
    township = await new_pharmacy("YH-T1", PharmacyKind.TOWNSHIP, name="青石药房")
    lot = await new_lot(township, drug, 56)
    here = f"/pharmacy/stock/{township.id}"
    paths = ["", "/moves", "/moves.csv", "/import", f"/drugs/{drug.id}"]
    for path in [*(f"{here}{path}" for path in paths), f"/pharmacy/lots/{lot.id}"]:
        assert (await keeper.get(path)).status == 404
    for path in (f"{here}/drugs/{drug.id}/receipts", f"/pharmacy/lots/{lot.id}/scrap"):
        assert (await keeper.post(path, {"packs": "1", "reason": "报损"})).status == 404
    assert (await bring(keeper, f"{here}/import", table(GOOD))).status == 404
    doctor = await house.signed_in("township1")
    assert (await doctor.get(here)).status == 403
    assert (await keeper.get(f"/pharmacy/imports/{uuid4()}")).status == 404
    assert not await ImportFile.exists()


async def test_the_administrator_opens_changes_and_closes_a_pharmacy(house):
    admin = await house.signed_in("admin1")
    assert "还没有药房" in await text(admin, "/pharmacy/places")
    where = demo.organization_id("YH-T1")
    form = {"organization_id": str(where), "kind": "township", "name": "青石药房", "active": "是"}
    lacking = await admin.post("/pharmacy/places", form | {"name": "", "organization_id": ""})
    assert (lacking.status, "请填写" in await lacking.text()) == (422, True)
    nowhere = await admin.post("/pharmacy/places", form | {"organization_id": str(uuid4())})
    assert (nowhere.status, "请选一家机构" in await nowhere.text()) == (422, True)
    assert (await admin.post("/pharmacy/places", form)).status == 303
    twice = await admin.post("/pharmacy/places", form)
    assert (twice.status, "已经有一个这种药房" in await twice.text()) == (422, True)
    row = await Pharmacy.get()
    here = f"/pharmacy/places/{row.id}"
    assert "青石药房" in await text(admin, here)
    closed = {"kind": "township", "name": "青石镇药房", "delivers": "是"}
    assert (await admin.post(here, closed)).status == 303
    row = await Pharmacy.get()
    assert (row.name, row.active, row.delivers, row.organization_id) == (
        "青石镇药房",
        False,
        True,
        where,
    )
    assert (await admin.get(f"/pharmacy/places/{uuid4()}")).status == 404
    assert (await (await house.signed_in("pharmacist1")).get(here)).status == 200
    assert (await (await house.signed_in("pharmacist2")).get(here)).status == 403
    assert (await (await house.signed_in("stock1")).post(here, closed)).status == 403
