"""A clinic's firewall lets little out: the call finds a way by itself, through a real coturn."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.paths import paths, watch
from tests.browser.people import Person
from tests.plumbing.coturn import SECRET, Coturn, new_coturn, running
from tests.plumbing.hosts import Host, Village
from tests.plumbing.lines import sh
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

JOINED_WITHIN_S = 30.0  # on a busy machine; a second on an idle one


@pytest.fixture
async def relay(village: Village, tmp_path: Path) -> AsyncIterator[Coturn]:
    """coturn as in production on a host of its own, with the ports that are told to firewalls."""
    host = await village.host("turn")
    folder = tmp_path / "coturn"
    folder.mkdir()
    coturn = new_coturn(
        folder,
        addresses=host.addresses,
        prefix=host.command([]),
        loopback_peers=False,
        port=3478,
        tls_port=443,
        peers=village.county.addresses,
    )
    village.flags.append(coturn.browser_flag)
    async with running(coturn):
        yield coturn


async def forbid(village: Village, clinic: Host, *rules: str) -> None:
    """A firewall before the clinic that drops what matches, without a word."""
    table = f"inet firewall{clinic.number}"
    words = [f"add table {table}"]
    words += [f"add chain {table} out {{ type filter hook forward priority 10; }}"]
    words += [f"add rule {table} out iifname v{clinic.number} {rule} drop" for rule in rules]
    await sh("ip", "netns", "exec", village.router, "nft", "; ".join(words))


async def test_everybody_gets_through_their_own_firewall(
    village: Village, village_rooms: Rooms, relay: Coturn, room_id: str
) -> None:
    """No UDP; nothing but the web's port; UDP on IPv6 alone. Three ways into one room."""
    await village_rooms.start_node(MEDIA_PUBLIC_IP=",".join(village.county.addresses))
    six = relay.addresses[1]
    urls = [relay.url("udp"), relay.url("tcp"), relay.url("tls", six)]
    app = await village_rooms.start_app(TURN_URLS=",".join(urls), TURN_SECRET=SECRET)
    rules = {
        "zhou": ["meta l4proto udp", "tcp dport 443"],
        "chen": ["meta l4proto udp", "tcp dport 3478"],
        "li": ["meta nfproto ipv4 meta l4proto udp", "tcp dport { 443, 3478 }"],
    }
    people = {}
    for who, closed in rules.items():
        clinic = await village.clinic(who)
        await forbid(village, clinic, *closed)
        people[who] = await Person(await watch(await village.profile(clinic)), who).open(
            app, room_id
        )
    began = time.monotonic()
    for person in people.values():
        await person.by("join").click()
        await expect(person.by("participant-list")).to_contain_text("(我)", timeout=30_000)
    for person in people.values():
        for other in people.values():
            if other is not person:
                await person.sees(other)
    took = time.monotonic() - began
    assert took < JOINED_WITHIN_S, f"{took:.1f} s until all three saw one another"

    def way(path: dict[str, str]) -> tuple[str, str, str]:
        return path["kind"], path["relay"], path["url"]

    sides = {who: await paths(person.page) for who, person in people.items()}
    assert [len(found) for found in sides.values()] == [2, 2, 2]  # publish and subscribe
    assert {way(path) for path in sides["zhou"]} == {("relay", "tcp", urls[1])}
    assert {way(path) for path in sides["chen"]} == {("relay", "tls", urls[2])}
    assert all(path["relay"] == "" and ":" in path["node"] for path in sides["li"]), sides["li"]


async def rates(figures: Locator) -> tuple[int, int]:
    """Kilobits a second up and down, as the page says them."""
    up, down = re.findall(r"(\d+) 千比特", await figures.inner_text())
    return int(up), int(down)


async def test_the_door_tells_the_way_and_what_it_bears(
    village: Village,
    village_rooms: Rooms,
    relay: Coturn,
    room_id: str,
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    """Straight and fast; by the relay and slow; nothing at all: then there is writing."""
    await village_rooms.start_node()
    urls = relay.urls("udp", "tcp")  # with TLS too, either may be the first
    app = await village_rooms.start_app(TURN_URLS=urls, TURN_SECRET=SECRET)
    clinic = await village.clinic("shimen")
    person = await Person(await village.profile(clinic), "zhou").open(app, room_id)
    network, figures = person.page.locator("#check-network"), person.by("line-figures")
    again = person.page.get_by_role("button", name="重新检查")

    await expect(figures).to_contain_text("走法:直连", timeout=60_000)
    up, down = await rates(figures)
    assert up > 400, "more than the slow line below can carry"

    await clinic.line.set(udp=False, up_kbit=400, down_kbit=1500)
    await person.page.reload()
    await expect(figures).to_contain_text("走法:经中继(TCP)", timeout=90_000)
    up, down = await rates(figures)
    assert 60 <= up <= 480, await figures.inner_text()
    assert down > up / 2, "nothing holds it back; a busy machine may"
    await screenshot(person.page, "door-relayed")

    await forbid(village, clinic, "tcp dport { 443, 3478 }")
    await person.page.reload()
    await expect(network).to_contain_text("声音和画面过不去", timeout=90_000)
    await expect(again).to_be_visible()
    await screenshot(person.page, "door-nothing")
    await person.page.get_by_role("button", name="先进去打字").click()
    await expect(person.by("participant-list")).to_contain_text("(我)", timeout=30_000)
