"""One peer connection of a load-generating participant: a socket, ICE checks, DTLS and SRTP keys.

Much less than a browser does and all that a server can see of one: authenticated checks at
Chromium's pace, a full DTLS handshake, SRTP with the profile the server picks.
"""

import asyncio
import secrets
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

from aioice import stun
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from bench.media.sdp import Local, Remote

CHECK_EVERY_SECONDS = 2.5
BUFFER_BYTES = 2 << 20
_PROFILES = {
    b"SRTP_AEAD_AES_256_GCM": (Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    b"SRTP_AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    b"SRTP_AES128_CM_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
}


class Identity:
    """The certificate that all participants of one process share, and its DTLS context."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "load")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        self.context = SSL.Context(SSL.DTLS_METHOD)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self.context.set_tlsext_use_srtp(b":".join(_PROFILES))


class Peer:
    """Opens its socket at once; `connect` runs ICE and DTLS with the server's description."""

    def __init__(self, identity: Identity, address: str) -> None:
        self.identity = identity
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.sock.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
        self.sock.bind((address, 0))
        host, port = self.sock.getsockname()
        self.local = Local(
            host, port, secrets.token_hex(4), secrets.token_hex(12), identity.fingerprint
        )
        self.remote = Remote()
        self.profile = ""
        self.sender: Session | None = None
        self.receiver: Session | None = None
        self._controlling = True
        self._checked = asyncio.Event()
        self._ready = asyncio.Event()
        self._ssl: SSL.Connection | None = None
        self._early: list[bytes] = []

    async def connect(self, remote: Remote, *, offered: bool, seconds: float = 20) -> None:
        """Returns when media can flow. `offered`: the offer was ours. Raises TimeoutError."""
        self.remote = remote
        self._controlling = offered or remote.lite
        self.sock.connect((remote.address, remote.port))
        loop = asyncio.get_running_loop()
        loop.add_reader(self.sock.fileno(), self._readable)
        async with asyncio.timeout(seconds):
            await self._check()
            self._start_dtls(client=remote.setup != "active")
            await self._shake()

    def pause(self) -> None:
        """Take the socket off the asyncio loop; from now on the caller reads it."""
        asyncio.get_running_loop().remove_reader(self.sock.fileno())

    def send_check(self) -> None:
        """A connectivity check, which is also the consent of RFC 7675."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.remote.ufrag}:{self.local.ufrag}"
        request.attributes["PRIORITY"] = 1853817087
        if self._controlling:
            request.attributes["ICE-CONTROLLING"] = 1 << 63
            request.attributes["USE-CANDIDATE"] = None
        else:
            request.attributes["ICE-CONTROLLED"] = 1
        request.add_message_integrity(self.remote.password.encode())
        self.send(bytes(request))

    def send(self, data: bytes) -> None:
        """Best effort, as datagrams are."""
        try:
            self.sock.send(data)
        except (BlockingIOError, ConnectionRefusedError):
            return

    def on_stun(self, data: bytes) -> None:
        """Answer the server's checks; note the answers to ours."""
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        if message.message_class == stun.Class.RESPONSE:
            self._checked.set()
            return
        if message.message_class != stun.Class.REQUEST:
            return
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=message.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = (self.remote.address, self.remote.port)
        response.add_message_integrity(self.local.password.encode())
        self.send(bytes(response))

    def close(self) -> None:
        """Close the socket; the server finds out by itself or is stopped as well."""
        self.sock.close()

    async def _check(self) -> None:
        while not self._checked.is_set():
            self.send_check()
            try:
                await asyncio.wait_for(self._checked.wait(), 0.1)
            except TimeoutError:
                continue

    def _start_dtls(self, *, client: bool) -> None:
        self._ssl = SSL.Connection(self.identity.context, None)
        if client:
            self._ssl.set_connect_state()
        else:
            self._ssl.set_accept_state()
        self._client = client
        for data in self._early:
            self._on_dtls(data)
        self._step()

    async def _shake(self) -> None:
        while not self._ready.is_set():
            try:
                await asyncio.wait_for(self._ready.wait(), 0.3)
            except TimeoutError:
                if self._ssl is not None and self._ssl.DTLSv1_handle_timeout():
                    self._flush()

    def _readable(self) -> None:
        while True:
            try:
                data = self.sock.recv(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if not data:
                continue
            if data[0] < 4:
                self.on_stun(data)
            elif 19 < data[0] < 64:
                self._on_dtls(data)

    def _on_dtls(self, data: bytes) -> None:
        if self._ssl is None:
            self._early.append(data)
            return
        self._ssl.bio_write(data)
        self._step()

    def _step(self) -> None:
        assert self._ssl is not None
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        self._flush()
        if not self._ready.is_set():
            self._take_keys()
            self._ready.set()

    def _flush(self) -> None:
        """Send what OpenSSL has written, one DTLS record to a datagram."""
        assert self._ssl is not None
        try:
            flight = self._ssl.bio_read(65536)
        except SSL.WantReadError:
            return
        while flight:
            size = 13 + int.from_bytes(flight[11:13], "big")
            self.send(flight[:size])
            flight = flight[size:]

    def _take_keys(self) -> None:
        assert self._ssl is not None
        name = self._ssl.get_selected_srtp_profile()
        profile, key, salt = _PROFILES[name]
        self.profile = name.decode()
        material = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        keys = (material[:key], material[key : 2 * key])
        salts = (material[2 * key : 2 * key + salt], material[2 * key + salt :])
        ours = 0 if self._client else 1
        self.sender = _session(profile, keys[ours] + salts[ours], Policy.SSRC_ANY_OUTBOUND)
        self.receiver = _session(profile, keys[1 - ours] + salts[1 - ours], Policy.SSRC_ANY_INBOUND)


def _session(profile: Any, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.window_size = 1024
    return Session(policy)
