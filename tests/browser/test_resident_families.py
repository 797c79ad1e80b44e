"""Who acts for whom, on both phones: a child, a proxy with less than everything, and its end."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core import clock
from people.models import Patient
from people.residents.models import Bond, Relation, ResidentAgreement
from tests.browser.conftest import GUIYING, Arrive
from tests.browser.residents import Resident, later
from tests.mini_program_api.phones import id_number
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_mother_adds_her_small_child(arrive: Arrive, accessible: Look) -> None:
    guiying, _ = await arrive("guiying", "王桂英")
    page = guiying.page
    born = clock.today().replace(year=clock.today().year - 7, day=1)
    await guiying.open("family/add/child")
    await expect(page.get_by_text("只让我办几样")).to_be_hidden()  # a guardian does everything
    await guiying.fill_in("家人的", "王小明", id_number(f"{born:%Y%m%d}", 7), "13800000001")
    texts = [await page.locator("section.card .when").inner_text()]
    for number in (2, 3):
        await guiying.tap("我看完了,同意")
        await guiying.heading(f"说明 {number} / 3")
        texts.append(await page.locator("section.card .when").inner_text())
    await accessible(page)
    await guiying.tap("我看完了,同意并提交")
    await expect(page.get_by_text("王小明(孩子)")).to_be_visible()
    agreed = await ResidentAgreement.filter(relation=Relation.CHILD).values_list("kind", flat=True)
    assert sorted(agreed) == ["child", "guardian", "health_data"]
    assert len(set(texts)) == 3
    bond = await Bond.get(relation=Relation.CHILD)
    assert bond.until is not None
    assert bond.until.astimezone(clock.SHANGHAI).year == born.year + 18


async def test_a_proxy_with_less_than_everything_is_given_heard_of_and_ended(
    arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    await later()
    mother, _ = await arrive("mother", "王桂英")
    son, _ = await arrive("son", "王建军", id_number("19880808", 5))
    page = son.page
    await son.open("family/add/parent")
    await page.get_by_text("只让我办几样,或者只办一段时间").click()
    for word in ("预约", "缴费", "看资料", "和医生说话"):
        await page.get_by_label(word, exact=True).uncheck()
    until = clock.today().replace(year=clock.today().year + 1, month=1, day=31)
    await page.get_by_label("办到哪天为止").fill(f"{clock.today().replace(year=2020):%Y-%m-%d}")
    await son.fill_in("家人的", "王桂英", GUIYING, f"137{GUIYING[6:14]}")
    await expect(page.locator("[data-field=scopes]")).to_contain_text("至少选一样")
    await expect(page.locator("[data-field=until]")).to_contain_text("已经过去了")
    for word in ("预约", "看资料"):
        await page.get_by_label(word, exact=True).check()
    await page.get_by_label("办到哪天为止").fill(f"{until:%Y-%m-%d}")
    await accessible(page)
    await screenshot(page, "h5-proxy-terms")
    await son.tap("下一步")
    assert await son.agree() == 2
    await son.heading("等家人同意")
    await son.tap("看演示短信")
    await expect(page.get_by_label("验证码")).not_to_have_value("")
    await son.tap("确定", exact=True)
    await expect(page.get_by_text("王桂英(父母)")).to_be_visible()

    await son.open("find")  # she did not let him pay: he hears it before he takes a place
    await son.follow("心内科")
    await son.heading("心内科")
    await page.locator("a.row-link").first.click()
    await page.locator("a.row-link", has_text="个号").first.click()
    await page.locator("a.slot").first.click()
    await son.heading("确认预约")
    await expect(page.get_by_text("王桂英没有让您替他缴费")).to_be_visible()
    await expect(page.get_by_role("button", name="确认,去付")).to_have_count(0)

    await mother.open("inbox")
    hers = mother.page
    await expect(hers.get_by_role("heading", name="有人可以替您办事了")).to_be_visible()
    last = f"到 {until.year}年1月31日 为止"
    await expect(hers.get_by_text(last)).to_be_visible()
    await accessible(hers)
    await screenshot(hers, "h5-told-of-proxy")
    await mother.follow("去看看")
    await mother.heading("王桂英")
    await expect(hers.get_by_text("预约、看资料", exact=True)).to_be_visible()
    await expect(hers.get_by_text(f"{until.year}年1月31日")).to_be_visible()
    await mother.tap("不要 王** 代办了")
    await expect(hers.get_by_text("现在没有别人替您办事")).to_be_visible()
    await son.open("family")
    await expect(page.get_by_text("王建军(本人)").first).to_be_visible()
    await expect(page.get_by_text("王桂英(父母)")).to_have_count(0)


async def test_sixteen_and_earning_ones_own_living(house: House, profile: Profile) -> None:
    """民法典 art. 18: with one's own labour as the main source, full capacity from sixteen."""
    young = Resident(house, await profile(viewport={"width": 360, "height": 740}), "xiaojun")
    await young.sign_in()
    page = young.page
    today = clock.today()
    await expect(page.get_by_text("欢迎您")).to_be_visible()
    await young.open("family/add/parent")  # not before oneself, and said before any text is read
    await expect(page.get_by_role("heading", name="先添加您自己")).to_be_visible()
    await young.open("appointments/00000000-0000-4000-8000-000000000000")
    await young.heading("没有找到")
    await expect(page.get_by_role("button", name="再试一次")).to_have_count(0)
    await young.follow("回首页")
    await young.follow("添加我自己")
    work = page.get_by_label("我靠自己的劳动收入生活")
    await expect(work).to_be_hidden()
    fifteen = id_number(f"{today.year - 15}0101", 5)
    await young.fill_in("您的", "王小军", fifteen, "13800000005")
    await expect(page.locator("[data-field=id_number]")).to_contain_text("不满 16 岁")
    seventeen = id_number(f"{today.year - 17}0101", 5)
    await young.fill_in("您的", "王小军", seventeen, "13800000005")
    await expect(page.locator("[data-field=self_supporting]")).to_contain_text("请打勾")
    await work.check()
    await young.tap("下一步")
    await young.agree()
    await expect(page.get_by_text("王小军(本人)")).to_be_visible()


