"""No test reaches the outside: a connection or packet that leaves this machine is refused.

The interpreter's audit events see every socket of this process, whatever library made it. The
attempt fails at once, and the test fails too when its code swallows that.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from functools import lru_cache

import ifaddr
import pytest

attempts: list[str] = []  # since the running test began
test_hosts: set[str] = set()  # addresses of the running test's own hosts on this machine


class OutsideNetworkError(OSError):
    """A test tried to talk to another machine."""


@lru_cache
def _own_addresses() -> frozenset[str]:
    adapters = ifaddr.get_adapters()
    return frozenset(
        ip.ip if isinstance(ip.ip, str) else ip.ip[0] for a in adapters for ip in a.ips
    )


def is_local(host: str) -> bool:
    """Whether packets to this address stay on this machine."""
    return host.strip("[]") in test_hosts or _is_own(host)


@lru_cache
def _is_own(host: str) -> bool:
    if host in {"", "localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:  # a name, which would have to be looked up
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_unspecified or str(mapped) in _own_addresses()


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
        host = host.decode() if isinstance(host, bytes) else host
        if host is not None and not is_local(str(host)):
            _refuse(f"looked up {host}")
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        connection, address = arguments[0], arguments[1]
        internet = getattr(connection, "family", None) in (socket.AF_INET, socket.AF_INET6)
        # A connected socket's sendmsg has no address.
        if internet and isinstance(address, tuple) and not is_local(str(address[0])):
            _refuse(f"{event} to {address[0]}:{address[1]}")


def _refuse(attempt: str) -> None:
    attempts.append(attempt)
    raise OutsideNetworkError(attempt)


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def no_outside_network() -> Iterator[None]:
    """Fail the test that tried, even if its code swallowed the refusal."""
    attempts.clear()
    yield
    if attempts:
        pytest.fail(f"the test reached for the outside network: {', '.join(set(attempts))}")
