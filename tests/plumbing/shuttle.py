"""`python -m tests.plumbing.shuttle DEVICE NAMESPACE NAMESPACE DELAY_MS JITTER_MS`

Carries packets between two TUN devices of the same name in two network namespaces, each of them
DELAY to DELAY + JITTER later than it came, in order. Says `ready` once both devices are up.
"""

import ctypes
import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
MOST_WAITING = 2000  # packets; a real line's buffers end too


def open_tun(device: str, namespace: str) -> int:
    """Make the device in the namespace; this thread stays there."""
    with Path("/run/netns", namespace).open("rb") as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", device, "up"], check=True)
    return tun


def carry(ends: tuple[int, int], delay: float, jitter: float) -> None:
    """For ever."""
    waiting: dict[int, deque[tuple[float, bytes]]] = {ends[0]: deque(), ends[1]: deque()}
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    while True:
        dues = [queue[0][0] for queue in waiting.values() if queue]
        patience = max(0.0, min(dues) - time.monotonic()) if dues else None
        readable, _, _ = select.select(ends, [], [], patience)
        now = time.monotonic()
        for end in readable:
            take(end, waiting[other[end]], now + delay, jitter)
        for end, queue in waiting.items():
            while queue and queue[0][0] <= now:
                try:
                    os.write(end, queue.popleft()[1])
                except OSError:  # the device is down: the line is unplugged
                    break


def take(end: int, queue: deque[tuple[float, bytes]], due: float, jitter: float) -> None:
    """Read all that waits at one end."""
    while True:
        try:
            packet = os.read(end, 65536)
        except OSError:
            return
        late = due + random.random() * jitter
        if len(queue) < MOST_WAITING:
            queue.append((max(late, queue[-1][0]) if queue else late, packet))


if __name__ == "__main__":
    name, one, two, delay_ms, jitter_ms = sys.argv[1:]
    tuns = open_tun(name, one), open_tun(name, two)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    carry(tuns, float(delay_ms) / 1000, float(jitter_ms) / 1000)
