"""When media is impossible the room goes on: text, pictures, voice messages and the telephone."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from care.teleconsultation.telephone.models import PhoneCall
from tests.browser.consultations import PATIENCE_MS, Doctor, Meeting, accepted
from tests.browser.test_voice_messages import hearing, moves, says
from tests.plumbing.browsers import PHONE, Profile
from tests.plumbing.rooms import Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

NO_WAY = """
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = function (settings) {
  return new Real({ ...settings, iceServers: [], iceTransportPolicy: "relay" });
};
window.RTCPeerConnection.prototype = Real.prototype;
"""
NO_DEVICES = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("no", "NotAllowedError");
};
"""


@pytest.fixture
async def meeting(database: str, rooms: Rooms, tmp_path: Path) -> Meeting:
    return await accepted(rooms, tmp_path)


async def is_without_media(doctor: Doctor) -> None:
    """The page says so, and the conversation is in front."""
    await expect(doctor.by("without-media")).to_be_visible(timeout=PATIENCE_MS)
    await expect(doctor.by("without-media")).to_contain_text("现在不能视频")
    await expect(doctor.page.get_by_role("tab", name="聊天")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(doctor.by("chat-input")).to_be_visible()
    await expect(doctor.page.locator("[data-room-word]")).to_have_text("")


async def telephones(doctor: Doctor) -> None:
    """Write down a call to the patient, whose number one looks up for it."""
    page = doctor.page
    await doctor.by("without-phone").click()
    await page.get_by_role("radio", name=re.compile("^病人")).check()
    await doctor.by("phone-reveal").click()
    await expect(page.locator(".phone-number__digits")).to_have_text(re.compile(r"^1\d{10}$"))
    await page.get_by_role("radio", name="接通").check()
    await doctor.by("phone-save").click()
    await expect(page.locator("[data-error-summary]")).to_contain_text("请填通话几分钟")
    await page.get_by_label("通话时长").fill("5")
    await page.get_by_label("说了什么").fill("家属已到,准备转院。")
    await doctor.by("phone-save").click()
    await expect(doctor.by("phone-call-logged")).to_be_visible()
    await page.get_by_role("button", name="好的").click()


async def test_the_room_goes_on_without_its_media_node_and_comes_back(
    meeting: Meeting,
    profile: Profile,
    screenshot: Callable[[Page, str], Awaitable[None]],
    accessible: Callable[[Page], Awaitable[None]],
) -> None:
    open_profile = hearing(profile)
    village = await meeting.joins(await open_profile(), "village1")
    specialist = await meeting.joins(await open_profile(viewport=PHONE), "county1")
    await village.sees(specialist)
    await specialist.sees(village)
    record = village.page.get_by_role("tab", name="病历")
    await expect(record).to_have_attribute("aria-selected", "true")

    await meeting.node.kill()
    await asyncio.gather(is_without_media(village), is_without_media(specialist))
    assert await village.page.locator(".tiles").is_hidden()
    await village.by("chat-input").fill("看不到您了,我说一段。")
    await village.by("chat-send").click()
    await says(village, 2, by="without-speak")
    await expect(specialist.by("voice-note")).to_be_visible(timeout=PATIENCE_MS)
    await specialist.by("voice-play").click()
    await moves(specialist)
    await telephones(village)
    call = await PhoneCall.get()
    for doctor in (village, specialist):
        line = doctor.page.locator(".bubbles__event").filter(has_text="电话联系")
        await expect(line).to_contain_text("通话 5 分钟。家属已到,准备转院。", timeout=PATIENCE_MS)
        assert call.number not in await doctor.page.locator("#p-chat").inner_text()
    await screenshot(village.page, "without-media")
    await accessible(specialist.page)

    await specialist.by("chat-input").fill("还没有说完")
    await meeting.node.start()
    await expect(village.by("without-media")).to_be_hidden(timeout=PATIENCE_MS)
    await asyncio.gather(village.sees(specialist), specialist.sees(village))
    await expect(record).to_have_attribute("aria-selected", "true")  # as it was before
    await expect(specialist.by("chat-input")).to_have_value("还没有说完")
    await expect(specialist.by("chat-input")).to_be_visible()  # nobody is torn from writing


async def test_without_devices_or_without_any_way_the_chat_is_in_front(
    meeting: Meeting, profile: Profile, screenshot: Callable[[Page, str], Awaitable[None]]
) -> None:
    context = await profile()
    await context.add_init_script(NO_DEVICES)
    village = await meeting.joins(context, "village1")
    await expect(village.page.get_by_role("tab", name="聊天")).to_have_attribute(
        "aria-selected", "true"
    )
    word = village.page.locator("[data-room-word]")
    await expect(word).to_contain_text("要说话请打字、发照片,或用电话联系")
    specialist = await meeting.joins(await profile(), "county1")
    await village.sees(specialist)
    await expect(village.by("without-media")).to_be_hidden()
    await screenshot(village.page, "without-devices")

    await specialist.context.add_init_script(NO_WAY)  # neither UDP nor a relay
    await specialist.page.reload()
    await is_without_media(specialist)
    await says(specialist, 1, by="without-speak")
    await expect(village.by("voice-note")).to_be_visible(timeout=PATIENCE_MS)
