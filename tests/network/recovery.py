"""What breaks a running call, and how long its picture stays away.

Shared by the tests (each fault once, within its bound) and by `python -m bench recovery` (many
times, as a table).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from tests.browser.people import Person
from tests.plumbing.hosts import Host, Village
from tests.plumbing.rooms import Process, Rooms

NETWORK_S: Final = 10.0  # from the network's return
NODE_S: Final = 5.0  # from a node's death
BACK: Final = 3  # fresh frames that count as a picture again
GIVE_UP_S: Final = 60.0
MEANWHILE_S: Final = 0.4  # frames that had arrived before a node's death are shown for so long

SAMPLER: Final = """
window.seen = {};  // seat -> Unix milliseconds of decoded frames, newest 300
window.shown = new Set();  // states of tiles and counts of people that were to be seen
const counts = new WeakMap();
setInterval(() => {
  for (const video of document.querySelectorAll("video[data-testid=remote-video]")) {
    const now = video.getVideoPlaybackQuality().totalVideoFrames;
    const fresh = now - (counts.get(video) ?? 0);
    counts.set(video, now);
    const times = (window.seen[video.dataset.participant] ??= []);
    for (let i = 0; i < Math.min(Math.max(fresh, 0), 10); i++) times.push(Date.now());
    times.splice(0, times.length - 300);
    window.shown.add(video.closest(".tile").dataset.state);
  }
  window.shown.add(document.querySelector("[data-room-count]")?.textContent);
}, 40);
"""
PEERS: Final = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    window.peers.push(this);
  }
};
"""
RECEIVED: Final = """
async () => {
  const owners = new Map();
  for (const video of document.querySelectorAll("video[data-testid=remote-video]")) {
    for (const track of video.srcObject?.getTracks() ?? []) {
      owners.set(track.id, video.dataset.participant);
    }
  }
  const sums = {};
  for (const peer of window.peers.filter(({ connectionState }) => connectionState !== "closed")) {
    for (const entry of (await peer.getStats()).values()) {
      const seat = owners.get(entry.trackIdentifier);
      if (entry.type !== "inbound-rtp" || !seat) continue;
      const sum = (sums[seat] ??= { frames: 0, concealed: 0, samples: 0 });
      if (entry.kind === "video") sum.frames += entry.framesDecoded ?? 0;
      else {
        sum.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
        sum.samples += entry.totalSamplesReceived ?? 0;
      }
    }
  }
  return sums;
}
"""
SINCE: Final = "([seat, since]) => (window.seen[seat] ?? []).filter((at) => at > since)"


class Watched(Person):
    """A person whose page notes when it decodes a frame of whom."""

    async def join(self, app: Process, room: str) -> "Watched":
        """Go through the door, with the notes beginning."""
        await self.context.add_init_script(SAMPLER + PEERS)
        await super().join(app, room)
        return self

    async def received(self) -> dict[str, dict[str, float]]:
        """By seat, from Chromium's getStats: frames decoded, samples of voice and concealed ones.

        Samples concealed in silence are left out: with DTX nothing is sent then.
        """
        found: dict[str, dict[str, float]] = await self.page.evaluate(RECEIVED)
        return found

    async def shown(self) -> set[str]:
        """States and counts shown since the last question."""
        said = await self.page.evaluate(
            "() => { const all = [...shown]; shown.clear(); return all }"
        )
        return set(filter(None, said))

    async def picture_of(self, other: Person, since: float) -> float | None:
        """When the picture was back after this moment (Unix seconds); None: not yet."""
        times = await self.page.evaluate(SINCE, [other.seat, since * 1000])
        return times[BACK - 1] / 1000 if len(times) >= BACK else None


