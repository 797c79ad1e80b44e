"""Real participants for the media node's tests: aiortc connections behind the control protocol."""

import asyncio
import contextlib
import itertools
import math
from array import array
from collections import defaultdict
from fractions import Fraction
from typing import Any

import aiohttp
import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

# 440 Hz for 20 ms is 8.8 periods: a click per frame, which no test minds
TONE = array(
    "h", (int(8000 * math.sin(n * 440 * 2 * math.pi / 48000)) for n in range(960))
).tobytes()

SECRET = "a-secret-for-the-tests"


class CallFailed(Exception):
    """The node answered `ok: false`."""

    def __init__(self, reply: dict[str, Any]) -> None:
        super().__init__(f"{reply['code']}: {reply['detail']}")
        self.code = reply["code"]


class Caller:
    """One app process's control connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.pushes: list[dict[str, Any]] = []
        self.offers: dict[str, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)
        self._arrived = asyncio.Condition()
        self._numbers = itertools.count(1)
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for frame in self.socket:
            message = frame.json()
            if "on" in message:
                self.pushes.append(message)
                if message["on"] == "offer":
                    self.offers[message["session"]].put_nowait(message)
                async with self._arrived:
                    self._arrived.notify_all()
            elif message["re"] in self._replies:
                reply = self._replies.pop(message["re"])
                if not reply.done():
                    reply.set_result(message)

    async def call(self, do: str, **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "do": do, **fields})
        answer = await asyncio.wait_for(reply, 10)
        if not answer["ok"]:
            raise CallFailed(answer)
        return answer

    async def expect(self, on: str, within: float = 10, **fields: Any) -> dict[str, Any]:
        """The first push of a kind with these fields, past or to come."""

        def found() -> dict[str, Any] | None:
            for push in self.pushes:
                if push["on"] == on and all(push.get(k) == v for k, v in fields.items()):
                    return push
            return None

        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(found)
        push = found()
        assert push is not None
        return push

    async def close(self) -> None:
        await self.socket.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader


class Picture(MediaStreamTrack):
    """Moving video, small enough to be encoded by the dozen."""

    kind = "video"

    def __init__(self, size: int = 64, rate: int = 20) -> None:
        super().__init__()
        self._size, self._rate, self._n = size, rate, 0
        self._started: float | None = None

    async def recv(self) -> av.VideoFrame:
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        await asyncio.sleep(max(0, self._started + self._n / self._rate - loop.time()))
        frame = av.VideoFrame(self._size, self._size, "yuv420p")
        for plane, value in zip(frame.planes, (self._n * 8 % 256, 128, 128), strict=True):
            row = bytes((value + x * 4) % 256 if value != 128 else 128 for x in range(plane.width))
            padding = bytes(plane.line_size - plane.width)
            plane.update((row + padding) * plane.height)
        frame.pts, frame.time_base = self._n * (90000 // self._rate), Fraction(1, 90000)
        self._n += 1
        return frame


class Tone(MediaStreamTrack):
    """A tone in 20 ms frames."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._n = 0
        self._started: float | None = None

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        await asyncio.sleep(max(0, self._started + self._n * 0.02 - loop.time()))
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(TONE)
        frame.sample_rate = 48000
        frame.pts, frame.time_base = self._n * 960, Fraction(1, 48000)
        self._n += 1
        return frame


def connection() -> RTCPeerConnection:
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


class Heard:
    """A remote track, decoded frame by frame."""

    def __init__(self, track: MediaStreamTrack) -> None:
        self.track = track
        self.frames = 0
        self._arrived = asyncio.Condition()
        self.task = asyncio.create_task(self._receive())

    async def _receive(self) -> None:
        with contextlib.suppress(Exception):
            while True:
                await self.track.recv()
                async with self._arrived:
                    self.frames += 1
                    self._arrived.notify_all()

    async def more(self, frames: int = 5, within: float = 15) -> None:
        """Wait until that many more frames are decoded."""
        goal = self.frames + frames
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: self.frames >= goal)


