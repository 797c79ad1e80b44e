"""Keys and certificates: a county root that certifies one ECDSA P-256 key per practitioner.

Self-made, for a county without a licensed CA at hand. 电子签名法 art. 16 asks for a licensed CA
where a third party certifies; an adapter to one takes this module's place behind `Signer`.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tortoise.exceptions import IntegrityError

from care.signatures.models import CertificateAuthority, SigningKey
from core import clock, db
from people.actor import Actor

ROOT_YEARS: Final = 20
KEY_YEARS: Final = 3
RENEW_BEFORE: Final = timedelta(days=30)
COUNTY: Final = "county"
_SKEW: Final = timedelta(minutes=5)


async def key_of(actor: Actor) -> SigningKey:
    """The practitioner's key in force; made on first use, renewed before it expires."""
    found = await SigningKey.get_or_none(active_for=actor.practitioner_id)
    if found is not None and found.expires_at - RENEW_BEFORE > clock.now():
        return found
    if found is not None:
        await SigningKey.filter(id=found.id).update(active_for=None)
    try:
        async with db.atomic():
            return await _issue(actor)
    except IntegrityError:
        return await SigningKey.get(active_for=actor.practitioner_id)


async def revoke(practitioner_id: UUID) -> bool:
    """Take the key in force out of use. What it signed before stays valid."""
    return bool(
        await SigningKey.filter(active_for=practitioner_id).update(
            active_for=None, revoked_at=clock.now()
        )
    )


async def root() -> CertificateAuthority:
    """The county's root; made on first use."""
    found = await CertificateAuthority.get_or_none(id=COUNTY)
    if found is not None:
        return found
    certificate, private_key = _make_root(clock.now())
    made, _ = await CertificateAuthority.get_or_create(
        id=COUNTY,
        defaults={
            "certificate": certificate,
            "private_key": private_key,
            "created_at": clock.now(),
        },
    )
    return made


async def _issue(actor: Actor) -> SigningKey:
    authority, moment = await root(), clock.now()
    private_key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    expires = moment + timedelta(days=365 * KEY_YEARS)
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_subject(actor))
        .issuer_name(issuer.subject)
        .public_key(private_key.public_key())
        .serial_number(serial)
        .not_valid_before(moment - _SKEW)
        .not_valid_after(expires)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(issuer)), critical=False
        )
        .sign(load_private(authority.private_key), hashes.SHA256())
    )
    return await SigningKey.create(
        id=uuid4(),
        practitioner_id=actor.practitioner_id,
        active_for=actor.practitioner_id,
        serial=f"{serial:x}",
        certificate=_pem(certificate),
        private_key=_private_pem(private_key),
        created_at=moment,
        expires_at=expires,
    )


def _subject(actor: Actor) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, actor.organization_name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, actor.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, str(actor.practitioner_id)),
        ]
    )


def _make_root(moment: datetime) -> tuple[str, str]:
    private_key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Doorstep County Medical Root"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _SKEW)
        .not_valid_after(moment + timedelta(days=365 * ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False
        )
        .sign(private_key, hashes.SHA256())
    )
    return _pem(certificate), _private_pem(private_key)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
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


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("the county's certificates hold ECDSA keys")
    return key


def load_public(certificate: str) -> ec.EllipticCurvePublicKey:
    """The public key in a PEM certificate."""
    return _public(x509.load_pem_x509_certificate(certificate.encode()))


def load_private(pem: str) -> ec.EllipticCurvePrivateKey:
    """A private key from PEM."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the county's keys are ECDSA keys")
    return key


def issued_by(certificate: str, authority: str) -> bool:
    """Whether `authority` really signed `certificate` (both PEM)."""
    child = x509.load_pem_x509_certificate(certificate.encode())
    try:
        child.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))
    except Exception:
        return False
    return True


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
