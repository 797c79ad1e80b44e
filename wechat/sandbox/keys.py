"""The sandbox's keys and names, made once and kept in a folder, so that a restart changes none."""

import hashlib
import hmac
import os
import secrets
import shutil
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

APP_ID: Final = "wx5a9dbc0c0ffee001"
OFFICIAL_APP_ID: Final = "wx5a9dbc0c0ffee002"
MERCHANT_ID: Final = "1900000109"
_PEM: Final = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class Signer:
    """A key WeChat signs with. With a certificate it is a platform certificate's."""

    serial: str
    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate | None = None

    def sign(self, text: str) -> str:
        """SHA256 with RSA, base64."""
        return sign(self.key, text)


@dataclass(slots=True)
class Identity:
    """Both sides of the merchant's agreement with WeChat. `signers`: the newest is the last."""

    folder: Path
    app_secret: str
    api_key: str
    merchant_key: rsa.RSAPrivateKey
    merchant_pem: str
    merchant_serial: str
    signers: list[Signer]

    @property
    def official_secret(self) -> str:
        """The official account's AppSecret."""
        return hmac.new(self.app_secret.encode(), b"official", hashlib.sha256).hexdigest()[:32]

    @property
    def platform_keys(self) -> Path:
        """The folder with the public keys, for the client's settings."""
        return self.folder / "platform"

    def add_public_key(self, *, tell: bool = True) -> Signer:
        """Begin to rotate: sign with a new key too; `tell` puts it where the client looks."""
        serial = f"PUB_KEY_ID_{secrets.token_hex(16).upper()}"
        key = _new_key()
        signer = Signer(serial, key)
        self.signers.append(signer)
        _write(self.folder / "signing" / f"{serial}.pem", _private_pem(key))
        if tell:
            _write(self.platform_keys / f"{serial}.pem", _public_pem(key))
        return signer

    def add_certificate(self) -> Signer:
        """Begin to sign with a platform certificate, which the client fetches by itself."""
        key = _new_key()
        certificate = _certificate(key)
        signer = Signer(f"{certificate.serial_number:X}", key, certificate)
        self.signers.append(signer)
        return signer


def load(folder: Path) -> Identity:
    """The identity in `folder`, made there when it is missing. Safe from several processes."""
    if not folder.is_dir():
        _make(folder)
    merchant = (folder / "merchant.pem").read_text()
    signing = sorted((folder / "signing").glob("*.pem"), key=lambda file: file.stat().st_mtime_ns)
    return Identity(
        folder=folder,
        app_secret=(folder / "app_secret").read_text(),
        api_key=(folder / "api_key").read_text(),
        merchant_key=_load(merchant.encode()),
        merchant_pem=merchant,
        merchant_serial=(folder / "merchant_serial").read_text(),
        signers=[Signer(file.stem, _load(file.read_bytes())) for file in signing],
    )


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".sandbox-"))
    try:
        (draft / "signing").mkdir()
        (draft / "platform").mkdir()
        _write(draft / "merchant.pem", _private_pem(_new_key()))
        _write(draft / "merchant_serial", secrets.token_hex(20).upper())
        _write(draft / "app_secret", secrets.token_hex(16))
        _write(draft / "api_key", secrets.token_hex(16))
        serial, key = f"PUB_KEY_ID_{secrets.token_hex(16).upper()}", _new_key()
        _write(draft / "signing" / f"{serial}.pem", _private_pem(key))
        _write(draft / "platform" / f"{serial}.pem", _public_pem(key))
        with suppress(OSError):  # another process was faster: its keys are the ones
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sign(key: rsa.RSAPrivateKey, text: str) -> str:
    """SHA256 with RSA (PKCS#1 v1.5), base64."""
    return b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: rsa.RSAPublicKey, text: str, signature: str) -> bool:
    """Whether the signature is `key`'s for `text`."""
    try:
        key.verify(
            b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _load(pem: bytes) -> rsa.RSAPrivateKey:
    # Not searched for weaknesses, which takes longer than all the rest: we made it.
    key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101  (we wrote it)
    return key


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(_PEM, kind, serialization.NoEncryption()).decode()


def _public_pem(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(_PEM, kind).decode()


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay sandbox")])
    moment = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