class Participant:
    """A browser's part: one publish and one subscribe connection for one seat."""

    def __init__(self, caller: Caller, room: str, seat: str, session: str = "") -> None:
        self.caller = caller
        self.where = {"room": room, "seat": seat, "session": session or f"{seat}-1"}
        self.publishing: RTCPeerConnection | None = None
        self.subscribing: RTCPeerConnection | None = None
        self.connection = 0
        self.offers: list[dict[str, Any]] = []
        self.seen_at: tuple[int, int] | None = None  # the node's port, and the one to use for it
        self.heard: dict[str, Heard] = {}  # by mid
        self.sources: dict[str, str] = {}
        self._follower: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()

    async def enter(self, **fields: Any) -> dict[str, Any]:
        reply = await self.caller.call("enter", **self.where, **fields)
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow())
        return reply

    async def publish(
        self,
        codec: str = "VP8",
        camera: bool = True,
        microphone: bool = True,
        names: list[str] | None = None,
    ) -> None:
        pc = self.publishing = connection()
        tracks = []
        if microphone:
            pc.addTransceiver(Tone(), "sendonly")
            tracks.append("microphone")
        if camera:
            transceiver = pc.addTransceiver(Picture(), "sendonly")
            capabilities = RTCRtpSender.getCapabilities("video").codecs
            wanted = (f"video/{codec}", "video/rtx")
            transceiver.setCodecPreferences([c for c in capabilities if c.mimeType in wanted])
            tracks.append("camera")
        await self.offer(names or tracks)

    async def offer(self, tracks: list[str]) -> dict[str, Any]:
        pc = self.publishing
        assert pc is not None
        await pc.setLocalDescription(await pc.createOffer())
        mids = [t.mid for t in pc.getTransceivers()]
        self.sources = dict(zip(mids, tracks, strict=True))
        reply = await self.caller.call(
            "publish", **self.where, sdp=pc.localDescription.sdp, sources=self.sources
        )
        await pc.setRemoteDescription(RTCSessionDescription(self._seen(reply["sdp"]), "answer"))
        return reply

    def _seen(self, sdp: str) -> str:
        if self.seen_at is None:
            return sdp
        return sdp.replace(f" {self.seen_at[0]} typ", f" {self.seen_at[1]} typ")

    async def _follow(self) -> None:
        while True:
            offer = await self.caller.offers[self.where["session"]].get()
            await self._apply(offer)

    async def _apply(self, offer: dict[str, Any]) -> None:
        if offer["connection"] != self.connection:
            if self.subscribing is not None:
                await self.subscribing.close()
            self.subscribing = connection()
            self.connection = offer["connection"]
            self.heard.clear()
            self.subscribing.on("track", self._on_track)
        pc = self.subscribing
        assert pc is not None
        await pc.setRemoteDescription(RTCSessionDescription(self._seen(offer["sdp"]), "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        await self.caller.call(
            "answer", **self.where, revision=offer["revision"], sdp=pc.localDescription.sdp
        )
        async with self._changed:
            self.offers.append(offer)
            self._changed.notify_all()

    def _on_track(self, track: MediaStreamTrack) -> None:
        assert self.subscribing is not None
        mid = next(t.mid for t in self.subscribing.getTransceivers() if t.receiver.track is track)
        self.heard[mid] = Heard(track)

    def hears(self, seat: str, source: str) -> Heard | None:
        if not self.offers:
            return None
        for track in self.offers[-1]["tracks"]:
            if (track["seat"], track["source"]) == (seat, source):
                return self.heard.get(track["mid"])
        return None

    async def track(self, seat: str, source: str, within: float = 10) -> Heard:
        """The track of another seat, as soon as it is offered."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: self.hears(seat, source))
        heard = self.hears(seat, source)
        assert heard is not None
        return heard

    async def revision(self, number: int, within: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(
                lambda: self.offers and self.offers[-1]["revision"] >= number
            )
        return self.offers[-1]

    async def vanish(self) -> None:
        """Close the connections without a word on the control channel."""
        while self._follower is not None and not self._follower.done():
            self._follower.cancel()  # aiortc swallows it while it applies a description
            await asyncio.wait({self._follower}, timeout=0.1)
        for heard in self.heard.values():
            heard.task.cancel()
        for pc in (self.publishing, self.subscribing):
            if pc is not None:
                await pc.close()

    async def leave(self) -> None:
        await self.caller.call("leave", **self.where)
        await self.vanish()
