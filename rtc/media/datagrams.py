"""Many datagrams per system call: recvmmsg(2) in, sendmmsg(2) with UDP segmentation out.

One `sendto` costs the kernel about 3.5 µs; three equal datagrams for one receiver handed over as
one segmented message (UDP_SEGMENT, udp(7)) cost 2 µs each. All memory is allocated once and filled
in place, and each datagram's length lives in the very structure that the kernel reads, so that SRTP
can seal and open packets where they lie. 64-bit little-endian Linux only (x86-64, arm64).
"""

import errno
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from cffi import FFI

from rtc.media.controls import LOCAL_ROOM, SEGMENTS_ROOM, Origin, segments, told_local

Seal = Callable[[Any, Any, Any], int]  # key, char *data, int *length; 0 is success

_ffi = FFI()
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr { void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov;
                    size_t msg_iovlen; void *msg_control; size_t msg_controllen; int msg_flags; };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int, void *, unsigned int, int);
    int recvmmsg(int, void *, unsigned int, int, void *);
    """
)
_libc: Any = _ffi.dlopen(None)
if sys.byteorder != "little" or _ffi.sizeof("struct mmsghdr") != 64:
    raise ImportError("the media node needs a 64-bit little-endian Linux")

SLOT: Final = 2048  # bytes kept for one datagram: an Ethernet frame and SRTP's trailer
DATAGRAM: Final = 1700  # longest datagram that is forwarded
NAME: Final = 28  # sockaddr_in6; IPv4 addresses are mapped (RFC 4291 section 2.5.5.2)
# struct mmsghdr in 8-byte words
WORDS, W_NAME, W_NAMELEN, W_IOV, W_IOVLEN, W_CONTROL, W_CONTROLLEN, W_LEN = 8, 0, 1, 2, 3, 4, 5, 7
RUN_BYTES: Final = 60_000  # a segmented message stays below the 16-bit IP length
_V4_MAPPED: Final = b"\0" * 10 + b"\xff\xff"


def _address_of(memory: Any) -> int:
    return int(_ffi.cast("uintptr_t", memory))


def _words(memory: Any) -> memoryview:
    return memoryview(_ffi.buffer(memory)).cast("B").cast("Q")


def unpack_name(name: bytes) -> tuple[bytes, int]:
    """Packed IP address (4 or 16 bytes) and port of a raw sockaddr_in6."""
    packed = name[8:24]
    if packed.startswith(_V4_MAPPED):
        packed = packed[12:]
    return packed, int.from_bytes(name[2:4], "big")


class Slots:
    """Memory for a number of datagrams and the message headers that describe them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._data = _ffi.new("char[]", count * SLOT)
        self._headers = _ffi.new("uint64_t[]", count * WORDS)
        self._iovecs = _ffi.new("uint64_t[]", count * 2)
        self.memory = memoryview(_ffi.buffer(self._data)).cast("B")
        self.buffer: Any = _ffi.buffer(self._data)
        self.headers = _words(self._headers)
        self.iovecs = _words(self._iovecs)
        self.iovec_address = _address_of(self._iovecs)
        self.pointers: list[Any] = [self._data + i * SLOT for i in range(count)]
        self.header_pointers: list[Any] = [self._headers + i * WORDS for i in range(count)]
        for i in range(count):
            self.iovecs[2 * i] = _address_of(self.pointers[i])
            self.headers[WORDS * i + W_NAMELEN] = NAME
            self.headers[WORDS * i + W_IOV] = self.iovec_address + 16 * i
            self.headers[WORDS * i + W_IOVLEN] = 1


