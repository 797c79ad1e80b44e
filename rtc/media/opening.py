"""Opening the node's one UDP socket."""

import logging
import socket
from typing import Final

from rtc.media.controls import IPV6_RECVPKTINFO

log = logging.getLogger(__name__)

BUFFER: Final = 8 << 20  # bytes wanted for the socket's receive and send buffers, each
SO_SNDBUFFORCE: Final = 32  # beyond net.core.wmem_max, for root only (socket(7))
SO_RCVBUFFORCE: Final = 33


def open_socket(port: int) -> socket.socket:
    """A socket for IPv6 and IPv4 (mapped) with large buffers."""
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    for option, force, name in (
        (socket.SO_RCVBUF, SO_RCVBUFFORCE, "rmem_max"),
        (socket.SO_SNDBUF, SO_SNDBUFFORCE, "wmem_max"),
    ):
        try:
            sock.setsockopt(socket.SOL_SOCKET, force, BUFFER)
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        given = sock.getsockopt(socket.SOL_SOCKET, option) // 2  # Linux reports it doubled
        if given < BUFFER:
            log.warning("UDP buffer is %d bytes, not %d: raise net.core.%s", given, BUFFER, name)
    sock.bind(("::", port))
    return sock
