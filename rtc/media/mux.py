"""One UDP socket for everybody: who sent this datagram, and what is it (RFC 7983)?"""

import asyncio
import logging
import secrets
import socket
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, Protocol

from rtc.media import stun
from rtc.media.controls import Origin, natural_origin
from rtc.media.datagrams import SLOT, Destination, Inbox, Outbox, unpack_name
from rtc.media.limits import STRANGERS, Allowance, Limits
from rtc.media.opening import open_socket
from rtc.media.tidying import Tidying

if TYPE_CHECKING:
    from rtc.media.layer import Layer

log = logging.getLogger(__name__)

SO_MEMINFO: Final = 55  # nine 32-bit counters; the last is what was dropped on arrival
BUSY: Final = 3000  # datagrams/s, some 23 senders, from which waiting for more saves enough
ABS_SEND_TIME: Final = 2  # our extension id in all offers, one-byte header (RFC 8285)
PATHS: Final = 8  # addresses kept for one peer
EXTENSION_HEAD: Final = bytes([0xBE, 0xDE, 0, 1, ABS_SEND_TIME << 4 | 2])
EXTENSION: Final = len(EXTENSION_HEAD) + 3


class Receiver(Protocol):
    """What a peer connection is to the mux."""

    ufrag: str
    password: bytes
    path: "Path | None"
    paths: "dict[bytes, Path]"
    transactions: dict[bytes, bytes]
    limits: Limits

    @property
    def connecting(self) -> bool: ...
    def receive_srtp(self, path: "Path", slot: int) -> None: ...
    def receive_dtls(self, data: bytes) -> None: ...
    def moved(self) -> None: ...


class Path(Destination):
    """An address from which a peer has sent an authenticated check, and ours that it came to."""

    __slots__ = ("heard", "local", "peer")

    def __init__(self, name: bytes, peer: Receiver, now: float) -> None:
        super().__init__(name)
        self.peer = peer
        self.heard = now
        self.local = b""


