"""The page on which rules are read: searched, shown with sources, closed to strangers."""

from pharmacy.screening.rulebook import shipped
from pharmacy.screening.sheet import search, sheet

HERE = "/pharmacy/screening-rules"


async def test_a_pharmacist_reads_what_applies_to_a_drug(house):
    person = await house.signed_in("pharmacist1")
    empty = await (await person.get(HERE)).text()
    assert "搜一个药看看" in empty

    found = await (await person.get(HERE, params={"q": "沙坦"})).text()
    assert f'href="{HERE}/valsartan"' in found
    assert "沙坦类(ARB)" in found

    shown = await (await person.get(HERE, params={"q": "消渴丸"})).text()
    assert "含 格列本脲 0.25 mg" in shown
    assert "1型糖尿病" in shown
    assert "消渴丸说明书" in shown

    none = await (await person.get(HERE, params={"q": "<没有这个药>"})).text()
    assert "规则库里没有“&lt;没有这个药&gt;”" in none


async def test_classes_show_their_members(house):
    person = await house.signed_in("county1")
    shown = await (await person.get(f"{HERE}/statin")).text()
    assert "包括:" in shown
    assert f'href="{HERE}/simvastatin"' in shown


async def test_what_is_not_there_is_not_found(house):
    person = await house.signed_in("pharmacist1")
    assert (await person.get(f"{HERE}/nosuch")).status == 404


async def test_others_may_not_read_rules(house):
    scheduler = await house.signed_in("scheduler1")
    assert (await scheduler.get(HERE)).status == 403
    stranger = await house.visitor()
    assert (await stranger.get(HERE, allow_redirects=False)).status == 303


def test_every_substance_and_class_can_be_shown():
    rules = shipped()
    for code in (*rules.substances, *rules.classes):
        shown = sheet(rules, code)
        assert shown is not None
        assert shown.found.name
        assert all(said.when and said.source for _, found in shown.sections for said in found), code


def test_a_whole_name_comes_first():
    found = search(shipped(), "阿司匹林")
    assert found[0].code == "aspirin"
    assert search(shipped(), " ") == ()


def test_a_weekly_dose_reads_as_such():
    shown = sheet(shipped(), "alendronate")
    doses = dict(shown.sections)["用法用量"]
    assert doses[0].text == "一次最多 70 mg,约 7 天一次"
