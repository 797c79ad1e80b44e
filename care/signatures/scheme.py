"""What a kind of signature by the house's own keys has to offer, and what its certificates say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID

SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate with its private key, both PEM."""

    certificate: str
    private_key: str
    serial: int = 0


class Named(Protocol):
    """Whom a certificate names."""

    @property
    def practitioner_id(self) -> UUID:
        """Who it is."""
        ...

    @property
    def name(self) -> str:
        """As in the staff list."""
        ...

    @property
    def organization_name(self) -> str:
        """Whom they sign for."""
        ...


class Scheme(Protocol):
    """One algorithm: keys, certificates below a root of its own, signatures."""

    @property
    def algorithm(self) -> str:
        """The name stored with each signature and each key."""
        ...

    @property
    def authority(self) -> str:
        """The id of its root's row."""
        ...

    async def make_root(self, moment: datetime, until: datetime) -> Made:
        """A root that certifies itself."""
        ...

    async def issue(self, root: Made, person: Named, moment: datetime, until: datetime) -> Made:
        """A key for `person`, certified by `root`."""
        ...

    async def sign(self, private_key: str, message: bytes) -> bytes:
        """The signature in DER."""
        ...

    async def verify(self, certificate: str, message: bytes, raw: bytes) -> bool:
        """Whether `raw` is the signature on `message` by the holder of `certificate`."""
        ...

    async def issued_by(self, certificate: str, root: str) -> bool:
        """Whether `root` really signed `certificate` (both PEM)."""
        ...

    def bound(self, content: Any) -> Mapping[str, str]:
        """What is signed about the content besides its SHA-256."""
        ...


def subject(person: Named) -> x509.Name:
    """The name of a practitioner."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, person.organization_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, person.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, str(person.practitioner_id)),
        ]
    )


def root_name() -> x509.Name:
    """The name of the county's roots."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Doorstep County Medical Root"),
        ]
    )


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """A root signs certificates, a person signs documents."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