class Inbox(Slots):
    """The datagrams of one `receive`; each is valid until the next."""

    def __init__(self, fd: int, count: int = 64) -> None:
        super().__init__(count)
        self._fd = fd
        self._names = _ffi.new("char[]", count * NAME)
        self._controls = _ffi.new("char[]", count * LOCAL_ROOM)
        self._arrived: Any = _ffi.buffer(self._controls)
        self._room = _words(_ffi.new("uint64_t[]", [LOCAL_ROOM] * count))
        self._used = 0
        self.names: Any = _ffi.buffer(self._names)
        self.name_slices = [slice(NAME * i, NAME * i + NAME) for i in range(count)]
        base = _ffi.cast("char *", self._headers)
        self.length_pointers: list[Any] = [
            _ffi.cast("int *", base + 8 * (WORDS * i + W_LEN)) for i in range(count)
        ]
        for i in range(count):
            self.iovecs[2 * i + 1] = SLOT
            self.headers[WORDS * i + W_NAME] = _address_of(self._names) + NAME * i
            self.headers[WORDS * i + W_CONTROL] = _address_of(self._controls) + LOCAL_ROOM * i
            self.headers[WORDS * i + W_CONTROLLEN] = LOCAL_ROOM

    def receive(self) -> int:
        """Number of datagrams now in the slots; 0 when none waits (or the socket is gone)."""
        end = WORDS * self._used  # the kernel wrote how much of the control memory it used
        self.headers[W_CONTROLLEN:end:WORDS] = self._room[: self._used]
        got: int = _libc.recvmmsg(
            self._fd, self._headers, self.count, socket.MSG_DONTWAIT, _ffi.NULL
        )
        self._used = max(got, 0)
        return self._used

    def local(self, slot: int) -> bytes:
        """The address of ours that a datagram was sent to, packed; IPv4 addresses are mapped."""
        at = slot * LOCAL_ROOM
        return told_local(self._arrived[at : at + self.headers[WORDS * slot + W_CONTROLLEN]])

    def length(self, slot: int) -> int:
        """Length of a datagram, after opening that of its plain text."""
        return self.headers[WORDS * slot + W_LEN]


class Destination:
    """A socket address in memory that the kernel can read."""

    __slots__ = ("_memory", "name", "pointer")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self._memory = _ffi.new("char[]", name)
        self.pointer = _address_of(self._memory)


class Singles(Slots):
    """Outgoing datagrams, each a message of its own: slot and message have the same number.

    The forwarding loop fills slots from `room` on: data, length, seal, and the destination's
    pointer into the header; then it sets `used`.
    """

    def __init__(self, count: int, flush: Callable[[], None]) -> None:
        super().__init__(count)
        base = _ffi.cast("char *", self._iovecs)
        self.length_pointers: list[Any] = [
            _ffi.cast("int *", base + 16 * i + 8) for i in range(count)
        ]
        self.used = 0
        self._flush = flush

    def room(self, slots: int) -> int:
        """First of a number of free slots, after a flush when too few are left."""
        if self.used + slots > self.count:
            self._flush()
        return self.used

    def segment(self, message: int) -> int:
        """Size of a message's segments; 0 when it is one datagram."""
        return 0


