"""Transport-wide congestion control: which packets arrived, and when.

RTCP feedback of draft-holmer-rmcat-transport-wide-cc-extensions-01. Towards publishers the node
writes it (`Arrivals`), and the browser estimates its line by it. From receivers the node reads it
(`Departures`), and `bandwidth` estimates theirs.
"""

import struct
from typing import Final

TRANSPORT: Final = 3  # our extension id in all offers, beside abs-send-time
TICKS: Final = 4000  # arrival times are told in 250 µs
REFERENCE: Final = 256  # ticks in the 64 ms of the reference time
MOST: Final = 1000  # packets that one feedback may tell of
LOG: Final = 8192  # packets remembered until their feedback comes; a power of two
MASK: Final = LOG - 1
OVERHEAD: Final = 38  # bytes around an RTP packet: SRTP's tag, UDP, IPv4
HEAD: Final = bytes([0xBE, 0xDE, 0, 2])
NUMBER: Final = bytes([TRANSPORT << 4 | 1, 0, 0, 0])  # number and padding
NUMBER_AT: Final = 21  # of the number in a packet of ours
_fixed = struct.Struct("!LLHHL")
put_number = struct.Struct("!H").pack_into

Arrived = tuple[int, float]  # transport-wide number, monotonic time
Told = tuple[float, int, float | None]  # sent at, bytes, arrived at (receiver's clock) or lost


def numbered_extension(plain: bytes) -> bytes:
    """Our header extension with room for a number, made from the one with abs-send-time alone."""
    return HEAD + plain[4:] + NUMBER


class Arrivals:
    """Packets of one publisher since the last feedback."""

    def __init__(self) -> None:
        self.fresh: list[Arrived] = []
        self._next = -1  # first number not yet told of, unwrapped
        self._count = 0

    def feedback(self, sender: int, media: int) -> bytes:
        """RTCP that tells of all that is fresh; empty when nothing is."""
        fresh, self.fresh = self.fresh, []
        if not fresh:
            return b""
        near = self._next if self._next >= 0 else fresh[0][0]
        at: dict[int, int] = {}
        for number, arrived in fresh:
            step = (number - near) & 0xFFFF
            near += step if step < 0x8000 else step - 0x10000
            at.setdefault(near, int(arrived * TICKS))
        last = max(at)
        first = min(*at, self._next) if self._next >= 0 else min(at)
        first = max(first, last - MOST + 1)
        self._next = last + 1
        self._count = (self._count + 1) & 0xFF
        return _write(sender, media, first, last, at, self._count)


def _write(sender: int, media: int, first: int, last: int, at: dict[int, int], count: int) -> bytes:
    earliest = next((at[n] for n in range(first, last + 1) if n in at), 0)
    reference = earliest // REFERENCE
    before, kinds, deltas = reference * REFERENCE, [], bytearray()
    for number in range(first, last + 1):
        ticks = at.get(number)
        delta = 0 if ticks is None else ticks - before
        if ticks is None or not -0x8000 <= delta < 0x8000:  # as if lost: a hiccup of ours
            kinds.append(0)
            continue
        before = ticks
        if 0 <= delta < 256:
            kinds.append(1)
            deltas.append(delta)
        else:
            kinds.append(2)
            deltas += delta.to_bytes(2, "big", signed=True)
    body = _fixed.pack(
        sender, media, first & 0xFFFF, len(kinds), (reference & 0xFFFFFF) << 8 | count
    )
    body += _chunks(kinds) + bytes(deltas)
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    head = 0xA0 if padding else 0x80
    return struct.pack("!BBH", head | 15, 205, len(body) // 4) + body


def _chunks(kinds: list[int]) -> bytes:
    """Runs of equal kinds, else seven of two bits each."""
    made, at = bytearray(), 0
    while at < len(kinds):
        run = at
        while run < len(kinds) and kinds[run] == kinds[at] and run - at < 0x1FFF:
            run += 1
        if run - at >= 7 or run == len(kinds):
            made += (kinds[at] << 13 | (run - at)).to_bytes(2, "big")
            at = run
        else:
            seven = kinds[at : at + 7] + [0] * 7
            bits = 0
            for kind in seven[:7]:
                bits = bits << 2 | kind
            made += (0xC000 | bits).to_bytes(2, "big")
            at += 7
    return bytes(made)


def parse(data: bytes) -> tuple[int, list[int | None]]:
    """First number and arrival ticks of one feedback packet, RTCP header included.

    Raises ValueError for what cannot be read or tells of too many packets.
    """
    if len(data) < 20:
        raise ValueError("short")
    padding = data[-1] if data[0] & 0x20 else 0
    end = len(data) - padding
    _, _, first, count, reference = _fixed.unpack_from(data, 4)
    if not 0 < count <= MOST:
        raise ValueError("too many packets")
    kinds, at = _kinds(data, 20, end, count)
    ticks = (reference >> 8) * REFERENCE
    found: list[int | None] = []
    for kind in kinds:
        if kind == 0:
            found.append(None)
            continue
        if at + kind > end or kind > 2:
            raise ValueError("deltas are missing")
        ticks += int.from_bytes(data[at : at + kind], "big", signed=kind == 2)
        at += kind
        found.append(ticks)
    return first, found


def _kinds(data: bytes, at: int, end: int, count: int) -> tuple[list[int], int]:
    kinds: list[int] = []
    while len(kinds) < count:
        if at + 2 > end:
            raise ValueError("chunks are missing")
        chunk = data[at] << 8 | data[at + 1]
        at += 2
        if not chunk & 0x8000:
            kinds += [chunk >> 13 & 3] * min(chunk & 0x1FFF, count - len(kinds))
            if not chunk & 0x1FFF:
                raise ValueError("an empty run")
        elif chunk & 0x4000:
            kinds += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            kinds += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    return kinds[:count], at


class Departures:
    """Packets sent to one receiver, numbered, until feedback tells what became of them.

    The fan-out writes `number`, `sizes` and `times` itself: there it counts.
    """

    def __init__(self) -> None:
        self.number = 0
        self.sizes = [0] * LOG
        self.times = [0.0] * LOG
        self.bytes = 0
        self._told = 0  # first number whose fate is unknown

    def stamp(self, now: float, size: int) -> bytes:
        """Number one packet that is not fanned out."""
        number = self.number
        self.number = number + 1
        self.sizes[number & MASK] = size
        self.times[number & MASK] = now
        return bytes([TRANSPORT << 4 | 1, number >> 8 & 0xFF, number & 0xFF, 0])

    def settle(self, data: bytes) -> list[Told]:
        """What became of packets, by one feedback. Raises ValueError."""
        first, ticks = parse(data)
        behind = (self.number - first) & 0xFFFF
        if behind == 0 or behind > LOG:
            raise ValueError("about packets that were not sent")
        start = self.number - behind
        found: list[Told] = []
        for number, tick in enumerate(ticks, start):
            if number < self._told or number >= self.number or number < 0:
                continue
            slot = number & MASK
            arrived = None if tick is None else tick / TICKS
            found.append((self.times[slot], self.sizes[slot] + OVERHEAD, arrived))
        self._told = max(self._told, min(start + len(ticks), self.number))
        return found
