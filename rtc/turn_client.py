"""One allocation at a TURN server (RFC 8656), made as a browser makes it. aioice speaks TURN.

For checks, not for calls: every way it can fail has a name (`Cause`).
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from aioice import stun
from aioice.turn import TurnClientMixin, TurnClientTcpProtocol, TurnClientUdpProtocol

from rtc.turn import Credentials

PATIENCE_S: Final = 5.0  # for each step; a browser gives up on a relay after about ten seconds
LIFETIME_S: Final = 60
CHANNEL_REFRESH_S: Final = 500
PORTS: Final = {"turn": 3478, "turns": 5349}  # RFC 7065 section 3

_url: Final = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:?/\s]+)(:(?P<port>\d{1,5}))?"
    r"(\?transport=(?P<transport>udp|tcp))?"
)
# X509_V_ERR_*, as OpenSSL's verification says them
_EXPIRED: Final = frozenset({10})
_NOT_YET: Final = frozenset({9})
_OTHER_NAME: Final = frozenset({62, 63, 64})


class Cause(StrEnum):
    """Why a way through a relay is closed."""

    URL = "url"
    DNS = "dns"
    NO_ROUTE = "no_route"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_EARLY = "certificate_early"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    TLS = "tls"
    UNAUTHORIZED = "unauthorized"
    SECRET = "secret"  # noqa: S105  (a reason, not a secret)
    CLOCK = "clock"
    QUOTA = "quota"
    PEER_FORBIDDEN = "peer_forbidden"
    ANSWER = "answer"
    NO_DATA = "no_data"


class RelayProblem(Exception):
    """A step failed; `said` is what the machine said, for people who know machines."""

    def __init__(self, cause: Cause, said: str = "") -> None:
        super().__init__(f"{cause}: {said}")
        self.cause, self.said = cause, said


@dataclass(frozen=True, slots=True)
class RelayUrl:
    """`turn:` or `turns:` (RFC 7065), as browsers are told it."""

    text: str
    host: str
    port: int
    transport: str  # udp, tcp or tls

    @classmethod
    def parse(cls, text: str) -> "RelayUrl":
        """Raises RelayProblem `url`."""
        found = _url.fullmatch(text.strip())
        if found is None:
            raise RelayProblem(Cause.URL, text)
        scheme = found["scheme"]
        port = int(found["port"] or PORTS[scheme])
        transport = found["transport"] or ("tcp" if scheme == "turns" else "udp")
        if not 0 < port < 65536 or (scheme == "turns" and transport == "udp"):
            raise RelayProblem(Cause.URL, text)  # no browser speaks DTLS to a relay
        host = found["host"].strip("[]")
        return cls(text.strip(), host, port, "tls" if scheme == "turns" else transport)

    async def addresses(self) -> list[str]:
        """IPv4 and IPv6 addresses of the host. Raises RelayProblem `dns`."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE_S):
                rows = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_DGRAM)
        except (OSError, TimeoutError, UnicodeError) as problem:
            raise RelayProblem(Cause.DNS, str(problem)) from problem
        return list(dict.fromkeys(str(row[4][0]) for row in rows))


class _Udp(TurnClientUdpProtocol):
    """Hears that nobody listens there, where the network says so."""

    refusal: asyncio.Future[None] | None = None

    def error_received(self, problem: Exception) -> None:
        if self.refusal is not None and not self.refusal.done():
            self.refusal.set_exception(problem)


