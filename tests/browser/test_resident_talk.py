"""A phone and a desk in one conversation: voice, quotes, recall, what is new."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page, expect

from booking.models import ServiceType
from chat.models import Conversation, Member, Message, MessageKind
from chat.speakers import PersonKind
from core import clock
from tests.booking.conftest import new_schedule, new_slot
from tests.browser.conftest import Arrive
from tests.browser.residents import Resident
from tests.browser.test_online_visit import at_the_desk, in_the_waiting_room
from tests.browser.test_resident_h5 import proper
from tests.browser.test_voice_messages import LISTEN, PLAYS
from tests.care.encounter.conftest import diagnosed, request_for
from tests.chat.conftest import Speaker
from tests.mini_program_api.phones import Phone, until
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]

REFUSES: Final = """
() => {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("no", "NotAllowedError");
  };
}
"""
AT_THE_END: Final = """
() => document.documentElement.scrollHeight - window.scrollY - window.innerHeight < 120
"""
PATIENCE_S: Final = 60


async def until_said(page: Page, seconds: int) -> None:
    """Wait until the recorder's clock has come so far."""
    timer = page.get_by_test_id("voice-clock")
    async with asyncio.timeout(PATIENCE_S):
        while int((await timer.inner_text()).split(":")[1]) < seconds:
            await asyncio.sleep(0.1)


async def holds(page: Page, seconds: int) -> None:
    """A thumb stays on the button so long, slips a little, and lets go."""
    place = await page.get_by_test_id("voice-open").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    thumb = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: dict[str, float]) -> None:
        await thumb.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    await touch("touchStart", {"x": x, "y": y})
    await until_said(page, seconds)
    await touch("touchMove", {"x": x + 5, "y": y - 40})
    await touch("touchEnd")
    await expect(page.get_by_test_id("voice-send")).to_be_visible()


async def says(page: Page, seconds: int) -> None:
    """Tap, speak so long, tap."""
    await page.get_by_test_id("voice-open").click()
    await until_said(page, seconds)
    await page.get_by_test_id("voice-stop").click()
    await expect(page.get_by_test_id("voice-send")).to_be_visible()


