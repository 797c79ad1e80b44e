"""Recording a consultation: everybody is asked, everybody sees it, and it can be watched later."""

import asyncio
import time
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, expect

from app.demo import people as demo
from core import chain, clock
from core.audit import AuditEvent
from people import sessions
from people.models import Account, Session
from rtc.models import Recording, RecordingFile, RecordingStatus, RecordingViewing, RecordingVote
from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Process, Rooms

pytestmark = pytest.mark.browser

ENOUGH = 150_000  # bytes, two to four seconds of a picture
LENGTHS = "[...document.querySelectorAll('video')].map(video => video.duration)"
MOMENTS = "[...document.querySelectorAll('video')].map(video => video.currentTime)"


@pytest.fixture
async def app(database: str, rooms: Rooms) -> Process:
    """One app process and node; the staff of the demo works here."""
    await demo.found_organizations()
    await demo.hire_staff()
    await rooms.start_node()
    return await rooms.start_app()


async def sign_in(context: BrowserContext, app: Process, username: str) -> None:
    token, hashed = sessions.new_token()
    moment = clock.now()
    await Session.create(
        token_hash=hashed,
        account=await Account.get(username=username),
        created_at=moment,
        seen_at=moment,
        second_factor_at=moment,
        reauthenticated_at=moment,
    )
    await context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": app.url}])


async def enter(profile: Profile, app: Process, room: str, who: str) -> Person:
    return await Person(await profile(), who).join(app, room)


async def recorded(room: str, files: int) -> Recording:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = await Recording.filter(room_id=UUID(room), status=RecordingStatus.STOPPED).first()
        if found and await RecordingFile.filter(recording_id=found.id).count() >= files:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("no files came")


async def taped(node: Process, part: int, files: int) -> None:
    """Wait until the node has written some seconds of so many people in this stretch."""
    until, folder = time.monotonic() + 60, node.log.with_suffix("")
    while True:
        sizes = [path.stat().st_size for path in folder.glob(f"*-{part}.*.webm")]
        if len(sizes) == files and min(sizes) > ENOUGH:
            return
        assert time.monotonic() < until, f"too little was recorded: {sizes}"
        await asyncio.sleep(0.1)


async def test_recording_from_the_question_to_the_playback(
    app: Process, rooms: Rooms, profile: Profile, room_id: str
) -> None:
    zhou = await enter(profile, app, room_id, "zhou")
    chen = await enter(profile, app, room_id, "chen")
    sun = await enter(profile, app, room_id, "sun")
    await chen.sees(zhou)
    await zhou.by("toggle-recording").click()
    await expect(chen.page.locator("[data-room-ask]")).to_contain_text("想录制这次会诊")
    await expect(zhou.page.locator("[data-room-ask]")).to_contain_text("正在等")
    await chen.page.locator("[data-room-agree]").click()
    await expect(chen.page.locator("[data-room-ask]")).to_contain_text("孙督导")
    await expect(chen.by("recording-indicator")).to_be_hidden()
    await sun.page.locator("[data-room-agree]").click()
    for person in (zhou, chen, sun):
        await expect(person.by("recording-indicator")).to_contain_text("正在录制")
    await taped(rooms.nodes[0], part=1, files=2)
    # somebody new is not recorded before agreeing
    li = await enter(profile, app, room_id, "li")
    await expect(zhou.by("recording-indicator")).to_contain_text("录制暂停")
    await expect(li.page.locator("[data-room-ask]")).to_contain_text("您同意后才会录到您")
    await li.page.locator("[data-room-agree]").click()
    for person in (zhou, li):
        await expect(person.by("recording-indicator")).to_contain_text("正在录制")
    await zhou.sees(li)
    await taped(rooms.nodes[0], part=2, files=3)
    # anybody stops it
    await sun.by("toggle-recording").click()
    for person in (zhou, chen, sun, li):
        await expect(person.by("recording-indicator")).to_be_hidden()
    recording = await recorded(room_id, 5)
    votes = await RecordingVote.filter(recording_id=recording.id, agreed=True).count()
    assert votes == 4
    files = await RecordingFile.filter(recording_id=recording.id)
    assert len({file.seat for file in files}) == 3, "the observer sends nothing"
    assert all(file.duration_s > 1 for file in files)
    assert recording.keep_until is not None
    assert (recording.keep_until - recording.started_at).days >= 3 * 365
    assert {"recording.ask", "recording.agree", "recording.start", "recording.stop"} <= {
        row.action for row in await AuditEvent.filter(subject=f"Recording/{recording.id}")
    }
    await watch(app, profile, room_id, recording, files)


