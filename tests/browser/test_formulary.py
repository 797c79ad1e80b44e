"""The head of the pharmacy brings a file with a broken line; a stock keeper scans and receives."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_people import signed_in
from tests.pharmacy.formulary.conftest import new_pharmacy
from tests.pharmacy.formulary.test_importing import GOOD, HEADINGS, changed, table
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_gbk_file_with_a_broken_line_then_a_scanned_box(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, tmp_path: Path
) -> None:
    await new_pharmacy()
    file = tmp_path / "药品目录.csv"
    rows = [
        [*GOOD, "8100007"],
        [*changed(9, "十二", code="B2"), ""],
        [*changed(1, "二甲双胍片", code="C3"), ""],
    ]
    file.write_bytes(table(*rows, headings=[*HEADINGS, "追溯码前7位"], encoding="gbk"))

    head = await signed_in(house, profile, "pharmacist1")
    await head.goto(f"{house.address}/pharmacy/formulary")
    await accessible(head)
    await head.get_by_role("link", name="导入文件").click()
    await accessible(head)
    await screenshot(head, "formulary-import")
    await head.get_by_label("CSV 或 Excel").set_input_files(file)
    await head.get_by_role("button", name="先看一遍").click()
    await expect(head.get_by_test_id("refused")).to_contain_text("第 3 行")
    await expect(head.get_by_test_id("refused")).to_contain_text("十二")
    await accessible(head)
    await screenshot(head, "formulary-look")
    await head.get_by_role("button", name="导入这 2 行").click()
    await expect(head.get_by_test_id("outlook")).to_contain_text("没有收的 1 行")
    async with head.expect_download() as report:
        await head.get_by_role("link", name="下载清单").click()
    kept = await (await report.value).path()
    assert "3,单价(元)" in kept.read_text(encoding="utf-8-sig")
    await head.goto(f"{house.address}/pharmacy/formulary")
    await head.keyboard.press("/")
    await head.keyboard.type("ejsgp")
    await head.keyboard.press("Enter")
    await head.get_by_test_id("medications").get_by_role("link", name="二甲双胍片").click()
    await accessible(head)
    await screenshot(head, "formulary-product")

    keeper = await signed_in(house, profile, "stock1")
    await keeper.goto(f"{house.address}/pharmacy/stock")
    await accessible(keeper)
    await keeper.keyboard.type("81000070000000000001", delay=1)
    await keeper.keyboard.press("Enter")
    await expect(keeper.get_by_role("heading", name="苯磺酸氨氯地平片")).to_be_visible()
    await keeper.get_by_label("批号", exact=True).fill("26080101")
    await keeper.get_by_label("有效期至").fill("2029-07")
    await keeper.get_by_label("数量(盒)").fill("40")
    await keeper.get_by_role("button", name="入库").click()
    await expect(keeper.get_by_test_id("lots")).to_contain_text("2029-07-31")
    await expect(keeper.get_by_test_id("free")).to_have_text("40 盒")
    await accessible(keeper)
    await screenshot(keeper, "stock-drug")
    await keeper.get_by_test_id("lots").get_by_role("link").click()
    await accessible(keeper)
    await screenshot(keeper, "stock-lot")
    await keeper.get_by_role("region", name="谁还预留着").wait_for()
    await keeper.goto(f"{house.address}/pharmacy/stock")
    await expect(keeper.get_by_test_id("shelf")).to_contain_text("40 盒")
    await accessible(keeper)
    await screenshot(keeper, "stock-shelf")