class UdpMux:
    """Reads the socket until it is empty, then forwards what came, for all rooms at once.

    Below `BUSY` datagrams a second it forwards each as it comes. Above, it looks every `gather`
    seconds: a wake-up costs more than forwarding one packet (docs/adr/0014-batching.md).
    """

    def __init__(self, port: int, gather: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop()
        self.socket = open_socket(port)
        self.port: int = self.socket.getsockname()[1]
        self.inbox = Inbox(self.socket.fileno())
        self.outbox = Outbox(self.socket.fileno())
        self.now = time.monotonic()
        self.extension = EXTENSION_HEAD + bytes(3)  # abs-send-time of this batch
        self.counts: Counter[str] = Counter()
        self.received = 0
        self.wakeups = 0
        self.waiting: list[Layer] = []
        self.asking: set[Layer] = set()  # streams that miss packets
        self.strangers = Allowance(STRANGERS)
        self.tidying = Tidying()
        self._by_ufrag: dict[str, Receiver] = {}
        self._by_name: dict[bytes, Path] = {}
        self._origins: dict[bytes, Origin] = {}
        self._ssrcs: set[int] = set()
        self._rate_at = self.now
        self._rate_from = 0
        self.rate = 0.0  # datagrams received per second
        self._gather = gather
        self._gathering = False
        self._closed = False
        self._loop.add_reader(self.socket.fileno(), self._readable)

    def close(self) -> None:
        """Stop reading and free the port."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self.socket.fileno())
            self.socket.close()

    # -- registry

    def new_ufrag(self, peer: Receiver) -> str:
        """A user name fragment under which checks for this peer arrive."""
        ufrag = secrets.token_hex(4)
        while ufrag in self._by_ufrag:
            ufrag = secrets.token_hex(4)
        self._by_ufrag[ufrag] = peer
        return ufrag

    def forget(self, peer: Receiver) -> None:
        """The peer is closed: neither its name nor its addresses mean anything now."""
        self.tidying.closed += 1
        for ufrag in [u for u, p in self._by_ufrag.items() if p is peer]:
            del self._by_ufrag[ufrag]
        for name in peer.paths:
            path = self._by_name.get(name)
            if path is not None and path.peer is peer:
                del self._by_name[name]
        for path in peer.paths.values():
            self.outbox.origins.pop(path.pointer, None)

    def new_ssrc(self) -> int:
        """An SSRC that no other outgoing stream of this node has."""
        while True:
            ssrc = secrets.randbits(32)
            if ssrc and ssrc not in self._ssrcs:
                self._ssrcs.add(ssrc)
                return ssrc

    def free_ssrc(self, *ssrcs: int) -> None:
        """Streams ended."""
        self._ssrcs.difference_update(ssrcs)

    # -- the way in

    def _readable(self) -> None:
        self._read()
        if self._gather and self.rate > BUSY and not self._gathering:
            self._gathering = True
            self._loop.remove_reader(self.socket.fileno())
            self._loop.call_later(self._gather, self._gathered)

    def _gathered(self) -> None:
        if self._closed:
            return
        self._read()
        if self.rate > 0.8 * BUSY:
            self._loop.call_later(self._gather, self._gathered)
        else:
            self._gathering = False
            self._loop.add_reader(self.socket.fileno(), self._readable)

    def _read(self) -> None:
        self.wakeups += 1
        self.look_at_clock()
        for _ in range(8):  # a flood must not starve the loop's other work
            got = self.inbox.receive()
            self.received += got
            self._take(got)
            for layer in self.waiting:
                layer.forward()
            self.waiting.clear()
            self.outbox.flush()
            if got < self.inbox.count:
                break

    def look_at_clock(self) -> None:
        """Renew `now` and the abs-send-time of what is sent from now on."""
        self.now = time.monotonic()
        ticks = int(time.time() * 262144) & 0xFFFFFF  # 6.18 fixed point seconds
        self.extension = EXTENSION_HEAD + ticks.to_bytes(3, "big")

    def _take(self, got: int) -> None:
        """Hand each datagram to whom it concerns; what it does there must not stop the others."""
        memory, names, slices = self.inbox.memory, self.inbox.names, self.inbox.name_slices
        paths = self._by_name
        for slot in range(got):
            try:
                path = paths.get(names[slices[slot]])
                if path is not None and 127 < memory[slot * SLOT] < 192:
                    path.peer.receive_srtp(path, slot)
                else:
                    self._take_other(slot, path)
            except Exception:
                self.counts["fault"] += 1
                if self.counts["fault"] < 20:
                    log.exception("a datagram made the node stumble")

    def _take_other(self, slot: int, path: Path | None) -> None:
        inbox = self.inbox
        data: bytes = inbox.buffer[slot * SLOT : slot * SLOT + inbox.length(slot)]
        if path is None and not self._awaited(data) and not self.strangers.take():
            self.counts["refused_stranger"] += 1
            return
        if not data:
            self.counts["empty"] += 1
        elif data[0] < 4:
            self._check(data, inbox.names[inbox.name_slices[slot]], inbox.local(slot))
        elif path is None:
            self.counts["stranger"] += 1
        elif 19 < data[0] < 64:
            if path.peer.connecting:  # nominated or not yet, this pair works for the peer
                self._follow(path.peer, path, nominated=True)
            path.peer.receive_dtls(data)
        else:
            self.counts["unknown"] += 1

    def _awaited(self, data: bytes) -> bool:
        """Whether this looks like a check that names a peer; browsers put the name first."""
        return (
            data[20:22] == b"\0\6"
            and data[24:].partition(b":")[0][:32].decode("latin-1") in self._by_ufrag
        )

    # -- connectivity checks (RFC 8445 section 7.3)

    def _check(self, data: bytes, name: bytes, local: bytes) -> None:
        check = stun.parse_check(data)
        if check is None:
            self.counts["bad_stun"] += 1
            return
        peer = self._by_ufrag.get(check.ufrag)
        if peer is not None and not peer.limits.check.take():
            self.counts["refused_check"] += 1
            return
        if peer is None or not stun.is_signed(check, peer.password):
            self.counts["unsigned_stun"] += 1
            return
        if peer.transactions.setdefault(check.transaction, name) != name:
            self.counts["replayed_stun"] += 1  # seen from elsewhere: somebody repeats it
            return
        if len(peer.transactions) > 64:
            del peer.transactions[next(iter(peer.transactions))]
        path = self._path(peer, name)
        if path is None:
            self.counts["stolen_address"] += 1
            return
        address, port = unpack_name(name)
        answer = stun.success(check.transaction, address, port, peer.password)
        if local != path.local and (check.nominated or peer.path is not path):
            self._leave_from(path, local)
        if local == path.local:
            self.outbox.send(answer, path)
        else:
            self._send_once_from(local, answer, name)
        self._follow(peer, path, check.nominated)

    def _leave_from(self, path: Path, local: bytes) -> None:
        """Send to this path from the address of ours that the other side has checked.

        On a machine with several addresses routing may choose another, which the other side, or a
        firewall before it, would refuse. Only then does sending cost more.
        """
        path.local = local
        origin = self._origin(path.name, local)
        if origin is None:
            self.outbox.origins.pop(path.pointer, None)
        else:
            self.outbox.origins[path.pointer] = origin

    def _send_once_from(self, local: bytes, data: bytes, name: bytes) -> None:
        destination, origin = Destination(name), self._origin(name, local)
        if origin is not None:
            self.outbox.origins[destination.pointer] = origin
        self.outbox.send(data, destination)
        self.outbox.flush()
        self.outbox.origins.pop(destination.pointer, None)

    def _origin(self, name: bytes, local: bytes) -> Origin | None:
        """How to send from a local address; None when routing chooses it by itself."""
        host = socket.inet_ntop(socket.AF_INET6, name[8:24])
        if not local or natural_origin(host, unpack_name(name)[1]) == local:
            return None
        return self._origins.setdefault(local, Origin(local))

    def _path(self, peer: Receiver, name: bytes) -> Path | None:
        """The peer's path for an address; None when a live peer uses that address."""
        path = self._by_name.get(name)
        if path is not None and path.peer is peer:
            return path
        if path is not None and path.peer.path is path and self.now - path.heard < 2:
            return None
        path = peer.paths[name] = self._by_name[name] = Path(name, peer, self.now)
        if len(peer.paths) > PATHS:
            self.outbox.flush()  # it may name the path that goes
            old = next(n for n, p in peer.paths.items() if p is not peer.path and p is not path)
            self.outbox.origins.pop(peer.paths.pop(old).pointer, None)
            if self._by_name[old].peer is peer:
                del self._by_name[old]
        return path

    def _follow(self, peer: Receiver, path: Path, nominated: bool) -> None:
        """Use the nominated path, or a new one when the old has fallen silent (NAT rebinding)."""
        current = peer.path
        if current is not path and (current is None or nominated or self.now - current.heard > 1):
            self.outbox.flush()  # it may name the old path
            peer.path = path
            if current is not None:
                self.counts["moved"] += 1
        path.heard = self.now
        peer.moved()

    def census(self) -> dict[str, int]:
        """How many names, addresses and streams are known."""
        return {
            "names": len(self._by_ufrag),
            "paths": len(self._by_name),
            "streams": len(self._ssrcs),
            "origins": len(self.outbox.origins),
        }

    @property
    def dropped(self) -> int:
        """Datagrams that the kernel dropped because nobody had fetched those before."""
        if self._closed:
            return 0
        counters = self.socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36)
        return int.from_bytes(counters[32:36], sys.byteorder)

    def measure(self) -> None:
        """Renew `rate`; called some times a second."""
        now = time.monotonic()
        if now - self._rate_at > 0.05:
            fresh = (self.received - self._rate_from) / (now - self._rate_at)
            self.rate += (fresh - self.rate) * 0.3
            self._rate_at, self._rate_from = now, self.received