async def watch(
    app: Process, profile: Profile, room: str, recording: Recording, files: list[RecordingFile]
) -> None:
    """Play it as somebody who was there; nobody else may."""
    context = await profile()
    await sign_in(context, app, "township1")
    page = await context.new_page()
    listed = await context.request.get(f"{app.url}/rooms/{room}/recordings")
    assert f"/recordings/{recording.id}" in await listed.text()
    await page.goto(f"{app.url}/recordings/{recording.id}")
    await expect(page.locator("video")).to_have_count(len(files))
    await page.locator("[data-playback-play]").click()
    until, begun = time.monotonic() + 45, []
    while len(begun) != 2 or max(begun) < 1.5 or max(begun) - min(begun) > 1.2:
        assert time.monotonic() < until, f"the pictures do not run together: {begun}"
        await asyncio.sleep(0.1)
        begun = [moment for moment in await page.evaluate(MOMENTS) if moment > 0]
    assert all(length > 1 for length in await page.evaluate(LENGTHS))
    timeline = page.locator("[data-playback-timeline]")
    last = float(await timeline.get_attribute("max") or 0)
    await timeline.fill(str(round(last - 1, 1)))
    await expect(page.locator(".tile:visible")).to_have_count(3)
    href = await page.locator("video").first.get_attribute("src")
    part = await context.request.get(app.url + str(href), headers={"Range": "bytes=0-99"})
    assert part.status == 206
    assert len(await part.body()) == 100
    assert part.headers["cache-control"] == "private, no-store"
    viewings = await RecordingViewing.filter(recording_id=recording.id).count()
    views = AuditEvent.filter(action="recording.view", subject=f"Recording/{recording.id}")
    assert viewings == await views.count() == 1
    for username in ("village2", "pharmacist1", "admin1"):
        stranger = await profile()
        await sign_in(stranger, app, username)
        listed = await stranger.request.get(f"{app.url}/rooms/{room}/recordings")
        assert str(recording.id) not in await listed.text()
        for path in (f"/recordings/{recording.id}", str(href)):
            assert (await stranger.request.get(app.url + path)).status == 404
    assert (await (await profile()).request.get(app.url + str(href))).status == 401
    await chain.seal()
    assert not (await chain.verify()).faults


async def test_one_refusal_is_enough(app: Process, profile: Profile, room_id: str) -> None:
    zhou = await enter(profile, app, room_id, "zhou")
    chen = await enter(profile, app, room_id, "chen")
    await zhou.by("toggle-recording").click()
    await chen.page.locator("[data-room-refuse]").click()
    await expect(zhou.page.locator("[data-room-word]")).to_contain_text("陈志强没有同意录制")
    await expect(zhou.by("recording-indicator")).to_be_hidden()
    await expect(zhou.by("toggle-recording")).to_have_attribute("data-state", "off")
    assert await RecordingFile.all().count() == 0


async def test_a_recording_goes_on_when_its_node_restarts(
    app: Process, rooms: Rooms, profile: Profile, room_id: str
) -> None:
    zhou = await enter(profile, app, room_id, "zhou")
    chen = await enter(profile, app, room_id, "chen")
    await chen.sees(zhou)
    await zhou.by("toggle-recording").click()
    await chen.page.locator("[data-room-agree]").click()
    await expect(zhou.by("recording-indicator")).to_contain_text("正在录制")
    await taped(rooms.nodes[0], part=1, files=2)
    await rooms.nodes[0].kill()
    await rooms.nodes[0].start()
    await chen.sees(zhou)
    await taped(rooms.nodes[0], part=2, files=2)
    await zhou.by("toggle-recording").click()
    recording = await recorded(room_id, 4)
    names = {file.name.split(".")[0] for file in await recording.files.all()}
    assert names == {f"{recording.id.hex}-1", f"{recording.id.hex}-2"}


async def test_the_door_measures_devices_and_the_line(
    app: Process, profile: Profile, room_id: str
) -> None:
    context = await profile()
    await sign_in(context, app, "village1")
    page = await context.new_page()
    await page.goto(f"{app.url}/test-check")
    await expect(page.locator("#check-camera")).to_have_attribute("data-state", "ok")
    await expect(page.locator("#check-microphone")).to_have_attribute("data-state", "ok")
    await expect(page.locator("#check-network")).to_have_attribute(
        "data-state", "ok", timeout=40_000
    )
    await expect(page.locator("#check-network")).to_contain_text("毫秒")
    await page.locator("[data-door-tone]").click()
    await page.get_by_role("button", name="听得到").click()
    await expect(page.locator("#check-speaker")).to_have_attribute("data-state", "ok")
    await expect(page.get_by_test_id("join")).to_be_hidden()
