"""The pure modules of the resident's pages, run where they live."""

from typing import Any

import pytest
from playwright.async_api import Page

from core.assets import ASSETS
from people import rules
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

NOW = "2026-11-22T09:00:00+08:00"
CALL = "async ([module, name, given]) => (await import(module))[name](...given)"


@pytest.fixture
async def page(house: House, profile: Profile) -> Page:
    made = await (await profile()).new_page()
    await made.goto(f"{house.address}/h5/")
    return made


async def call(page: Page, house: House, module: str, name: str, *given: object) -> Any:
    """What an exported function answers."""
    return await page.evaluate(CALL, [house.app[ASSETS].url(f"h5/{module}.js"), name, list(given)])


async def test_words(page: Page, house: House) -> None:
    async def said(name: str, *given: object) -> Any:
        return await call(page, house, "words", name, *given)

    now = await page.evaluate("Date.parse", NOW)
    for moment, words in {
        "2026-11-22T14:30:00+08:00": "今天 14:30",
        "2026-11-22T06:30:00+00:00": "今天 14:30",
        "2026-11-23T00:00:00+08:00": "明天 00:00",
        "2026-11-24T08:05:00+08:00": "后天 08:05",
        "2026-11-21T23:59:00+08:00": "昨天 23:59",
        "2026-11-30T08:00:00+08:00": "11月30日 周一 08:00",
        "2027-01-04T08:00:00+08:00": "2027年1月4日 周一 08:00",
    }.items():
        assert await said("when", moment, now) == words
    amounts = {1200: "12.00元", 5: "0.05元", 0: "免费", 150000: "1500.00元", -800: "-8.00元"}
    for fen, words in amounts.items():
        assert await said("yuan", fen) == words
    for metres, words in {30: "100 米", 840: "800 米", 3240: "3.2 公里", 25400: "25 公里"}.items():
        assert await said("distance", metres) == words
    left = {
        7_500_000: "2 小时 05 分",
        3_600_000: "1 小时 00 分",
        872_000: "14 分 32 秒",
        60_000: "1 分 00 秒",
        900: "1 秒",
        -5: "0 秒",
    }
    for milliseconds, words in left.items():
        assert await said("countdown", milliseconds) == words
    assert await said("inFives", "ABCDEFGHJK") == "ABCDE FGHJK"
    assert await said("isoDay", "2026-11-22T23:30:00+08:00") == "2026-11-22"
    assert await said("lastDay", "2027-01-01T00:00:00+08:00") == "2026年12月31日"
    assert await said("lastDay", "2027-01-01T09:30:00+08:00") == "2027年1月1日"
    assert await said("age", "2012-11-23", now) == 13
    assert await said("age", "2012-11-22", now) == 14


async def test_id_numbers(page: Page, house: House) -> None:
    async def read(text: str) -> Any:
        return await call(page, house, "words", "readIdNumber", text)

    found = await read("11010519491231002x")
    assert found == {"number": "11010519491231002X", "birthDate": "1949-12-31", "sex": "女"}
    assert (await read("440524 18800101 0014"))["sex"] == "男"
    assert await read("53010219200508011X")
    for wrong in ("110105194912310021", "11010519490230002X", "", "1101051949123100"):
        assert await read(wrong) is None


async def test_who_agrees_to_what(page: Page, house: House) -> None:
    now = await page.evaluate("Date.parse", NOW)
    for relation, born, wanted in (
        ("self", "1960-01-01", ["account", "patient"]),
        ("parent", "1960-01-01", ["patient", "proxy"]),
        ("child", "2012-11-23", ["patient", "minor", "child"]),
        ("child", "2012-11-22", ["patient", "minor"]),
        ("child", "2008-11-22", ["patient", "proxy"]),
    ):
        assert await call(page, house, "joining", "neededFor", relation, born, now) == wanted
    entry = {"name": "王桂英", "id_type": "id_card", "id_number": "11010519491231002X"}
    entry |= {"phone": "138 0000 0001", "birth_date": "", "sex": ""}
    assert await call(page, house, "joining", "objections", entry) == []
    wrong = entry | {"name": " ", "id_number": "123", "phone": "8001"}
    found = await call(page, house, "joining", "objections", wrong)
    assert [one["field"] for one in found] == ["name", "id_number", "phone"]
    passport = entry | {"id_type": "passport", "id_number": "E12345678"}
    found = await call(page, house, "joining", "objections", passport)
    assert [one["field"] for one in found] == ["birth_date", "sex"]


