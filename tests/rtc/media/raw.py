"""A participant without aiortc: bare sockets, OpenSSL, libsrtp. It may send what it likes."""

import asyncio
import struct
from typing import Any

from bench.media import sdp
from bench.media.peer import Identity, Peer
from tests.rtc.media.participants import Caller

CAMERA, MICROPHONE = 7001, 7003  # SSRCs


class Raw:
    """Seated in a room with a publish connection and, once somebody is heard, a subscribe one."""

    def __init__(self, caller: Caller, room: str, seat: str) -> None:
        self.caller = caller
        self.where = {"room": room, "seat": seat, "session": f"{seat}-raw"}
        self._identity = Identity()
        self.publishing = Peer(self._identity, "127.0.0.1")
        self.subscribing = Peer(self._identity, "127.0.0.1")
        self._sequence = 1

    async def publish(self) -> None:
        """Enter and connect."""
        await self.caller.call("enter", **self.where, rights=["publish", "subscribe"])
        offer = sdp.publish_offer(self.publishing.local, "raw", MICROPHONE, CAMERA)
        reply = await self.caller.call(
            "publish", **self.where, sdp=offer, sources={"0": "microphone", "1": "camera"}
        )
        await self.publishing.connect(sdp.parse(reply["sdp"]), offered=True)

    async def subscribe(self) -> dict[str, Any]:
        """Answer the next offer and connect."""
        offer = await asyncio.wait_for(self.caller.offers[self.where["session"]].get(), 10)
        remote = sdp.parse(offer["sdp"])
        answer = sdp.subscribe_answer(self.subscribing.local, remote)
        await self.caller.call("answer", **self.where, revision=offer["revision"], sdp=answer)
        await self.subscribing.connect(remote, offered=False)
        return offer

    def send_video(self) -> None:
        """One packet of the camera: a frame of zeros."""
        number = self._sequence & 0xFFFF
        head = struct.pack("!BBHLL", 0x80, 0x80 | sdp.VP8, number, number * 3600, CAMERA)
        self._sequence += 1
        assert self.publishing.sender is not None
        self.publishing.send(self.publishing.sender.protect(head + b"\x10\x02\x00" + bytes(60)))

    def send_rtcp(self, packet: bytes) -> None:
        """As the receiver."""
        assert self.subscribing.sender is not None
        self.subscribing.send(self.subscribing.sender.protect_rtcp(packet))

    def close(self) -> None:
        """Vanish."""
        loop = asyncio.get_running_loop()
        for peer in (self.publishing, self.subscribing):
            loop.remove_reader(peer.sock.fileno())
            peer.close()
