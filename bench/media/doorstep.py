"""Ours: a media node (`python -m rtc`) of its own, spoken to on its control WebSocket."""

import asyncio
import itertools
import json
import secrets
import sys
from collections.abc import Mapping
from typing import Any

from bench.machine import own_address
from bench.media.server import AnswerOffer, Started, free_port

Key = tuple[str, str]


class Doorstep(Started):
    """One media node and one control connection for all rooms."""

    name = "doorstep"

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        super().__init__("node")
        self._settings = settings or {}
        self._secret = secrets.token_urlsafe(32)
        self._url = f"http://127.0.0.1:{free_port()}"
        self._calls = itertools.count(1)
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._offers: dict[Key, asyncio.Queue[dict[str, Any]]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """End the node and forget its recordings."""
        if self._listener is not None:
            self._listener.cancel()
            await self._control.close()
        await super().stop()

    async def _come_up(self) -> None:
        await self.launch(
            [sys.executable, "-m", "rtc"],
            {
                "MEDIA_CONTROL_HOST": "127.0.0.1",
                "MEDIA_CONTROL_PORT": self._url.rsplit(":", 1)[1],
                "MEDIA_SECRET": self._secret,
                "MEDIA_UDP_PORT": "0",
                "MEDIA_PUBLIC_IP": own_address(),
                "MEDIA_RECORDINGS": str(self.folder),
                **self._settings,
            },
        )
        await self.until(self._serves)
        self._listener = asyncio.create_task(self._listen())

    async def _serves(self) -> bool:
        self._control = await self.http.ws_connect(
            f"{self._url}/control",
            headers={"Authorization": f"Bearer {self._secret}"},
            max_msg_size=0,
        )
        return True

    async def publish(self, room: str, seat: str, offer: str) -> str:
        """Publish microphone and camera."""
        reply = await self._call(
            "publish",
            room=room,
            seat=seat,
            session=f"s-{seat}",
            sdp=offer,
            sources={"0": "microphone", "1": "camera"},
        )
        return str(reply["sdp"])

    async def enter(self, room: str, seat: str) -> None:
        """Take the seat, with both rights."""
        self._offers.setdefault((room, seat), asyncio.Queue())
        await self._call(
            "enter",
            room=room,
            seat=seat,
            session=f"s-{seat}",
            rights=["publish", "subscribe"],
            label=seat,
        )

    async def subscribe(self, room: str, seat: str, tracks: int, answer: AnswerOffer) -> None:
        """Answer each offer as it comes, until all tracks are in one."""
        while True:
            offer = await self.offer(room, seat)
            await self._call(
                "answer",
                room=room,
                seat=seat,
                session=f"s-{seat}",
                revision=offer["revision"],
                sdp=await answer(offer["sdp"]),
            )
            if len(offer["tracks"]) >= tracks:
                return

    async def leave(self, room: str, seat: str) -> None:
        """Give the seat up."""
        await self._call("leave", room=room, seat=seat, session=f"s-{seat}")

    async def stats(self) -> dict[str, Any]:
        """The node's own counters."""
        found: dict[str, Any] = (await self._call("stats"))["node"]
        return found

    async def offer(self, room: str, seat: str) -> dict[str, Any]:
        """The next subscribe offer."""
        return await asyncio.wait_for(self._offers[room, seat].get(), 20)

    async def record(self, room: str, *, on: bool) -> list[int]:
        """Start or stop; a stop answers with one file for each publisher."""
        reply = await self._call("record", room=room, recording=f"r-{room}", on=on)
        return [int(file["bytes"]) for file in reply["files"]]

    async def _call(self, do: str, **fields: Any) -> dict[str, Any]:
        number = next(self._calls)
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        await self._control.send_str(json.dumps({"id": number, "do": do, **fields}))
        answer: dict[str, Any] = await asyncio.wait_for(reply, 20)
        if not answer["ok"]:
            raise RuntimeError(f"{do}: {answer['code']}: {answer['detail']}")
        return answer

    async def _listen(self) -> None:
        async for message in self._control:
            said = json.loads(message.data)
            if "re" in said:
                if said["re"] in self._replies:
                    self._replies.pop(said["re"]).set_result(said)
            elif said["on"] == "offer":
                key = said["room"], said["seat"]
                self._offers.setdefault(key, asyncio.Queue()).put_nowait(said)
