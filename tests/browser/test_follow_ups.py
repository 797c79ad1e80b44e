"""A nurse's day: who is due, the form in a village without a network, what the rules ask for."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, ViewportSize, expect

from core import clock, db
from core.audit import SYSTEM
from family_doctor.care_plan import queries
from family_doctor.care_plan.models import CarePlan, Programme, Task
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import end, enrol
from family_doctor.contracts import terms
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.followup.models import FollowUp, FollowUpNote
from tests.browser.test_people import signed_in
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

__all__ = ["resident"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
READ_STORE = """async () => {
    const wait = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
    const database = await wait(indexedDB.open("doorstep-follow-ups"));
    const rows = await wait(database.transaction("forms").objectStore("forms").getAll());
    database.close();
    return rows.map((row) => String.fromCharCode(...new Uint8Array(row.sealed)));
}"""
PHONE = ViewportSize(width=390, height=844)


async def test_a_form_filled_without_a_network_is_kept_sealed_and_sent_once(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    team = await found_team()
    people = [await resident(name, number="") for name in ("张桂英", "王秀兰", "赵铁柱")]
    nurse = await actor("nurse1")
    began = clock.today() - timedelta(days=600)
    for person in people:
        await signed(person, team)
        for programme in (Programme.HYPERTENSION, Programme.DIABETES):
            await enrol(nurse, person.id, EnrolIn(programme=programme, began_from=began))
    late = clock.today() - timedelta(days=9)
    await Task.filter(patient_id=people[0].id).update(due=late)

    page = await signed_in(house, profile, "nurse1")
    await page.goto(f"{house.address}/follow-ups")
    await expect(page.get_by_text("超期 9 天")).to_be_visible()
    await accessible(page)
    await screenshot(page, "follow-ups-desk")
    await page.goto(f"{house.address}/follow-ups/villages")
    await accessible(page)
    await screenshot(page, "follow-up-villages")
    await page.set_viewport_size(PHONE)
    await page.goto(f"{house.address}/follow-ups")
    await screenshot(page, "follow-ups-phone")
    await page.get_by_role("link", name="张桂英").click()
    await expect(page.get_by_test_id("task")).to_be_visible()
    await accessible(page)
    await screenshot(page, "follow-up-resident")
    await page.get_by_role("link", name="填随访表").first.click()
    await accessible(page)
    await screenshot(page, "follow-up-form")

    await page.get_by_label("高压").fill("156")
    await page.get_by_label("低压").fill("92")
    await page.get_by_label("空腹血糖").fill("6.4")
    await page.get_by_label("上门").check()
    await page.get_by_label("规律").check()
    await page.context.set_offline(True)
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_text("已加密存在这台设备上").first).to_be_visible()
    await screenshot(page, "follow-up-kept")
    stored = await page.evaluate(READ_STORE)
    assert len(stored) == 1
    assert "156" not in stored[0]
    assert await FollowUp.all().count() == 0

    await page.context.set_offline(False)
    await page.goto(f"{house.address}/follow-ups")
    await expect(page.get_by_test_id("kept")).to_be_hidden()
    row = await FollowUp.get(patient_id=people[0].id)
    assert row.form["systolic"] == "156"
    await page.goto(f"{house.address}/follow-ups/records/{row.id}")
    await expect(page.get_by_test_id("action")).to_contain_text("两周内再随访")
    await accessible(page)
    await screenshot(page, "follow-up-found")
    assert await FollowUp.all().count() == 1
    due = await Task.get(patient_id=people[0].id, status="requested")
    assert due.due == clock.today() + timedelta(days=14)


async def test_a_kept_form_that_has_to_be_mended_comes_back_as_it_was_typed(
    house: House, profile: Profile, resident
) -> None:
    person = await resident(number="")
    await signed(person, await found_team())
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=clock.today())
    await enrol(await actor("nurse1"), person.id, entry)
    assert len(await queries.open_tasks_of(person.id)) == 1
    page = await signed_in(house, profile, "nurse1")
    await page.goto(f"{house.address}/follow-ups/patients/{person.id}/records/new")
    await page.get_by_label("高压").fill("1560")
    await page.get_by_label("低压").fill("92")
    await page.get_by_label("电话").check()
    await page.context.set_offline(True)
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_test_id("kept")).to_be_visible()
    await page.context.set_offline(False)
    await page.goto(f"{house.address}/follow-ups")
    await expect(page.get_by_test_id("kept")).to_contain_text("请打开改好")
    await page.get_by_test_id("kept").get_by_role("link").click()
    await expect(page.get_by_label("高压")).to_have_value("1560")
    await page.get_by_label("高压").fill("132")
    await page.get_by_label("低压").fill("80")
    await page.get_by_label("规律").check()
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_test_id("action")).to_be_visible()
    await page.goto(f"{house.address}/follow-ups")
    await expect(page.get_by_test_id("kept")).to_be_hidden()
    assert await FollowUp.all().count() == 1
    assert await CarePlan.all().count() == 1


async def test_a_kept_form_whose_contract_is_over_is_handed_in_or_thrown_away_knowingly(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    team = await found_team()
    people = [await resident(name, number="") for name in ("张桂英", "王秀兰")]
    nurse = await actor("nurse1")
    page = await signed_in(house, profile, "nurse1")
    await page.set_viewport_size(PHONE)
    for person in people:
        await signed(person, team)
        entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=clock.today())
        plan = await enrol(nurse, person.id, entry)
        await page.goto(f"{house.address}/follow-ups/patients/{person.id}/records/new")
        await page.get_by_label("高压").fill("156")
        await page.get_by_label("低压").fill("92")
        await page.get_by_label("上门").check()
        await page.get_by_label("规律").check()
        await page.context.set_offline(True)
        await page.get_by_role("button", name="保存随访").click()
        await expect(page.get_by_text("已加密存在这台设备上").first).to_be_visible()
        await page.context.set_offline(False)
        if person is people[0]:
            contract = await Contract.get(active_for=person.id)
            async with db.atomic():
                await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "")
        else:
            await end(nurse, plan.id, "迁到外县了")

    await page.goto(f"{house.address}/follow-ups")
    box = page.get_by_test_id("kept")
    for person in people:
        await expect(box).to_contain_text(f"{person.name}的随访表,{clock.today()}")
    await expect(box.get_by_text("已经结束,不能再计入随访")).to_have_count(2)
    await accessible(page)
    await screenshot(page, "follow-up-kept-over")
    hers = box.get_by_role("listitem").filter(has_text="张桂英")
    await hers.get_by_role("button", name="作为说明交到病历").click()
    await expect(box).to_contain_text("已作为说明交到病历里")
    await expect(hers).to_have_count(0)
    assert (await FollowUpNote.get()).patient_id == people[0].id

    await box.get_by_role("button", name="不要了").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("找不回来")
    await screenshot(page, "follow-up-kept-thrown-away")
    await dialog.get_by_role("button", name="先不").click()
    await page.reload()
    await expect(box).to_contain_text("王秀兰")
    await box.get_by_role("button", name="不要了").click()
    await dialog.get_by_role("button", name="删掉").click()
    await expect(box).to_be_hidden()
    await page.reload()
    await expect(box).to_be_hidden()
    assert await FollowUp.all().count() == 0
    assert await FollowUpNote.all().count() == 1
