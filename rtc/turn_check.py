"""Whether people whose network stops everything else really get through: every relay, tried.

For each address of each configured TURN server: an allocation with the credentials a browser would
get, then packets through it to the media node and back. A node that cannot be asked is replaced by
a second relay on the same server, to which the first one speaks.
"""

import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from aioice import stun
from aiortc import RTCPeerConnection
from aiortc.sdp import SessionDescription

from rtc.nodes import MediaNode
from rtc.turn import Credentials, Relays, sign
from rtc.turn_client import Allocation, Cause, RelayProblem, RelayUrl, allocation

WHO: Final = "turn-check"
ROUNDS: Final = 5
ANSWER_S: Final = 1.0
YEARS: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one address of one URL. `cause` is None when it is fit for use.

    `forwarded` tells what answered through the relay: `node`, `itself`, or nothing (empty).
    """

    url: RelayUrl
    address: str = ""
    cause: Cause | None = None
    said: str = ""
    relayed: str = ""
    round_trip_ms: float | None = None
    forwarded: str = ""
    certificate_ends: datetime | None = None

    @property
    def family(self) -> str:
        """Of the address that was tried."""
        return "IPv6" if ":" in self.address else "IPv4"

    @property
    def relayed_family(self) -> str:
        """Of the address under which the media node sees the relay."""
        return "IPv6" if ":" in self.relayed else "IPv4"


@dataclass(frozen=True, slots=True)
class NodeDoor:
    """Where a media node answers, and with which words: of a seat in a throw-away room."""

    addresses: Sequence[tuple[str, int]]
    ufrag: str
    password: str

    def knock(self) -> bytes:
        """An ICE connectivity check (RFC 8445 section 7.2), which the node answers."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.ufrag}:check"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.add_message_integrity(self.password.encode())
        return bytes(request)


@asynccontextmanager
async def node_door(node: MediaNode) -> AsyncIterator[NodeDoor]:
    """Take a seat on the node for a while. Raises Problem."""
    where: dict[str, Any] = {
        "room": str(uuid4()),
        "seat": str(uuid4()),
        "session": uuid4().hex,
    }
    await node.enter(**where, rights=frozenset({"publish"}))
    try:
        peer = RTCPeerConnection()
        peer.addTransceiver("audio", direction="sendonly")
        offer = (await peer.createOffer()).sdp
        published = await node.publish(**where, sdp=offer, sources={"0": "microphone"})
        await peer.close()
        media = SessionDescription.parse(published.sdp).media[0]
        yield NodeDoor(
            [(found.ip, found.port) for found in media.ice_candidates],
            getattr(media.ice, "usernameFragment", ""),
            getattr(media.ice, "password", ""),
        )
    finally:
        await node.leave(**where)


async def check(relays: Relays, url: str, door: NodeDoor | None) -> list[Finding]:
    """Every address of one URL."""
    try:
        parsed = RelayUrl.parse(url)
    except RelayProblem as problem:
        return [Finding(RelayUrl(url, "", 0, ""), cause=problem.cause, said=problem.said)]
    try:
        addresses = await parsed.addresses()
    except RelayProblem as problem:
        return [Finding(parsed, cause=problem.cause, said=problem.said)]
    return [await _check_address(relays, parsed, address, door) for address in addresses]


async def _check_address(
    relays: Relays, url: RelayUrl, address: str, door: NodeDoor | None
) -> Finding:
    finding = Finding(url, address)
    try:
        async with allocation(url, address, _signed(relays, relays.lifetime)) as relay:
            found = replace(
                finding,
                relayed=relay.address[0],
                certificate_ends=relay.certificate_ends,
            )
            return await _forwarded(found, relays, relay, door)
    except RelayProblem as problem:
        cause = problem.cause
        if cause == Cause.UNAUTHORIZED:
            cause = await _why_unauthorized(relays, url, address)
        return replace(finding, cause=cause, said=problem.said)


def _signed(relays: Relays, lifetime: timedelta) -> Credentials:
    return sign(relays.secret, WHO, lifetime)


async def _why_unauthorized(relays: Relays, url: RelayUrl, address: str) -> Cause:
    """A server whose clock is ahead takes credentials for years, and none for minutes."""
    try:
        async with allocation(url, address, _signed(relays, YEARS)):
            return Cause.CLOCK
    except RelayProblem as problem:
        return Cause.SECRET if problem.cause == Cause.UNAUTHORIZED else problem.cause


async def _forwarded(
    finding: Finding, relays: Relays, relay: Allocation, door: NodeDoor | None
) -> Finding:
    family = ":" in relay.address[0]
    peers = [peer for peer in door.addresses if (":" in peer[0]) == family] if door else []
    if door is not None and not peers:
        return replace(finding, cause=Cause.NO_DATA, said=f"no {finding.relayed_family} node")
    if door is None:
        return await _to_itself(finding, relays, relay)
    problem = RelayProblem(Cause.NO_DATA)
    for peer in peers:
        try:
            took = await _round_trips(relay, peer, door.knock, relay)
        except RelayProblem as refused:
            problem = refused
        else:
            return replace(finding, round_trip_ms=took, forwarded="node")
    raise problem


async def _to_itself(finding: Finding, relays: Relays, relay: Allocation) -> Finding:
    """Two relays of one server; a server that allows only the node refuses, and rightly so."""
    signed = _signed(relays, relays.lifetime)
    try:
        async with allocation(finding.url, finding.address, signed) as other:
            await other.send(b"", relay.address)  # lets the answers in
            took = await _round_trips(relay, other.address, lambda: b"doorstep", other)
            return replace(finding, round_trip_ms=took, forwarded="itself")
    except RelayProblem as problem:
        if problem.cause == Cause.PEER_FORBIDDEN:
            return finding
        raise


async def _round_trips(
    relay: Allocation,
    peer: tuple[str, int],
    knock: Callable[[], bytes],
    hears: Allocation,
) -> float:
    """The middle of several, in ms. Raises RelayProblem `no_data`."""
    took: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await relay.send(knock(), peer)
        with suppress(TimeoutError):
            await hears.receive(ANSWER_S)
            took.append((time.perf_counter() - began) * 1000)
    if not took:
        raise RelayProblem(Cause.NO_DATA, f"{peer[0]}:{peer[1]}")
    return statistics.median(took)
