"""Take all waiting datagrams of a socket with one system call (`recvmmsg`).

The generator's receivers must cost so little that they never starve the server under test.
"""

import socket
import struct
from typing import Any

from cffi import FFI

_LAYOUT = """
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; unsigned int msg_namelen;
    struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
"""
SLOTS = 64
SLOT_BYTES = 2048
_CONTROL_BYTES = 64
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@16xqq")


class Drain:
    """Buffers for one batch; slot i of the last batch is `slots[i]`, `pointers[i]` for libsrtp."""

    def __init__(self, srtp_ffi: Any, *, stamps: bool) -> None:
        ffi = FFI()
        ffi.cdef(_LAYOUT)
        self._ffi, self._libc = ffi, ffi.dlopen(None)
        self.headers = ffi.new("struct mmsghdr[]", SLOTS)
        self._vectors = ffi.new("struct iovec[]", SLOTS)
        self.pointers = [srtp_ffi.new("char[]", SLOT_BYTES) for _ in range(SLOTS)]
        self.slots = [memoryview(srtp_ffi.buffer(p)).cast("B") for p in self.pointers]
        self._control = ffi.new("char[]", SLOTS * _CONTROL_BYTES)
        self._stamps = stamps
        for i, pointer in enumerate(self.pointers):
            address = int(srtp_ffi.cast("uintptr_t", pointer))
            self._vectors[i].iov_base = ffi.cast("void *", address)
            self._vectors[i].iov_len = SLOT_BYTES
            self.headers[i].msg_hdr.msg_iov = self._vectors + i
            self.headers[i].msg_hdr.msg_iovlen = 1
            if stamps:
                self.headers[i].msg_hdr.msg_control = self._control + i * _CONTROL_BYTES
        self._control_view = memoryview(ffi.buffer(self._control)).cast("B")
        self._used = SLOTS

    def take(self, fd: int) -> int:
        """How many datagrams were waiting, at most SLOTS; 0 when none or on a socket error."""
        if self._stamps:
            for i in range(self._used):
                self.headers[i].msg_hdr.msg_controllen = _CONTROL_BYTES
        count = int(
            self._libc.recvmmsg(fd, self.headers, SLOTS, socket.MSG_DONTWAIT, self._ffi.NULL)
        )
        self._used = max(count, 0)
        return self._used

    def arrived_ns(self, slot: int) -> int:
        """When the kernel received the datagram, on the clock of `time.time_ns`."""
        seconds, nanoseconds = _TIMESPEC.unpack_from(self._control_view, slot * _CONTROL_BYTES)
        return int(seconds * 1_000_000_000 + nanoseconds)


def stamp_arrivals(sock: socket.socket) -> None:
    """Ask the kernel to note when each datagram arrives."""
    sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
