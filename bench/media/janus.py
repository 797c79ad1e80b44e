"""The peer: Debian's Janus with the VideoRoom plugin, driven over its HTTP API."""

import asyncio
import secrets
import shutil
from pathlib import Path
from typing import Any

import aiohttp

from bench.machine import own_address
from bench.media.server import AnswerOffer, Started, free_port
from bench.plan import Unavailable

_LIBRARIES = "/usr/lib/*/janus"
_VIDEOROOM = "libjanus_videoroom.so"
_HTTP = "libjanus_http.so"


class Janus(Started):
    """One Janus process. `event_loops` 0 is Debian's default: a thread for every connection."""

    def __init__(self, event_loops: int = 0) -> None:
        super().__init__("janus")
        self.name = "janus" if not event_loops else f"janus event_loops={event_loops}"
        self._event_loops = event_loops
        self._base = f"http://127.0.0.1:{free_port()}/janus"
        self._seats: dict[tuple[str, str], _Seat] = {}
        self._feeds: dict[str, dict[str, int]] = {}
        self._rooms: dict[str, asyncio.Task[None]] = {}

    async def stop(self) -> None:
        """End the process and the long polls."""
        for seat in self._seats.values():
            seat.poll.cancel()
        await super().stop()

    async def _come_up(self) -> None:
        program = shutil.which("janus")
        if program is None:
            raise Unavailable("janus is not installed (apt-get install janus)")
        if own_address() == "127.0.0.1":
            raise Unavailable("janus gathers no candidates on a machine with only 127.0.0.1")
        self._configure(self.folder)
        await self.launch([program, "-F", str(self.folder)])
        await self.until(self._serves)

    async def _serves(self) -> bool:
        async with self.http.get(f"{self._base}/info") as response:
            return response.status == 200

    async def enter(self, room: str, seat: str) -> None:
        """Open a Janus session for the participant; the first one makes the room."""
        self._seats[room, seat] = await _Seat.open(self.http, self._base)
        if room not in self._rooms:
            self._rooms[room] = asyncio.create_task(self._create_room(room, seat))
        await self._rooms[room]

    async def leave(self, room: str, seat: str) -> None:
        """End the session and with it its handles."""
        self._feeds[room].pop(seat, None)
        await self._seats.pop((room, seat)).close()

    async def publish(self, room: str, seat: str, offer: str) -> str:
        """Join as a publisher, then publish."""
        here = self._seats[room, seat]
        handle = await here.attach()
        joined = await here.say(
            handle, {"request": "join", "ptype": "publisher", "room": int(room), "display": seat}
        )
        self._feeds.setdefault(room, {})[seat] = joined["plugindata"]["data"]["id"]
        event = await here.say(
            handle, {"request": "publish"}, {"type": "offer", "sdp": offer}, jsep_wanted=True
        )
        return str(event["jsep"]["sdp"])

    async def subscribe(self, room: str, seat: str, tracks: int, answer: AnswerOffer) -> None:
        """One multistream subscription to everybody else."""
        here = self._seats[room, seat]
        handle = await here.attach()
        streams = [{"feed": feed} for who, feed in self._feeds[room].items() if who != seat]
        event = await here.say(
            handle,
            {"request": "join", "ptype": "subscriber", "room": int(room), "streams": streams},
            jsep_wanted=True,
        )
        reply = await answer(event["jsep"]["sdp"])
        await here.say(handle, {"request": "start"}, {"type": "answer", "sdp": reply})

    async def record(self, room: str, *, on: bool) -> list[int]:
        """Raises Unavailable: Janus keeps raw dumps, which another program turns into files."""
        raise Unavailable("janus records raw dumps only, which is not comparable")

    async def _create_room(self, room: str, seat: str) -> None:
        here = self._seats[room, seat]
        handle = await here.attach()
        await here.say(
            handle,
            {
                "request": "create",
                "room": int(room),
                "publishers": 20,
                "videocodec": "vp8",
                "audiocodec": "opus",
                "bitrate": 0,
            },
        )

    def _configure(self, folder: Path) -> None:
        found = sorted(Path("/").glob(_LIBRARIES[1:]))
        if not found:
            raise Unavailable("janus has no plugins here (apt-get install janus)")
        library = found[0]
        loops = f"event_loops = {self._event_loops}\n" if self._event_loops else ""
        port = self._base.rsplit(":", 1)[1].split("/")[0]
        (folder / "janus.jcfg").write_text(
            f"""general: {{
  configs_folder = "{folder}"
  plugins_folder = "{library}/plugins"
  transports_folder = "{library}/transports"
  events_folder = "{library}/events"
  loggers_folder = "{library}/loggers"
  debug_level = 2
  {loops}}}
nat: {{ ice_enforce_list = "{own_address()}" }}
media: {{ ipv6 = false }}
plugins: {{ disable = "{_others(library / "plugins", _VIDEOROOM)}" }}
transports: {{ disable = "{_others(library / "transports", _HTTP)}" }}
loggers: {{ disable = "{_others(library / "loggers")}" }}
events: {{ broadcast = false }}
"""
        )
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
        (folder / "janus.transport.http.jcfg").write_text(
            f"""general: {{
  json = "compact"
  base_path = "/janus"
  http = true
  port = {port}
  ip = "127.0.0.1"
  https = false
}}
admin: {{ admin_http = false }}
"""
        )


