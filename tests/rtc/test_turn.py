"""Relay credentials, and coturn as it is deployed: who gets a relay, and whom it may speak to."""

import asyncio
import base64
import hashlib
import hmac
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rtc.turn import LIFETIME, Credentials, Relays, sign
from rtc.turn_client import Cause, RelayProblem, RelayUrl, allocation
from tests.plumbing.clocks import HeldClock
from tests.plumbing.coturn import SECRET, Coturn, new_coturn, running

URLS = ["turn:turn.example:3478?transport=udp", "turns:turn.example:443?transport=tcp"]


def test_credentials_expire_within_minutes_and_are_signed(clock: HeldClock) -> None:
    offer = Relays(URLS, "shared secret").offer(UUID(int=7))
    (server,) = offer["ice_servers"]
    expires, seat = server["username"].split(":")
    assert int(expires) == int((clock() + LIFETIME).timestamp())
    assert timedelta(minutes=1) <= LIFETIME <= timedelta(minutes=15)
    assert offer["ice_lifetime_s"] == LIFETIME.total_seconds()
    assert seat == str(UUID(int=7))
    expected = hmac.new(b"shared secret", server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected
    assert server["urls"] == URLS


def test_without_turn_there_is_nothing_to_tell() -> None:
    assert Relays([], "secret").offer(UUID(int=7))["ice_servers"] == []
    assert Relays(URLS, "").offer(UUID(int=7))["ice_servers"] == []


@pytest.mark.parametrize(
    ("text", "host", "port", "transport"),
    [
        ("turn:turn.example", "turn.example", 3478, "udp"),
        ("turn:192.0.2.1:3479?transport=tcp", "192.0.2.1", 3479, "tcp"),
        ("turns:turn.example:443?transport=tcp", "turn.example", 443, "tls"),
        ("turns:turn.example", "turn.example", 5349, "tls"),
        ("turn:[2001:db8::1]:3478?transport=udp", "2001:db8::1", 3478, "udp"),
    ],
)
def test_urls_are_read_as_browsers_read_them(
    text: str, host: str, port: int, transport: str
) -> None:
    """RFC 7065 section 3."""
    found = RelayUrl.parse(text)
    assert (found.host, found.port, found.transport) == (host, port, transport)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stun:a.example",
        "turn:",
        "turn:a:0",
        "turn:a:70000",
        "turn:a/b",
        "turns:a?transport=udp",
    ],
)
def test_what_is_no_relay_is_refused(text: str) -> None:
    with pytest.raises(RelayProblem) as caught:
        RelayUrl.parse(text)
    assert caught.value.cause == Cause.URL


class Echo(asyncio.DatagramProtocol):
    """Sends back what it gets."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)


@pytest.fixture
async def echo() -> AsyncIterator[tuple[str, int]]:
    """In the place of the media node, whose address is the only one allowed."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    yield host, port
    transport.close()


@pytest.fixture
def trusting(coturn: Coturn, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a browser that knows the authority of the relay's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(coturn.authority.file))


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
async def test_data_passes_the_relay(
    coturn: Coturn, echo: tuple[str, int], transport: str, address: str
) -> None:
    url = RelayUrl.parse(coturn.url(transport, address))
    async with allocation(url, address, sign(SECRET, "somebody", LIFETIME)) as relay:
        await relay.send(b"hello", echo)
        assert await relay.receive(5) == b"hello"


async def test_a_running_relay_outlives_its_credentials(
    coturn: Coturn, echo: tuple[str, int]
) -> None:
    """So minutes are enough: a call of hours is not cut off, and a stolen pair is worthless."""
    url = RelayUrl.parse(coturn.url("udp"))
    brief = sign(SECRET, "somebody", timedelta(seconds=2))
    async with allocation(url, "127.0.0.1", brief) as relay:
        assert await _until_refused(url, brief) == Cause.UNAUTHORIZED
        assert await relay.refresh() > 0
        await relay.send(b"still here", echo)  # a new permission, too
        assert await relay.receive(5) == b"still here"


async def _until_refused(url: RelayUrl, credentials: Credentials) -> Cause:
    async with asyncio.timeout(30):
        while True:
            try:
                async with allocation(url, "127.0.0.1", credentials):
                    await asyncio.sleep(0.2)
            except RelayProblem as problem:
                return problem.cause


ELSEWHERE = (
    "10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 8.8.8.8 127.0.0.2 0.0.0.0 224.0.0.1"
)


async def test_it_is_no_open_relay(coturn: Coturn) -> None:
    """Neither into the hospital's network nor out to the world."""
    url = RelayUrl.parse(coturn.url("udp"))
    async with allocation(url, "127.0.0.1", sign(SECRET, "somebody", LIFETIME)) as relay:
        for peer in ELSEWHERE.split():
            with pytest.raises(RelayProblem) as caught:
                await relay.send(b"let me in", (peer, 53))
            assert caught.value.cause == Cause.PEER_FORBIDDEN, peer


async def test_in_production_loopback_is_no_peer(tmp_path: Path, echo: tuple[str, int]) -> None:
    """Not even where its address is that of the media node."""
    async with running(new_coturn(tmp_path, loopback_peers=False)) as coturn:
        url = RelayUrl.parse(coturn.url("udp"))
        async with allocation(url, "127.0.0.1", sign(SECRET, "somebody", LIFETIME)) as relay:
            with pytest.raises(RelayProblem) as caught:
                await relay.send(b"let me in", echo)
    assert caught.value.cause == Cause.PEER_FORBIDDEN


@pytest.mark.usefixtures("trusting")
async def test_a_renewed_certificate_is_taken_up(coturn: Coturn, tmp_path: Path) -> None:
    url = RelayUrl.parse(coturn.url("tls"))
    signed = sign(SECRET, "somebody", LIFETIME)
    async with allocation(url, "127.0.0.1", signed) as relay:
        first = relay.certificate_ends
    renewed = coturn.authority.issue(tmp_path, "127.0.0.1", "localhost", days=20)
    for new, old in zip(reversed(renewed), reversed(coturn.certificate), strict=True):
        shutil.copy(new, old)
    async with asyncio.timeout(30):
        while True:
            async with allocation(url, "127.0.0.1", signed) as relay:
                if relay.certificate_ends != first:
                    break
            await asyncio.sleep(0.2)


async def test_a_person_gets_so_many_relays_and_no_more(coturn: Coturn) -> None:
    """Two connections by three transports by two families and some that linger, not hundreds."""
    url = RelayUrl.parse(coturn.url("udp"))
    held = []
    with pytest.raises(RelayProblem) as caught:
        for _ in range(61):
            held.append(allocation(url, "127.0.0.1", sign(SECRET, "greedy", LIFETIME)))
            await held[-1].__aenter__()
    assert caught.value.cause == Cause.QUOTA
    assert len(held) == 61
    async with allocation(url, "127.0.0.1", sign(SECRET, "modest", LIFETIME)):
        pass
    for relay in held[:-1]:
        await relay.__aexit__(None, None, None)
