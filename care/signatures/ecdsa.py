"""ECDSA on P-256 with SHA-256 (FIPS 186-5), and X.509 certificates for it."""

from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from care.signatures.scheme import SKEW, Made, Named, key_usage, root_name, subject


class Ecdsa:
    """The county's first root and the keys below it; papers are sealed with these."""

    algorithm: Final = "ECDSA-P256-SHA256"
    authority: Final = "county"

    async def make_root(self, moment: datetime, until: datetime) -> Made:
        private_key = ec.generate_private_key(ec.SECP256R1())
        draft = _certificate(private_key, root_name(), moment, until).issuer_name(root_name())
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        usage = key_usage(signs_certificates=True)
        draft = draft.add_extension(constraint, critical=True).add_extension(usage, critical=True)
        return _made(draft, private_key, private_key)

    async def issue(self, root: Made, person: Named, moment: datetime, until: datetime) -> Made:
        private_key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.load_pem_x509_certificate(root.certificate.encode())
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(issuer))
        draft = (
            _certificate(private_key, subject(person), moment, until)
            .issuer_name(issuer.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(signs_certificates=False), critical=True)
            .add_extension(above, critical=False)
        )
        return _made(draft, private_key, _private(root.private_key))

    async def sign(self, private_key: str, message: bytes) -> bytes:
        return _private(private_key).sign(message, ec.ECDSA(hashes.SHA256()))

    async def verify(self, certificate: str, message: bytes, raw: bytes) -> bool:
        try:
            public = _public(x509.load_pem_x509_certificate(certificate.encode()))
            public.verify(raw, message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True

    async def issued_by(self, certificate: str, root: str) -> bool:
        child = x509.load_pem_x509_certificate(certificate.encode())
        try:
            child.verify_directly_issued_by(x509.load_pem_x509_certificate(root.encode()))
        except Exception:
            return False
        return True

    def bound(self, content: Any) -> dict[str, str]:
        """Nothing more: the hash that every signature binds is SHA-256."""
        return {}


def _certificate(
    private_key: ec.EllipticCurvePrivateKey, name: x509.Name, moment: datetime, until: datetime
) -> x509.CertificateBuilder:
    public = private_key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - SKEW)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _made(
    draft: x509.CertificateBuilder,
    private_key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
) -> Made:
    certificate = draft.sign(by, hashes.SHA256())
    private = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    return Made(public.decode(), private.decode(), certificate.serial_number)


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("these certificates hold ECDSA keys")
    return key


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("these keys are ECDSA keys")
    return key