class Allocation(asyncio.DatagramProtocol):
    """A relay that is ours until the block ends."""

    def __init__(self, client: TurnClientMixin, transport: asyncio.BaseTransport) -> None:
        self._client, self._transport = client, transport
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        client.receiver = self

    @property
    def address(self) -> tuple[str, int]:
        """Where peers reach us: the relayed address."""
        return self._client.relayed_address or ("", 0)

    @property
    def certificate_ends(self) -> datetime | None:
        """When the server's certificate ends; None without TLS."""
        found = self._transport.get_extra_info("peercert")
        if not found:
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(found["notAfter"]), UTC)

    def datagram_received(self, data: bytes | str, addr: Any) -> None:
        """What peers send us."""
        if isinstance(data, bytes):
            self._received.put_nowait(data)

    async def send(self, data: bytes, peer: tuple[str, int]) -> None:
        """The first packet asks leave to speak with that peer. Raises RelayProblem."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._client.send_data(data, peer)
        except Exception as problem:
            raise named(problem) from problem

    async def receive(self, within_s: float) -> bytes:
        """The next from any peer. Raises TimeoutError."""
        return await asyncio.wait_for(self._received.get(), within_s)

    async def refresh(self) -> int:
        """Keep it; the seconds it has from now on. Raises RelayProblem."""
        request = stun.Message(message_method=stun.Method.REFRESH, message_class=stun.Class.REQUEST)
        request.attributes["LIFETIME"] = LIFETIME_S
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer, _ = await self._client.request_with_retry(request)
        except Exception as problem:
            raise named(problem) from problem
        return int(answer.attributes["LIFETIME"])

    async def close(self) -> None:
        """Give the relay back."""
        with suppress(Exception):
            async with asyncio.timeout(1):
                await self._client.delete()
        self._transport.close()


def named(problem: Exception) -> RelayProblem:
    """The name of what a socket, TLS or the server said."""
    said = str(problem) or type(problem).__name__
    match problem:
        case ssl.SSLCertVerificationError():
            code = problem.verify_code
            for codes, cause in (
                (_EXPIRED, Cause.CERTIFICATE_EXPIRED),
                (_NOT_YET, Cause.CERTIFICATE_EARLY),
                (_OTHER_NAME, Cause.CERTIFICATE_NAME),
            ):
                if code in codes:
                    return RelayProblem(cause, problem.verify_message)
            return RelayProblem(Cause.CERTIFICATE_UNTRUSTED, problem.verify_message)
        case ssl.SSLError():
            return RelayProblem(Cause.TLS, said)
        case stun.TransactionFailed():
            code, reason = problem.response.attributes.get("ERROR-CODE", (0, ""))
            causes = {401: Cause.UNAUTHORIZED, 403: Cause.PEER_FORBIDDEN, 486: Cause.QUOTA}
            return RelayProblem(causes.get(code, Cause.ANSWER), f"{code} {reason}")
        case stun.TransactionTimeout() | TimeoutError():
            return RelayProblem(Cause.TIMEOUT, said)
        case ConnectionRefusedError():
            return RelayProblem(Cause.REFUSED, said)
        case ConnectionError():
            return RelayProblem(Cause.ANSWER, said)
        case OSError():
            return RelayProblem(Cause.NO_ROUTE, said)
    return RelayProblem(Cause.ANSWER, said)


@asynccontextmanager
async def allocation(
    url: RelayUrl, address: str, credentials: Credentials
) -> AsyncIterator[Allocation]:
    """A relay at one of the host's addresses. Raises RelayProblem."""
    client: TurnClientTcpProtocol | _Udp | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            client = await _connected(url, address, credentials)
            await _allocated(client)
    except Exception as problem:
        if client is not None:
            client.transport.close()
        raise named(problem) from problem
    held = Allocation(client, client.transport)
    try:
        yield held
    finally:
        await held.close()


async def _connected(
    url: RelayUrl, address: str, credentials: Credentials
) -> TurnClientTcpProtocol | _Udp:
    loop = asyncio.get_running_loop()
    server = (address, url.port)
    options = (server, *credentials, LIFETIME_S, CHANNEL_REFRESH_S)
    if url.transport == "udp":
        _, udp = await loop.create_datagram_endpoint(lambda: _Udp(*options), remote_addr=server)
        udp.refusal = loop.create_future()
        return udp
    trust = ssl.create_default_context() if url.transport == "tls" else None
    _, tcp = await loop.create_connection(
        lambda: TurnClientTcpProtocol(*options),
        *server,
        ssl=trust,
        server_hostname=url.host if trust else None,
    )
    return tcp


async def _allocated(client: TurnClientTcpProtocol | _Udp) -> None:
    asked = asyncio.ensure_future(client.connect())
    refusal = getattr(client, "refusal", None)
    try:
        await asyncio.wait(
            {asked, refusal} if refusal else {asked}, return_when=asyncio.FIRST_COMPLETED
        )
        if refusal is not None and refusal.done() and not asked.done():
            refusal.result()
        await asked
    finally:
        asked.cancel()
        if refusal is not None:
            refusal.cancel()