def _others(folder: Path, wanted: str = "") -> str:
    return ",".join(p.name for p in sorted(folder.glob("*.so")) if p.name != wanted)


class _Seat:
    """One participant's Janus session: events arrive by long poll, sorted by handle."""

    def __init__(self, http: aiohttp.ClientSession, base: str, session: int) -> None:
        self._http, self._url = http, f"{base}/{session}"
        self._events: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self.poll = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, base: str) -> "_Seat":
        created = await _post(http, base, {"janus": "create"})
        return cls(http, base, created["data"]["id"])

    async def close(self) -> None:
        self.poll.cancel()
        await _post(self._http, self._url, {"janus": "destroy"})

    async def attach(self) -> int:
        plugin = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        handle = int((await _post(self._http, self._url, plugin))["data"]["id"])
        self._events[handle] = asyncio.Queue()
        return handle

    async def say(
        self,
        handle: int,
        body: dict[str, Any],
        jsep: dict[str, str] | None = None,
        *,
        jsep_wanted: bool = False,
    ) -> dict[str, Any]:
        """The plugin's answer, or its first event (the first with a description, if wanted)."""
        message: dict[str, Any] = {"janus": "message", "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        answer = await _post(self._http, f"{self._url}/{handle}", message)
        if answer["janus"] == "success":
            return answer
        while True:
            event = await asyncio.wait_for(self._events[handle].get(), 20)
            said = event["plugindata"]["data"]
            if "error" in said:
                raise RuntimeError(f"janus: {said['error']}")
            if "jsep" in event or (not jsep_wanted and _is_reply(body["request"], said)):
                return event

    async def _listen(self) -> None:
        while True:
            try:
                async with self._http.get(self._url, params={"maxev": "10"}) as response:
                    events = await response.json()
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
                continue
            for event in events if isinstance(events, list) else [events]:
                if event.get("janus") == "event" and event["sender"] in self._events:
                    self._events[event["sender"]].put_nowait(event)


def _is_reply(request: str, said: dict[str, Any]) -> bool:
    """Tell a reply from the notices of other people's doings."""
    if request == "join":
        return said.get("videoroom") in ("joined", "attached")
    if request == "start":
        return said.get("started") == "ok"
    return True


async def _post(http: aiohttp.ClientSession, url: str, message: dict[str, Any]) -> dict[str, Any]:
    async with http.post(url, json={**message, "transaction": secrets.token_hex(6)}) as response:
        answer: dict[str, Any] = await response.json()
    if answer["janus"] == "error":
        raise RuntimeError(f"janus: {answer['error']['reason']}")
    return answer