class Runs(Singles):
    """Outgoing messages of several datagrams each, cut apart by the kernel or the interface."""

    def __init__(self, count: int, flush: Callable[[], None]) -> None:
        super().__init__(count, flush)
        self.posted = 0  # messages to send
        self._controls: dict[int, tuple[int, Any]] = {}

    def segment(self, message: int) -> int:
        """Size of a message's segments; 0 when it is one datagram."""
        at = WORDS * message
        if self.headers[at + W_IOVLEN] == 1:
            return 0
        return self.iovecs[(self.headers[at + W_IOV] - self.iovec_address) // 8 + 1]

    def post(self, first: int, count: int, destination: int) -> None:
        """Address a run of equal slots from `first` on; only the last may be shorter."""
        headers = self.headers
        at = WORDS * self.posted
        headers[at] = destination
        headers[at + W_IOV] = self.iovec_address + 16 * first
        headers[at + W_IOVLEN] = count
        if count > 1:
            headers[at + W_CONTROL] = self._control(self.iovecs[2 * first + 1])
            headers[at + W_CONTROLLEN] = SEGMENTS_ROOM
        else:
            headers[at + W_CONTROL] = headers[at + W_CONTROLLEN] = 0
        self.posted += 1

    def _control(self, size: int) -> int:
        """Address of the control message that asks for segments of a size."""
        found = self._controls.get(size)
        if found is None:
            memory = _ffi.new("char[]", segments(size))
            found = self._controls[size] = (_address_of(memory), memory)
        return found[0]


class Outbox:
    """Everything that leaves at the next `flush`. A `Destination` must live until then."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.singles = Singles(256, self.flush)
        self.runs = Runs(256, self.flush)
        self.segmentation = True
        self.origins: dict[int, Origin] = {}  # by destination, where routing would choose another
        self.sent = 0  # datagrams
        self.dropped = 0
        self.calls = 0

    def send(self, data: bytes, destination: Destination) -> None:
        """Queue one finished datagram."""
        lane = self.singles
        slot = lane.room(1)
        lane.buffer[slot * SLOT : slot * SLOT + len(data)] = data
        lane.iovecs[2 * slot + 1] = len(data)
        lane.headers[WORDS * slot] = destination.pointer
        lane.used = slot + 1

    def send_sealed(self, seal: Seal, key: Any, data: bytes, destination: int) -> None:
        """Queue one packet, sealed by `seal(key, data, length)`; lost when that fails."""
        lane = self.singles
        slot = lane.room(1)
        lane.buffer[slot * SLOT : slot * SLOT + len(data)] = data
        lane.iovecs[2 * slot + 1] = len(data)
        if seal(key, lane.pointers[slot], lane.length_pointers[slot]) == 0:
            lane.headers[WORDS * slot] = destination
            lane.used = slot + 1

    def flush(self) -> None:
        """Hand everything to the kernel. What does not fit into its buffer is dropped, as UDP."""
        runs, singles = self.runs, self.singles
        if runs.posted:
            self._empty(runs, runs.posted)
            runs.used = runs.posted = 0
        if singles.used:
            self._empty(singles, singles.used)
            singles.used = 0

    def _empty(self, lane: Singles, messages: int) -> None:
        if not self.origins:
            self._hand_over(lane, messages)
            return
        self._name_origins(lane, messages, self.origins)
        self._hand_over(lane, messages)
        self._name_origins(lane, messages, {})

    @staticmethod
    def _name_origins(lane: Singles, messages: int, origins: Mapping[int, Origin]) -> None:
        """Write into each header from which address it leaves, or that routing decides."""
        headers = lane.headers
        for message in range(messages):
            at = WORDS * message
            origin = origins.get(headers[at])
            control = (0, 0) if origin is None else origin.control(lane.segment(message))
            if origin is not None or not lane.segment(message):
                headers[at + W_CONTROL], headers[at + W_CONTROLLEN] = control

    def _hand_over(self, lane: Singles, total: int) -> None:
        done, headers = 0, lane.headers
        while done < total:
            self.calls += 1
            count: int = _libc.sendmmsg(
                self._fd, lane.header_pointers[done], total - done, socket.MSG_DONTWAIT
            )
            if count == total:
                self.sent += lane.used
                done = count
            elif count > 0:
                self.sent += sum(headers[WORDS * done + W_IOVLEN : WORDS * (done + count) : WORDS])
                done += count
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS, errno.EBADF):
                self.dropped += sum(headers[WORDS * done + W_IOVLEN : WORDS * total : WORDS])
                break
            elif _ffi.errno != errno.EINTR:
                self._send_apart(lane, done, _ffi.errno)
                done += 1

    def _send_apart(self, lane: Singles, message: int, error: int) -> None:
        """A refused message: a run goes out datagram by datagram, a single one is lost."""
        headers, at = lane.headers, WORDS * message
        segments = headers[at + W_IOVLEN]
        if segments == 1:
            self.dropped += 1
            return
        if error == errno.EIO:  # the interface cannot do checksums for segments
            self.segmentation = False
        headers[at + W_IOVLEN] = 1
        origin = self.origins.get(headers[at])
        control = (0, 0) if origin is None else origin.control(0)
        headers[at + W_CONTROL], headers[at + W_CONTROLLEN] = control
        for _ in range(segments):
            self.calls += 1
            pointer = lane.header_pointers[message]
            if _libc.sendmmsg(self._fd, pointer, 1, socket.MSG_DONTWAIT) == 1:
                self.sent += 1
            else:
                self.dropped += 1
            headers[at + W_IOV] += 16