async def test_places_texts_codes_and_pauses(page: Page, house: House) -> None:
    table = [["", "home"], ["doctors/:id", "doctor"], ["doctors/:id/:day", "times"]]
    found = await call(page, house, "router", "match", table, "doctors/7/2026-11-23?s=9&move=3")
    assert found == {
        "load": "times",
        "params": {"id": "7", "day": "2026-11-23"},
        "query": {"s": "9", "move": "3"},
    }
    assert await call(page, house, "router", "match", table, "doctors") is None
    text = "**标题**\n\n一句话\n接着。\n\n- 一\n- 二"
    kinds = [b["kind"] for b in await call(page, house, "reading", "blocks", text)]
    assert kinds == ["heading", "words", "list"]
    page_of = "pages/appointment/index?id=7-a"
    assert await call(page, house, "screens/inbox", "placeOf", page_of) == "appointments/7-a"
    visit = "pages/visit/index?id=7-a"
    assert await call(page, house, "screens/inbox", "placeOf", visit) == "visits/7-a"
    opened = "pages/openings/index?id=7-a"
    assert await call(page, house, "screens/inbox", "placeOf", opened) == "family/7-a/openings"
    assert await call(page, house, "screens/inbox", "placeOf", "https://elsewhere") == ""
    rows = [[True, True, False], [False, True, True]]
    assert await call(page, house, "qr", "pathOf", rows) == "M0 0h2v1H0zM1 1h2v1H1z"
    pauses = [await call(page, house, "live", "pause", 4000, n) for n in (0, 1, 3, 9)]
    assert pauses == [4000, 8000, 32000, 60000]


async def test_what_wechat_may_be_asked_about(page: Page, house: House) -> None:
    def item(topic: str, left: int = 0, *, long_term: bool = False) -> dict[str, Any]:
        return {"topic": topic, "template_id": f"t-{topic}", "left": left, "long_term": long_term}

    async def asked(items: list[dict[str, Any]], topics: str) -> list[str]:
        wishes = [[topic, topic] for topic in topics]
        found = await call(page, house, "remind", "toAsk", items, wishes)
        return [one["topic"] for one in found]

    four = [item("a"), item("b"), item("c", long_term=True), item("d"), item("e")]
    assert await asked(four, "abde") == ["a", "b", "d"]  # three at once, as WeChat has it
    assert await asked(four, "cab") == ["c"]  # one-time and standing ones are not mixed
    assert await asked([item("a", left=1), item("b")], "ab") == ["b"]  # agreed to already
    assert await asked([item("a")], "xy") == []  # no template for it

    async def wished(start: str | None, at: str) -> list[str]:
        moment = await page.evaluate("Date.parse", at)
        return [
            one[0] for one in await call(page, house, "remind", "wishesFor", "visit", start, moment)
        ]

    morning = "2026-11-24T08:00:00+08:00"
    assert "appointment_reminder" in await wished(morning, "2026-11-23T17:59:00+08:00")
    assert "appointment_reminder" not in await wished(morning, "2026-11-23T18:00:00+08:00")


async def test_what_is_agreed_beside_name_and_number(page: Page, house: House) -> None:
    now = await page.evaluate("Date.parse", NOW)
    blank = {"id_type": "passport", "scopes": ["book"], "until": "", "self_supporting": ""}

    async def terms(relation: str, born: str, **more: Any) -> dict[str, Any]:
        entry = blank | {"birth_date": born} | more
        found: dict[str, Any] = await call(page, house, "terms", "termsOf", relation, entry, now)
        return found

    assert await terms("parent", "1950-01-01", until="2026-12-31") == {
        "scopes": ["book"],
        "until": "2026-12-31",
    }
    assert await terms("child", "2020-01-01") == {}  # a guardian does everything
    assert await terms("ward", "2010-01-01") == {}
    assert await terms("self", "2009-11-22", self_supporting="yes") == {"self_supporting": True}
    assert await terms("self", "1980-01-01", self_supporting="yes") == {}  # ticked, then corrected
    assert await terms("self", "1980-01-01", organization_id="x") == {"organization_id": "x"}


async def test_names_and_numbers_as_people_type_them(page: Page, house: House) -> None:
    for name in ("王桂英", " 王 桂英", "阿依古丽·买买提", "阿依古丽.买买提", "Anna Müller", "𠮷田"):
        assert await call(page, house, "joining", "isName", name), name
        assert not rules.name_objection(name), name
    for name in ("王桂英😀", "王3", "王", "王桂英!", "<b>王</b>"):
        assert not await call(page, house, "joining", "isName", name), name
        assert rules.name_objection(name), name
    for typed in ("13800000001", "138 0000-0001", "13800000001", "+86 13800000001"):
        assert await call(page, house, "joining", "tidyPhone", typed) == "13800000001"
