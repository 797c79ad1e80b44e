"""The keys WeChat Pay signs with, and the check of a signature.

Several serials count at the same time while WeChat changes its keys, or while a merchant moves
from platform certificates to a public key (`PUB_KEY_ID_…`). They are files in one folder; a
serial that is not known makes it look there again, so a new key needs no restart.

How old a signature is, is measured by the machine's own clock, by which the library signs too.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from wechatpayv3.async_.utils import rsa_verify

from wechat.errors import Forged

log = structlog.get_logger(__name__)

OLDEST_S: Final = 300
LOOK_AGAIN_S: Final = 5.0
PREFIX: Final = "PUB_KEY_ID_"
SIGNATURE_TYPE: Final = "WECHATPAY2-SHA256-RSA2048"
REFUSED: Final = "这条微信支付消息没有通过验证。"


class UnknownSerial(Exception):
    """Signed with a key that is not here; it may be fetched."""


class PlatformKeys:
    """Every key that counts now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, RSAPublicKey] = {}
        self._ends: dict[str, datetime] = {}
        self._looked_at = -LOOK_AGAIN_S
        self._newest = ""

    @property
    def newest_public_key(self) -> str:
        """The id of the public key to ask answers for, empty with certificates only."""
        if not self._keys:
            self._look()
        return self._newest

    def add_certificate(self, certificate: x509.Certificate) -> None:
        """Let a platform certificate count until it ends."""
        key = certificate.public_key()
        if isinstance(key, RSAPublicKey):
            serial = _serial(f"{certificate.serial_number:X}")
            self._keys[serial] = key
            self._ends[serial] = certificate.not_valid_after_utc

    def verify(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Raises Forged, or UnknownSerial when everything but the key is in order."""
        given = {name.lower(): value for name, value in headers.items()}
        kind = given.get("wechatpay-signature-type", SIGNATURE_TYPE)
        stamp = given.get("wechatpay-timestamp", "")
        if kind != SIGNATURE_TYPE or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            raise forged("headers")
        if abs(time.time() - int(stamp)) > OLDEST_S:
            raise forged("old")
        try:
            body = raw.decode()
        except UnicodeDecodeError:
            raise forged("encoding") from None
        key = self._find(given.get("wechatpay-serial", ""))
        nonce, signature = given.get("wechatpay-nonce", ""), given.get("wechatpay-signature", "")
        if not rsa_verify(stamp, nonce, body, signature, key):
            raise forged("signature")

    def _find(self, serial: str) -> RSAPublicKey:
        name = _serial(serial)
        if name not in self._keys:
            self._look()
        key = self._keys.get(name)
        if key is None or self._ends.get(name, datetime.max.replace(tzinfo=UTC)) < _now():
            raise UnknownSerial(name[:80])
        return key

    def _look(self) -> None:
        """Read the folder, but not for every forged message."""
        if time.monotonic() - self._looked_at < LOOK_AGAIN_S:
            return
        self._looked_at = time.monotonic()
        files = sorted(self._folder.glob("*.pem"), key=lambda file: file.stat().st_mtime)
        for file in files:
            try:
                self._read(file)
            except ValueError:
                log.warning("wechat_key_unreadable", file=file.name)

    def _read(self, file: Path) -> None:
        pem = file.read_bytes()
        if b"BEGIN CERTIFICATE" in pem:
            self.add_certificate(x509.load_pem_x509_certificate(pem))
            return
        key = load_pem_public_key(pem)
        if not file.stem.startswith(PREFIX) or not isinstance(key, RSAPublicKey):
            raise ValueError(file.stem)
        self._keys[_serial(file.stem)] = key
        self._newest = file.stem


def forged(why: str) -> Forged:
    """The refusal, with its reason in the log only."""
    log.warning("wechat_pay_forged", why=why)
    return Forged("wechat_pay_forged", REFUSED)


def _serial(text: str) -> str:
    """Serials are hexadecimal numbers or ids; case and leading zeros say nothing."""
    return text.strip().upper().lstrip("0")


def _now() -> datetime:
    return datetime.now(UTC)
