"""Control messages beside a datagram (cmsg(3)): to which address it came, from which it leaves."""

import socket
import struct
from typing import Any, Final

from cffi import FFI

LOCAL_ROOM: Final = 40  # bytes, CMSG_SPACE(20): one struct in6_pktinfo
SEGMENTS_ROOM: Final = 24  # bytes, CMSG_SPACE(2): one 16-bit value
IPV6_RECVPKTINFO: Final = 49
IPV6_PKTINFO: Final = 50
SOL_UDP: Final = 17
UDP_SEGMENT: Final = 103
_local = struct.Struct("=Qii16sI4x")  # length, level, type, address, interface
_segments = struct.Struct("=QiiH6x")
_ffi = FFI()


def segments(size: int) -> bytes:
    """Asks the kernel to cut a message into datagrams of this size (udp(7))."""
    return _segments.pack(SEGMENTS_ROOM - 6, SOL_UDP, UDP_SEGMENT, size)


def told_local(control: bytes) -> bytes:
    """The packed address of ours that a datagram was sent to; empty when it was not told.

    IPv4 addresses are mapped (RFC 4291 section 2.5.5.2).
    """
    if len(control) < LOCAL_ROOM - 4:
        return b""
    level, kind = struct.unpack_from("=ii", control, 8)
    return control[16:32] if (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO) else b""


class Origin:
    """Control messages by which datagrams leave from one local address (RFC 3542 section 6.2).

    On a socket for IPv6 and IPv4 the kernel takes a mapped address for an IPv4 one. Through which
    interface they leave is left to routing.
    """

    def __init__(self, packed: bytes) -> None:
        self._head = _local.pack(LOCAL_ROOM - 4, socket.IPPROTO_IPV6, IPV6_PKTINFO, packed, 0)
        self._kept: dict[int, tuple[int, int, Any]] = {}

    def control(self, size: int) -> tuple[int, int]:
        """Address and length, for segments of this size; 0 for a single datagram."""
        found = self._kept.get(size)
        if found is None:
            data = self._head + (segments(size) if size else b"")
            memory = _ffi.new("char[]", data)
            address = int(_ffi.cast("uintptr_t", memory))
            found = self._kept[size] = (address, len(data), memory)
        return found[:2]


def natural_origin(host: str, port: int) -> bytes:
    """The packed address that routing chooses for what is sent there; empty when there is no way.

    Connecting a datagram socket sends nothing.
    """
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            probe.connect((host, port))
        except OSError:
            return b""
        return socket.inet_pton(socket.AF_INET6, probe.getsockname()[0].partition("%")[0])