@dataclass
class Call:
    """A call of two, each on a host of their own, on `nodes` and one app process."""

    village: Village
    rooms: Rooms
    app: Process
    clinics: list[Host]
    people: list[Watched] = field(default_factory=list)
    room: str = ""
    dead: Process | None = None

    @classmethod
    async def prepare(cls, village: Village, rooms: Rooms, *, clinics: int = 2) -> "Call":
        """Start two nodes, the app and the hosts of the people."""
        for _ in range(2):
            await rooms.start_node()
        app = await rooms.start_app()
        made = [await village.clinic(name) for name in ("shimen", "liuhe", "xian")[:clinics]]
        return cls(village, rooms, app, made)

    async def begin(self) -> None:
        """Everybody enters a fresh room and sees everybody."""
        self.room = str(uuid4())
        self.people = []
        for host, who in zip(self.clinics, ("zhou", "chen", "li"), strict=False):
            profile = await self.village.profile(host)
            self.people.append(await Watched(profile, who).join(self.app, self.room))
        await self.everybody_sees()

    async def everybody_sees(self) -> None:
        """Wait until all pictures run."""
        for person in self.people:
            for other in self.people:
                if other is not person:
                    await person.sees(other, within_s=GIVE_UP_S)

    async def end(self) -> None:
        """Close the browsers' profiles."""
        for person in self.people:
            await person.context.close()

    async def node(self) -> Process:
        """The node that holds the room."""
        busy, _ = await self.rooms.busy_and_free(self.rooms.nodes, len(self.people))
        return busy

    async def recovered(self, since: float) -> float:
        """Seconds until everybody saw everybody again."""
        until = time.time() + GIVE_UP_S
        found: dict[tuple[str, str], float] = {}
        pairs = [(a, b) for a in self.people for b in self.people if a is not b]
        while len(found) < len(pairs):
            for person, other in pairs:
                at = await person.picture_of(other, since)
                if at is not None:
                    found.setdefault((person.who, other.who), at)
            assert time.time() < until, f"not back after {GIVE_UP_S:.0f} s, only {sorted(found)}"
            await asyncio.sleep(0.05)
        return max(found.values()) - since


Strike = Callable[[Call], Awaitable[float]]
"""Breaks the call; answers when the network was back, or the process died: Unix seconds."""


async def cut(call: Call) -> float:
    """The router reboots: ten seconds of silence."""
    line = call.clinics[0].line
    await line.cut()
    await asyncio.sleep(10)
    await line.restore()
    return time.time()


async def unplugged(call: Call) -> float:
    """The cable is out for five seconds, and the PC knows it."""
    line = call.clinics[0].line
    await line.unplug()
    await asyncio.sleep(5)
    await line.plug_in()
    return time.time()


async def address(call: Call) -> float:
    """Wi-Fi is gone and 4G is there, on another address."""
    await call.clinics[0].change_address()
    return time.time()


async def asleep(call: Call) -> float:
    """The laptop is shut for longer than a node keeps a silent connection (20 s)."""
    await call.clinics[0].freeze()
    await asyncio.sleep(23)
    await call.clinics[0].thaw()
    return time.time()


async def node_killed(call: Call) -> float:
    """The node that holds the room dies; another lives."""
    call.dead = await call.node()
    await call.dead.kill()
    return time.time() + MEANWHILE_S


async def node_restarted(call: Call) -> float:
    """The node dies, no other lives, and its supervisor starts it again: from its first answer."""
    busy = await call.node()
    for node in call.rooms.nodes:
        await node.kill()
    await busy.start()
    back = time.time()
    call.dead = next(node for node in call.rooms.nodes if node is not busy)
    return back


async def app_killed(call: Call) -> float:
    """The app process dies and comes back. Media go on meanwhile."""
    await call.app.kill()
    died = time.time()
    await call.app.start()
    return died


@dataclass(frozen=True)
class Fault:
    """`bound_s` counts from the network's return, or from the death. `missed`: others are told."""

    name: str
    words: str
    bound_s: float
    strike: Strike
    missed: bool = False


FAULTS: Final = (
    Fault("cut", "10 s without any packet (router reboot)", NETWORK_S, cut, missed=True),
    Fault("unplugged", "cable out for 5 s, the PC sees it", NETWORK_S, unplugged),
    Fault("address", "Wi-Fi to 4G: another address", NETWORK_S, address),
    Fault("node-killed", "media node killed, another takes the room", NODE_S, node_killed),
    Fault("node-restarted", "no media node for a while, then one again", NODE_S, node_restarted),
    Fault("app-killed", "app process killed and restarted", NODE_S, app_killed),
    Fault("asleep", "laptop asleep for 23 s", NETWORK_S, asleep, missed=True),
)


async def measure(call: Call, fault: Fault) -> float:
    """Strike once; seconds until everybody sees everybody, with all processes running again."""
    since = await fault.strike(call)
    taken = await call.recovered(since)
    if fault.strike is node_killed:
        taken += MEANWHILE_S
    if call.dead is not None:
        await call.dead.start()
        call.dead = None
    return taken
