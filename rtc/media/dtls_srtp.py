"""DTLS-SRTP (RFC 5764) by aiortc and libsrtp, and the only place that touches their private names.

Private names in use, held by `tests/rtc/media/test_dtls_srtp.py`: `RTCDtlsTransport._set_role`,
`._rx_srtp`, `._tx_srtp`, `._transport` and what it asks of that (`_recv`, `_send`, `role`);
`pylibsrtp.Session._srtp`; `pylibsrtp._binding.lib`.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final, Literal

from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from cffi import FFI
from pylibsrtp import Error as SrtpError

from rtc.media.datagrams import Seal

log = logging.getLogger(__name__)
_ffi = FFI()


def _slow(method: str) -> Seal:
    """The same call made of `Session`'s public methods, which copy in and out."""

    def call(session: Any, data: Any, length: Any) -> int:
        try:
            result: bytes = getattr(session, method)(_ffi.buffer(data, length[0])[:])
        except (SrtpError, ValueError):
            return 1
        _ffi.memmove(data, result, len(result))
        length[0] = len(result)
        return 0

    return call


class Srtp:
    """Functions that seal and open a packet in place: `call(key, data, length) == 0` when done.

    `data` is a `char *` with room for the trailer, `length` an `int *` that is read and written.
    With libsrtp's cffi binding a call costs about 1 µs, half of what `Session.protect` does; where
    the binding is not as expected, `Session` does the work.
    """

    def __init__(self, binding: Any) -> None:
        self.fast = all(
            hasattr(binding, name)
            for name in ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp")
        ) and hasattr(binding, "srtp_unprotect_rtcp")
        if self.fast:
            self.protect: Seal = binding.srtp_protect
            self.protect_rtcp: Seal = binding.srtp_protect_rtcp
            self.unprotect: Seal = binding.srtp_unprotect
            self.unprotect_rtcp: Seal = binding.srtp_unprotect_rtcp
        else:
            log.warning("libsrtp binding not found, SRTP will cost twice the time")
            self.protect = _slow("protect")
            self.protect_rtcp = _slow("protect_rtcp")
            self.unprotect = _slow("unprotect")
            self.unprotect_rtcp = _slow("unprotect_rtcp")

    def key(self, session: Any) -> Any:
        """What the functions take for a `pylibsrtp.Session`, which must outlive it."""
        return session._srtp[0] if self.fast else session


def _binding() -> Any:
    try:
        from pylibsrtp._binding import lib
    except ImportError:
        return None
    return lib


srtp: Final = Srtp(_binding())


def _nobody(_: object) -> None:
    """Hears what a closed connection still says."""


class DtlsSrtp:
    """Keys of one peer connection, agreed by DTLS over the datagrams it is fed.

    `on_change` hears `connected`, `closed` or `failed`. Until `connected`, and after `close`, the
    keys are None.
    """

    WAITING = 32  # datagrams that may wait for the handshake; more are dropped

    def __init__(
        self,
        certificate: RTCCertificate,
        send: Callable[[bytes], None],
        on_change: Callable[[str], None],
    ) -> None:
        self.role = "controlled"  # asked by aiortc: ICE-lite never controls (RFC 8445 section 6.1)
        self.rx_key: Any = None
        self.tx_key: Any = None
        self.dropped = 0
        self._send_datagram = send
        self._on_change = on_change
        self._arrived: asyncio.Queue[bytes] = asyncio.Queue(self.WAITING)
        ice: Any = self
        self._transport = RTCDtlsTransport(ice, [certificate])
        self._transport.on("statechange", self._changed)
        self._task: asyncio.Task[None] | None = None

    def start(
        self, role: Literal["server", "client"], fingerprints: list[RTCDtlsFingerprint]
    ) -> None:
        """Begin the handshake; the certificate that comes must have these fingerprints."""
        self._transport._set_role(role)
        parameters = RTCDtlsParameters(fingerprints=fingerprints)
        self._task = asyncio.create_task(self._handshake(parameters))

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._task is not None

    def feed(self, data: bytes) -> None:
        """A DTLS datagram from the network."""
        try:
            self._arrived.put_nowait(data)
        except asyncio.QueueFull:
            self.dropped += 1

    async def close(self) -> None:
        """Tell the other side and forget the keys."""
        self.rx_key = self.tx_key = None
        with contextlib.suppress(Exception):
            await self._transport.stop()
        if self._task is not None:
            self._task.cancel()
        self._untie()

    def _untie(self) -> None:
        """Let go of one another, so that memory is free at once and not at some collection."""
        self._transport.remove_all_listeners()
        self._on_change = self._send_datagram = _nobody
        ice: Any = None
        self._transport._transport = ice

    async def _handshake(self, parameters: RTCDtlsParameters) -> None:
        try:
            await self._transport.start(parameters)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.debug("DTLS handshake broke", exc_info=True)
            self._on_change("failed")

    def _changed(self) -> None:
        state = self._transport.state
        if state == "connected":
            self.rx_key = srtp.key(self._transport._rx_srtp)
            self.tx_key = srtp.key(self._transport._tx_srtp)
        elif state in ("closed", "failed"):
            self.rx_key = self.tx_key = None
        else:
            return
        self._on_change(state)

    # What RTCDtlsTransport asks of an RTCIceTransport:

    async def _recv(self) -> bytes:
        return await self._arrived.get()

    async def _send(self, data: bytes) -> None:
        self._send_datagram(data)
