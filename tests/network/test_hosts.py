"""The test hosts themselves: what a line is told is what packets meet."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.browser.people import Person
from tests.plumbing.hosts import Host, Village
from tests.plumbing.rooms import Rooms

PACKETS = 1000


@asynccontextmanager
async def echo(host: Host) -> AsyncIterator[tuple[str, int]]:
    """Something that sends each datagram back."""
    listening = host.socket(kind=socket.SOCK_DGRAM)
    listening.bind((host.address, 0))
    listening.setblocking(False)
    loop = asyncio.get_running_loop()

    def back() -> None:
        data, sender = listening.recvfrom(2000)
        listening.sendto(data, sender)

    loop.add_reader(listening, back)
    yield listening.getsockname()
    loop.remove_reader(listening)
    listening.close()


async def answered(
    host: Host, there: tuple[str, int], packets: int, size: int = 64
) -> tuple[int, float]:
    """How many of the packets come back, and the median round trip in seconds."""
    asking = host.socket(kind=socket.SOCK_DGRAM)
    asking.setblocking(False)
    loop = asyncio.get_running_loop()
    trips: list[float] = []
    loop.add_reader(
        asking, lambda: trips.append(time.monotonic() - float(asking.recv(2000).split()[0]))
    )
    try:
        for _ in range(packets):
            said = f"{time.monotonic()} ".encode().ljust(size, b".")
            await loop.sock_sendto(asking, said, there)  # waits while the line is full
            await asyncio.sleep(0.0005)
        before = -1
        while len(trips) < packets and len(trips) != before:
            before = len(trips)
            await asyncio.sleep(1)
    finally:
        loop.remove_reader(asking)
        asking.close()
    return len(trips), sorted(trips)[len(trips) // 2] if trips else float("inf")


async def test_a_line_is_as_bad_as_it_is_told_to_be(village: Village) -> None:
    clinic = await village.clinic("shimen")
    async with echo(village.county) as there:
        assert (await answered(clinic, there, PACKETS))[0] == PACKETS
        await clinic.line.set(loss_up=0.3)
        came, _ = await answered(clinic, there, PACKETS)
        assert 600 < came < 800, await clinic.line.counters()  # 700, 6.9 standard deviations
        await clinic.line.set(loss_up=0, delay_ms=75, jitter_ms=20)
        came, trip = await answered(clinic, there, 200)
        assert came == 200
        assert 0.15 <= trip < 0.4
        await clinic.line.set(delay_ms=0, jitter_ms=0, down_kbit=100)
        came, _ = await answered(clinic, there, 200, size=1000)  # 2 s of the rate in 0.1 s
        assert came < 50
        await clinic.line.clear()
        await clinic.line.cut()
        assert (await answered(clinic, there, 5))[0] == 0
        await clinic.line.restore()
        before = clinic.address
        await clinic.change_address()
        assert clinic.address != before
        await clinic.line.set(loss_down=0.5)
        assert 350 < (await answered(clinic, there, PACKETS))[0] < 650
        await clinic.line.set(loss_down=0, udp=False)
        assert (await answered(clinic, there, 5))[0] == 0
    with village.county.socket(socket.AF_INET6) as listening, clinic.socket(socket.AF_INET6) as tcp:
        listening.bind((village.county.address6, 0))
        listening.listen()
        await asyncio.to_thread(tcp.connect, listening.getsockname())  # TCP, and on IPv6


@pytest.mark.browser
async def test_people_on_hosts_of_their_own_see_one_another(
    village: Village, village_rooms: Rooms, room_id: str
) -> None:
    await village_rooms.start_node()
    app = await village_rooms.start_app()
    clinics = [await village.clinic(name) for name in ("shimen", "liuhe")]
    zhou = await Person(await village.profile(clinics[0]), "zhou").join(app, room_id)
    chen = await Person(await village.profile(clinics[1]), "chen").join(app, room_id)
    await zhou.sees(chen)
    await chen.sees(zhou)
    await clinics[0].line.cut()
    await chen.misses(zhou)
    await clinics[0].line.restore()
    await chen.sees(zhou)