async def plays(page: Page) -> None:
    """Wait until exactly one sound is heard and moves on."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(at > 0.2 for at, _ in await page.evaluate(PLAYS)):
            await asyncio.sleep(0.05)


async def writes(desk: Page, *texts: str) -> None:
    """The doctor types and sends."""
    for text in texts:
        await desk.get_by_test_id("chat-input").fill(text)
        await desk.get_by_test_id("chat-send").click()
        await expect(desk.locator(".bubble[data-seq]", has_text=text)).to_be_visible()


async def together(house: House, profile: Profile, look: Look) -> tuple[Page, Resident]:
    """Doctor and resident in a text visit; both pages tell what they play."""

    async def hearing(**options: object) -> object:
        context = await profile(**options)
        await context.add_init_script(LISTEN)
        return context

    desk = await at_the_desk(house, hearing)
    resident, phone = await in_the_waiting_room(house, hearing, look)
    await desk.get_by_role("button", name="叫下一位").click()
    await resident.tap("我来了,进去")
    await expect(phone.get_by_test_id("chat-input")).to_be_visible()
    return desk, resident


async def test_voice_quotes_recall_and_what_is_new_between_a_phone_and_a_desk(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk, resident = await together(house, profile, accessible)
    phone = resident.page
    await phone.get_by_test_id("chat-input").fill("医生好")
    await phone.get_by_test_id("chat-send").click()
    await expect(phone.get_by_text("医生看过了")).to_be_visible()
    await phone.get_by_role("link", name="返回").click()
    await writes(desk, "最近血压多少?", "早晚各量一次", "量好了告诉我")
    await expect(phone.get_by_test_id("visit")).to_contain_text("3 条新消息")
    await resident.open("visits")
    await expect(phone.get_by_text("3 条新消息")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "talk-unread-list")
    await resident.follow("接着看医生")
    await resident.follow("打字、发语音、发照片")
    await expect(phone.get_by_test_id("talk-since")).to_have_text("以下是 3 条新消息")
    await expect(desk.locator("[data-chat-read]")).to_have_text("已读")
    conversation = await Conversation.get()
    mark = Member.filter(kind=PersonKind.RESIDENT, conversation_id=conversation.id)
    assert (await mark.get()).read_seq >= conversation.last_seq

    asked = phone.locator(".talk__said", has_text="最近血压多少?")
    await asked.get_by_role("button", name="引用").click()
    await expect(phone.get_by_test_id("talk-quoting")).to_contain_text("最近血压多少?")
    await holds(phone, 2)
    await proper(phone, accessible)
    await screenshot(phone, "talk-voice-review")
    await phone.get_by_test_id("voice-recorder").get_by_test_id("voice-play").click()
    await plays(phone)  # one hears oneself before it is sent
    await phone.get_by_test_id("voice-send").click()
    note = phone.get_by_test_id("talk").get_by_test_id("voice-note")
    await expect(note).to_have_count(1)
    said = await Message.get(kind=MessageKind.VOICE)
    assert (said.duration_ms or 0) > 1500
    assert said.quote_seq is not None
    await expect(phone.get_by_test_id("talk-quoting")).to_be_hidden()
    answer = desk.locator(".bubble", has=desk.get_by_test_id("voice-note"))
    await expect(answer).to_contain_text("最近血压多少?")
    await answer.get_by_test_id("voice-play").click()
    await plays(desk)

    await desk.get_by_test_id("voice-open").click()
    await expect(desk.get_by_test_id("voice-clock")).to_have_text("0:02")
    await desk.get_by_test_id("voice-stop").click()
    await desk.get_by_test_id("voice-send").click()
    await expect(note).to_have_count(2)
    await note.nth(1).get_by_test_id("voice-play").click()
    await plays(phone)
    await proper(phone, accessible)
    await screenshot(phone, "talk-voices")

    await desk.get_by_test_id("chat-input").press_sequentially("好的")
    await expect(phone.get_by_text("医生正在输入…")).to_be_visible()
    await phone.get_by_test_id("chat-input").press_sequentially("还")
    await expect(desk.locator("[data-chat-state]")).to_contain_text("正在输入…")

    mine = phone.locator(".talk__said--mine", has=phone.get_by_test_id("voice-note"))
    await mine.get_by_role("button", name="撤回").click()
    await expect(phone.get_by_text("(已撤回)")).to_be_visible()
    await expect(desk.get_by_text("消息已撤回")).to_be_visible()
    await expect(note).to_have_count(1)


async def test_who_waits_leaves_a_word_and_the_doctor_sees_it_in_the_list(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk = await at_the_desk(house, profile)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await resident.follow("给医生留言")
    await phone.get_by_test_id("chat-input").fill("我等会儿要去接孩子")
    await phone.get_by_test_id("chat-send").click()
    await expect(phone.get_by_text("我等会儿要去接孩子")).to_be_visible()
    for page in ("visits", "today"):
        await desk.goto(f"{house.address}/{page}")
        await expect(desk.locator("[data-unread]:visible").first).to_have_text("1 条新消息")
        await accessible(desk)
        await screenshot(desk, f"talk-unread-{page}")
    await desk.goto(f"{house.address}/visits")
    await desk.get_by_role("link", name="打开").click()
    await writes(desk, "知道了,马上叫您")
    await expect(phone.get_by_text("知道了,马上叫您")).to_be_visible()
    await desk.goto(f"{house.address}/visits")
    await expect(desk.get_by_test_id("visit-line")).to_contain_text("王桂英")
    await expect(desk.locator("[data-unread]:visible")).to_have_count(0)


async def test_who_reads_above_is_told_below_and_who_may_not_speak_is_told_how(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk, resident = await together(house, profile, accessible)
    phone = resident.page
    await writes(desk, *(f"第 {number} 句:请按时吃药,少放盐,多走走路。" for number in range(8)))
    await expect(phone.get_by_test_id("talk")).to_contain_text("第 7 句")
    assert await phone.evaluate(AT_THE_END), "whoever is at the end stays there"
    await phone.evaluate("window.scrollTo(0, 0)")
    await writes(desk, "第 8 句", "第 9 句", "第 10 句")
    below = phone.get_by_test_id("talk-news")
    await expect(below).to_have_text("3 条新消息 ↓")
    await proper(phone, accessible)
    await screenshot(phone, "talk-news-below")
    await below.click()
    await expect(below).to_be_hidden()
    await desk.locator("[data-chat-scroll]").evaluate("box => (box.scrollTop = 0)")
    await phone.get_by_test_id("chat-input").fill("好,都记下了")
    await phone.get_by_test_id("chat-send").click()
    above = desk.get_by_test_id("chat-below")
    await expect(above).to_have_text("1 条新消息 ↓")
    await accessible(desk)
    await screenshot(desk, "talk-news-desk")
    await expect(phone.get_by_text("医生看过了")).to_have_count(0)
    await above.click()
    await expect(above).to_be_hidden()
    await expect(phone.get_by_text("医生看过了")).to_be_visible()
    await phone.evaluate("document.documentElement.dataset.mode = 'elder'")
    await phone.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    await proper(phone, accessible, least=22)
    await screenshot(phone, "talk-elder")
    await phone.get_by_test_id("voice-open").click()
    await expect(phone.get_by_test_id("voice-clock")).to_have_text("0:01")
    await proper(phone, accessible, least=22)
    await screenshot(phone, "talk-recording-elder")
    await phone.get_by_test_id("voice-stop").click()
    await expect(phone.get_by_test_id("voice-send")).to_be_visible()
    await screenshot(phone, "talk-review-elder")
    lost = []

    async def lose(route: object) -> None:
        lost.append(route)
        await route.abort()  # type: ignore[attr-defined]

    await phone.route("**/voice", lose)
    await phone.get_by_test_id("voice-send").click()
    unsent = phone.get_by_test_id("talk-unsent")
    await expect(unsent).to_contain_text("没有发出去")
    await screenshot(phone, "talk-unsent-elder")
    await resident.page.get_by_role("link", name="返回").click()
    await resident.follow("打字、发语音、发照片")
    await expect(unsent).to_contain_text("没有发出去")
    await phone.unroute("**/voice", lose)
    await unsent.get_by_role("button", name="再发一次").click()
    await expect(desk.get_by_test_id("voice-note")).to_have_count(1)
    await expect(unsent).to_have_count(0)

    await phone.evaluate(REFUSES)
    await phone.get_by_test_id("voice-open").click()
    recorder = phone.get_by_test_id("voice-recorder")
    await expect(recorder).to_contain_text("麦克风没有打开。没关系")
    await proper(phone, accessible, least=22)
    await screenshot(phone, "talk-refused")
    await recorder.get_by_role("button", name="不发了").click()
    await expect(phone.get_by_test_id("chat-input")).to_be_visible()


async def test_the_appointment_of_a_visit_says_that_somebody_has_written(
    house: House, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    known = await arrive("guiying", "王桂英")
    phone, page = known.phone, known.resident.page
    visit = await waiting_for_the_doctor(phone)
    path = f"/encounters/{visit['id']}"
    found = await until(lambda: phone.get(f"{path}/messages"), lambda got: got.status == 200)
    doctor = Speaker(await house.signed_in("county1"), UUID(found.body["conversation_id"]))
    assert (await doctor.say("请先量一下血压")).status == 201
    for place in ("appointments", ""):
        await known.resident.open(place)
        await expect(page.get_by_text("1 条新消息")).to_be_visible()
        await proper(page, accessible)
        await screenshot(page, f"talk-unread-{place or 'home'}")
        await expect(page.get_by_role("link", name="看排到哪里")).to_have_count(1)
        await expect(page.get_by_role("link", name="看排到几号")).to_have_count(0)
    await known.resident.follow("看排到哪里")
    await known.resident.follow("给医生留言")
    await expect(page.get_by_test_id("talk-since")).to_have_text("以下是 1 条新消息")


async def test_who_scrolls_up_reads_what_was_said_long_ago_and_keeps_the_place(
    house: House, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    known = await arrive("guiying", "王桂英")
    phone, page = known.phone, known.resident.page
    visit = await waiting_for_the_doctor(phone)
    path = f"/encounters/{visit['id']}"
    await until(lambda: phone.get(f"{path}/messages"), lambda got: got.status == 200)
    await said_before(await Conversation.get(), 260)
    newest = (await phone.get(f"{path}/messages")).body
    assert (len(newest["items"]), newest["earlier"]) == (200, True)
    await page.goto(f"{house.address}/h5/#/visits/{visit['id']}/talk")
    line = page.locator("[data-seq='61']")
    await expect(line).to_be_attached()
    await page.evaluate("window.scrollTo(0, 0)")
    earlier = page.get_by_role("button", name="更早的消息")
    await proper(page, accessible)
    await screenshot(page, "talk-earlier")
    top = (await line.bounding_box() or {})["y"]
    await earlier.click()
    await expect(page.locator("[data-seq='11']")).to_be_attached()
    assert abs((await line.bounding_box() or {})["y"] - top) < 40, "the eye stays where it read"
    await earlier.click()
    await expect(earlier).to_be_hidden()
    await expect(page.locator("[data-seq]")).to_have_count(260)


async def waiting_for_the_doctor(phone: Phone) -> dict[str, Any]:
    """A visit of today whose patient has arrived."""
    schedule = await new_schedule(fee_fen=0, service_type=ServiceType.ONLINE, place="线上")
    slot = await new_slot(schedule, clock.now() + timedelta(minutes=10), places=3)
    booked = await phone.post(
        "/appointments", {"slot_id": str(slot.id), "patient_id": phone.patient_id}
    )
    await diagnosed(phone.patient_id)
    wanted = await request_for(phone, phone.patient_id, appointment_id=booked.body["id"])
    visit: dict[str, Any] = (await phone.post("/encounters", wanted)).body
    assert (await phone.post(f"/encounters/{visit['id']}/arrival")).status == 200
    return visit


async def said_before(conversation: Conversation, many: int) -> None:
    """Fill it with what the doctor said, up to message `many`."""
    start = conversation.last_seq
    author = await Member.filter(conversation_id=conversation.id).first()
    assert author is not None
    await Message.bulk_create(
        [
            Message(
                conversation_id=conversation.id,
                seq=number,
                change=conversation.last_change + number - start,
                kind=MessageKind.TEXT,
                author_id=uuid4(),
                author_name="李主任",
                client_id=uuid4().hex,
                text=f"第 {number} 句",
                at=clock.now(),
            )
            for number in range(start + 1, many + 1)
        ]
    )
    more = many - start
    await Conversation.filter(id=conversation.id).update(
        last_seq=many, last_change=conversation.last_change + more
    )