async def test_the_record_is_kept_by_the_clinic_one_goes_to(house: House, profile: Profile) -> None:
    guiying = Resident(house, await profile(viewport={"width": 360, "height": 740}), "guiying")
    await guiying.sign_in()
    page = guiying.page
    await guiying.follow("添加我自己")
    await page.get_by_text("平时在哪家卫生室看病").click()
    clinic = page.get_by_label("卫生室或卫生院")
    await expect(clinic.locator("option")).not_to_have_count(1)
    name = await clinic.locator("option").nth(2).inner_text()
    await clinic.select_option(label=name)
    await guiying.fill_in("您的", "王桂英", id_number("19600312", 402), "13800000001")
    await guiying.agree()
    await expect(page.get_by_text("王桂英(本人)")).to_be_visible()
    bond = await Bond.get().select_related("patient__managing_organization")
    assert bond.patient.managing_organization.name == name


async def test_a_mother_has_died_and_her_son_reads_and_begins_nothing(
    arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    await arrive("mother", "王桂英")
    son, _ = await arrive("son", "王建军", id_number("19880808", 5))
    page = son.page
    await son.open("family/add/parent")
    await son.fill_in("家人的", "王桂英", GUIYING, f"137{GUIYING[6:14]}")
    await son.agree()
    await son.tap("看演示短信")
    await expect(page.get_by_label("验证码")).not_to_have_value("")
    await son.tap("确定", exact=True)
    await expect(page.get_by_text("王桂英(父母)")).to_be_visible()
    day = clock.today() - timedelta(days=3)
    await Patient.filter(name="王桂英").update(deceased_on=day)

    await page.reload()
    await expect(page.get_by_text("王建军(本人)")).to_be_visible()  # nothing is begun for her
    await son.open("family")
    await expect(page.get_by_role("heading", name="已故的家人")).to_be_visible()
    await expect(page.get_by_role("button", name="王桂英")).to_have_count(0)
    await accessible(page)
    await screenshot(page, "h5-family-deceased")
    await page.get_by_role("link", name="王桂英(父母)").click()
    await expect(page.get_by_text("请您节哀")).to_be_visible()
    await expect(page.get_by_text(f"{day.year}年{day.month}月{day.day}日去世")).to_be_visible()
    await accessible(page)
    await screenshot(page, "h5-relative-deceased")
    await son.follow("血压血糖")
    await expect(page.get_by_text("以前在家量的。")).to_be_visible()
    await expect(page.get_by_role("button", name="记下")).to_have_count(0)
    await accessible(page)
