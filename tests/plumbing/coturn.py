"""A real coturn, started as in production: by deploy/start-turn with deploy/turnserver.conf.

It listens on free ports, with a certificate of an authority that only the tests trust. What differs
from production stands on its command line: ports, and that peers on loopback are allowed.
"""

import asyncio
import base64
import datetime
import hashlib
import ipaddress
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.plumbing.servers import free_port

ROOT: Final = Path(__file__).parent.parent.parent
SECRET: Final = "turn secret of the tests, forty letters.."
START_S: Final = 60
FIRST_PORT: Final = 20_000  # of relays: below those that the kernel gives to others
PORTS: Final = 400


@dataclass(frozen=True)
class Authority:
    """Who signs the relay's certificate; `file` is what a client has to trust."""

    file: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def found(cls, folder: Path) -> "Authority":
        """A new one."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("authority of the tests")
        certificate = (
            _certificate(name, name, key, days=30)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = folder / "authority.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(file, key, certificate)

    def issue(self, folder: Path, *names: str, days: int = 7) -> tuple[Path, Path]:
        """Certificate and key for names and addresses; negative `days` make an expired one."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _certificate(_named(names[0]), self.certificate.subject, key, days)
            .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        files = folder / "turn.crt", folder / "turn.key"
        plain = serialization.NoEncryption()
        files[1].write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return files

    @staticmethod
    def key_of(file: Path) -> str:
        """SHA-256 of a certificate's public key, as browsers pin it (RFC 7469 section 2.4)."""
        key = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
        spki = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    end = now + datetime.timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - datetime.timedelta(days=1))
        .not_valid_after(end)
    )


@dataclass
class Coturn:
    """A relay that runs. Ports are the same on each of its addresses."""

    folder: Path
    authority: Authority
    certificate: tuple[Path, Path]
    addresses: Sequence[str] = ("127.0.0.1",)
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    loopback_peers: bool = True
    peers: Sequence[str] = ()  # media nodes on other machines
    prefix: Sequence[str] = ()  # of its command, such as `ip netns exec NAME`
    process: asyncio.subprocess.Process | None = None

    def url(self, transport: str, host: str = "") -> str:
        """What a browser is told: `udp`, `tcp` or `tls`."""
        host = host or self.addresses[0]
        host = f"[{host}]" if ":" in host else host
        if transport == "tls":
            return f"turns:{host}:{self.tls_port}?transport=tcp"
        return f"turn:{host}:{self.port}?transport={transport}"

    def urls(self, *transports: str) -> str:
        """The setting TURN_URLS."""
        return ",".join(self.url(transport) for transport in transports or ("udp", "tcp", "tls"))

    @property
    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "coturn.log").read_text(errors="replace")

    @property
    def browser_flag(self) -> str:
        """Makes Chromium trust this relay's certificate, by its key."""
        key = self.authority.key_of(self.certificate[0])
        return f"--ignore-certificate-errors-spki-list={key}"

    def environment(self) -> dict[str, str]:
        """What deploy/start-turn reads."""
        (self.folder / "turn_secret").write_text(SECRET)
        six = [address for address in self.addresses if ":" in address]
        return {
            "DOORSTEP_DOMAIN": "doorstep.test",
            "DOORSTEP_PUBLIC_IP": self.addresses[0],
            "DOORSTEP_PUBLIC_IPV6": six[0] if six else "",
            "TURN_PEERS": ",".join(self.peers),
            "TURN_SECRET_FILE": str(self.folder / "turn_secret"),
            "TURN_CONFIG": str(ROOT / "deploy" / "turnserver.conf"),
            "TURN_RUN_DIR": str(self.folder),
            "TURN_CERT_FILE": str(self.certificate[0]),
            "TURN_KEY_FILE": str(self.certificate[1]),
            "TURN_WATCH_S": "0.2",
        }

    async def start(self) -> None:
        """Start it and wait until it listens. Fails the test without the Debian package."""
        if shutil.which("turnserver") is None:
            pytest.fail("no coturn: install the Debian package coturn")
        first = FIRST_PORT + random.randrange(0, 10_000)
        arguments = [
            f"--listening-port={self.port}",
            f"--tls-listening-port={self.tls_port}",
            f"--min-port={first}",
            f"--max-port={first + PORTS}",
            "--verbose",
            *(["--allow-loopback-peers"] if self.loopback_peers else []),
        ]
        with (self.folder / "coturn.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.prefix,
                str(ROOT / "deploy" / "start-turn"),
                *arguments,
                env=os.environ | self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await self._until_it_listens()

    async def _until_it_listens(self) -> None:
        until = time.monotonic() + START_S
        while "Total General servers" not in self.log:
            gone = self.process is None or self.process.returncode is not None
            if gone or time.monotonic() > until:
                raise AssertionError(f"coturn did not start: {self.log[-3000:]}")
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End it; the watcher of its certificate ends by itself."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def running(coturn: Coturn) -> AsyncIterator[Coturn]:
    """A relay inside the block."""
    try:
        await coturn.start()
        yield coturn
    finally:
        await coturn.stop()


def new_coturn(folder: Path, **options: object) -> Coturn:
    """One that is not started yet, with a certificate for this machine's loopback."""
    authority = Authority.found(folder)
    names = ("localhost", *options.get("addresses", ("127.0.0.1", "::1")))  # type: ignore[misc]
    return Coturn(folder, authority, authority.issue(folder, *names), **options)  # type: ignore[arg-type]


@pytest.fixture
async def coturn(tmp_path: Path) -> AsyncIterator[Coturn]:
    """A relay on 127.0.0.1 and ::1."""
    folder = tmp_path / "coturn"
    folder.mkdir()
    async with running(new_coturn(folder, addresses=("127.0.0.1", "::1"))) as relay:
        yield relay
