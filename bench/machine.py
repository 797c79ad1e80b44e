"""What the kernel knows: CPU time of a process tree, dropped datagrams, the machine itself."""

import os
import platform
from ipaddress import ip_address
from pathlib import Path

import ifaddr

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cores() -> int:
    """Cores this process may run on (a container's mask counts, the machine's size does not)."""
    return len(os.sched_getaffinity(0))


def describe() -> str:
    """One line for the head of a table: processor, cores, memory, kernel, Python."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {cores()} cores, {memory:.0f} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def tree(pid: int) -> list[int]:
    """The process and all its living descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(c) for c in children.read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time that the process tree has used so far, all threads, in seconds."""
    total = 0
    for member in tree(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_SECOND


def busy_seconds() -> float:
    """Processor time that all of this machine's work has used so far, all cores together."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq = (int(f) for f in fields[:7])
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND


def resident_mib(pid: int) -> float:
    """Resident memory of the process tree in MiB."""
    pages = 0
    for member in tree(pid):
        try:
            pages += int(Path(f"/proc/{member}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def datagram_drops(ports: set[int]) -> int:
    """Datagrams the kernel threw away because the sockets on these ports were full."""
    drops = 0
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rsplit(":", 1)[1], 16) in ports:
            drops += int(fields[-1])
    return drops


def own_address() -> str:
    """An address of this machine that is not 127.0.0.1 where there is one.

    Packets to it still travel through the loopback device; Janus gathers no candidates on
    127.0.0.1, so all servers under test are reached in this way.
    """
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str) and not ip_address(ip.ip).is_loopback:
                return ip.ip
    return "127.0.0.1"
