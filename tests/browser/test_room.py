"""Doctors in one room, in real Chromium, through real app processes and real media nodes."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Process, Rooms

pytestmark = pytest.mark.browser

Meet = Callable[..., Awaitable[list[Person]]]


@pytest.fixture
async def app(rooms: Rooms) -> Process:
    """One app process with one node."""
    await rooms.start_node()
    return await rooms.start_app()


@pytest.fixture
def meet(app: Process, profile: Profile, room_id: str) -> Meet:
    """`await meet("zhou", "chen")`: people who have entered the room."""

    async def enter(*who: str) -> list[Person]:
        people = [Person(await profile(), name) for name in who]
        await asyncio.gather(*(person.join(app, room_id) for person in people))
        return people

    return enter


async def test_three_doctors_see_one_another(meet: Meet) -> None:
    people = await meet("zhou", "chen", "li")
    for person in people:
        for other in people:
            if other is not person:
                await person.sees(other)
        await expect(person.by("remote-video")).to_have_count(2)
        await expect(person.page.locator("[data-room-count]")).to_have_text("3 人在场")
        await expect(person.by("connection-quality")).to_have_attribute("data-level", "4")


async def test_what_one_of_two_does_is_seen_by_the_other(
    meet: Meet, app: Process, room_id: str
) -> None:
    """One after the other in one room: to enter costs more than each of these."""
    zhou, chen = await meet("zhou", "chen")
    await mutes_and_switches_the_camera_off(zhou, chen)
    await shares_the_screen(zhou, chen)
    await wants_voices_only(zhou, chen)
    await reloads(zhou, chen)
    await leaves_and_comes_back(zhou, chen)
    await opens_a_second_tab(zhou, chen, app, room_id)
    await uses_the_keyboard(zhou, chen)
    await closes_the_page(zhou, chen)


async def mutes_and_switches_the_camera_off(zhou: Person, chen: Person) -> None:
    """The other sees both."""
    await chen.sees(zhou)
    tile = chen.tile_of(zhou)
    await expect(tile).to_have_attribute("data-audio", "on")
    await zhou.by("toggle-mic").click()
    await expect(tile).to_have_attribute("data-audio", "off")
    await expect(chen.by("participant-list")).to_contain_text("静音")
    await zhou.by("toggle-camera").click()
    await expect(tile).to_have_attribute("data-video", "off")
    await chen.misses(zhou)
    await zhou.by("toggle-camera").click()
    await expect(tile).to_have_attribute("data-video", "on")
    await chen.sees(zhou)
    await zhou.by("toggle-mic").click()
    await expect(tile).to_have_attribute("data-audio", "on")


async def shares_the_screen(zhou: Person, chen: Person) -> None:
    """It is large for the other; and a second time."""
    await chen.sees(zhou)
    for _ in range(2):
        await zhou.by("share-screen").click()
        await expect(zhou.by("share-screen")).to_have_attribute("data-state", "on")
        screen = chen.by("shared-screen")
        await expect(screen).to_be_visible()
        await chen.plays("shared-screen")
        await expect(chen.page.locator(".tile--main [data-testid=shared-screen]")).to_be_visible()
        await chen.sees(zhou)
        await zhou.by("share-screen").click()
        await expect(screen).to_have_count(0)


async def wants_voices_only(zhou: Person, chen: Person) -> None:
    """No pictures, both ways."""
    await chen.sees(zhou)
    await zhou.sees(chen)
    await zhou.by("audio-only").click()
    await expect(chen.tile_of(zhou)).to_have_attribute("data-video", "off")
    await zhou.misses(chen)
    await zhou.by("audio-only").click()
    await zhou.sees(chen)
    await chen.sees(zhou)


async def reloads(zhou: Person, chen: Person) -> None:
    """Back in the seat, without a device check."""
    await chen.sees(zhou)
    await zhou.page.reload()
    await zhou.sees(chen)
    await chen.sees(zhou)
    await expect(zhou.by("device-check")).to_be_hidden()
    await expect(chen.by("remote-video")).to_have_count(1)


async def leaves_and_comes_back(zhou: Person, chen: Person) -> None:
    """The other is told, and sees the picture again."""
    await chen.sees(zhou)
    await zhou.by("leave").click()
    await expect(chen.by("remote-video")).to_have_count(0)
    await expect(chen.page.locator("[data-room-alone]")).to_be_visible()
    await zhou.page.get_by_role("button", name="重新进入").click()
    await zhou.sees(chen)
    await chen.sees(zhou)


async def opens_a_second_tab(zhou: Person, chen: Person, app: Process, room_id: str) -> None:
    """It takes the seat, and gives it back."""
    await chen.sees(zhou)
    second = await Person(zhou.context, "zhou").join(app, room_id)
    cover = zhou.page.locator("[data-room-cover]")
    await expect(cover).to_contain_text("您在另一处进来了")
    await second.sees(chen)
    await chen.sees(second)
    await expect(chen.by("remote-video")).to_have_count(1)
    await cover.get_by_role("button", name="在这里继续").click()
    await zhou.sees(chen)
    await expect(second.page.locator("[data-room-cover]")).to_be_visible()
    await second.page.close()


async def uses_the_keyboard(zhou: Person, chen: Person) -> None:
    """Microphone, a pinned tile, the way out and in again."""
    await zhou.by("toggle-mic").focus()
    await zhou.page.keyboard.press("Enter")
    await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "off")
    pin = zhou.tile_of(chen).locator("[data-slot=pin]")
    await pin.focus()
    await zhou.page.keyboard.press("Space")
    await expect(pin).to_have_attribute("aria-pressed", "true")
    await expect(zhou.page.locator(".tile--main")).to_have_count(1)
    await zhou.by("leave").focus()
    await zhou.page.keyboard.press("Enter")
    await expect(zhou.page.get_by_role("button", name="重新进入")).to_be_focused()
    async with zhou.page.expect_navigation():
        await zhou.page.keyboard.press("Enter")
    await zhou.sees(chen)


async def closes_the_page(zhou: Person, chen: Person) -> None:
    """And has left at once."""
    await chen.sees(zhou)
    await zhou.page.close()
    await expect(chen.by("remote-video")).to_have_count(0, timeout=3000)


async def test_an_observer_sees_and_is_seen_but_sends_nothing(meet: Meet) -> None:
    zhou, sun = await meet("zhou", "sun")
    await sun.sees(zhou)
    await expect(zhou.by("participant-list")).to_contain_text("旁听")
    await expect(zhou.tile_of(sun)).to_contain_text("旁听")
    await expect(sun.by("toggle-mic")).to_be_disabled()
    await expect(sun.by("share-screen")).to_be_disabled()
    await expect(sun.by("toggle-recording")).to_be_hidden()
    assert await zhou.frames(sun) == 0


async def test_without_permission_one_may_listen(
    profile: Profile, meet: Meet, app: Process, room_id: str
) -> None:
    (zhou,) = await meet("zhou")
    context = await profile()
    await context.add_init_script(
        "if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('no', 'NotAllowedError'); };"
    )
    chen = await Person(context, "chen").open(app, room_id)
    await expect(chen.page.locator("#check-camera")).to_contain_text("浏览器不让用摄像头")
    await expect(chen.page.locator("#check-microphone")).to_have_attribute("data-state", "wrong")
    await chen.by("join").click()
    await chen.sees(zhou)
    await expect(chen.page.locator("[data-room-word]")).to_contain_text("浏览器不让用麦克风")
    await expect(zhou.tile_of(chen)).to_have_attribute("data-audio", "off")


async def test_a_camera_in_use_elsewhere_leaves_the_voice(
    profile: Profile, meet: Meet, app: Process, room_id: str
) -> None:
    (zhou,) = await meet("zhou")
    context = await profile()
    await context.add_init_script(
        "const real = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);"
        "if (real) navigator.mediaDevices.getUserMedia = async wanted => {"
        " if (wanted.video) throw new DOMException('busy', 'NotReadableError');"
        " return real(wanted); };"
    )
    chen = await Person(context, "chen").open(app, room_id)
    await expect(chen.page.locator("#check-camera")).to_contain_text("被别的程序占着")
    await chen.by("join").click()
    await chen.sees(zhou)
    await expect(zhou.tile_of(chen)).to_have_attribute("data-audio", "on")
    await expect(zhou.tile_of(chen)).to_have_attribute("data-video", "off")


async def test_the_end_reaches_everybody(meet: Meet, app: Process, room_id: str) -> None:
    people = await meet("zhou", "chen")
    await people[0].context.request.post(f"{app.url}/test-rooms/{room_id}/end")
    for person in people:
        await expect(person.page.locator("[data-room-cover]")).to_contain_text("会诊已结束")
    await people[0].page.reload()
    await people[0].by("join").click()
    await expect(people[0].page.locator("[data-room-cover]")).to_contain_text("会诊已结束")


async def test_door_and_room_are_accessible(
    profile: Profile,
    app: Process,
    room_id: str,
    meet: Meet,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    chen = await Person(await profile(), "chen").open(app, room_id)
    await expect(chen.page.locator("#check-camera")).to_have_attribute("data-state", "ok")
    await accessible(chen.page)
    await screenshot(chen.page, "door")
    zhou, li = await meet("zhou", "li")
    await zhou.sees(li)
    await li.by("toggle-recording").click()
    await expect(zhou.page.locator("[data-room-ask]")).to_be_visible()
    await accessible(zhou.page)
    await screenshot(zhou.page, "room")
    await zhou.by("leave").click()
    await accessible(zhou.page)
