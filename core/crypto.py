"""Keys, sealed columns and blind indexes.

`configure` is called once by the composition root. Personal identifiers are stored as
AES-256-GCM (NIST SP 800-38D) under a key with an id, so keys can be rotated, and found again
through an HMAC-SHA256 of the normalised value (a blind index).
"""

import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tortoise import fields

NONCE_BYTES: Final = 12
PREFIX: Final = "sealed1"


@dataclass(frozen=True, slots=True)
class FieldKey:
    """A 32-byte key and the short id stored beside every value sealed with it."""

    id: str
    secret: bytes


def parse_field_keys(text: str) -> list[FieldKey]:
    """Read `id:base64,id:base64`; the first seals, all open. Raises ValueError with the reason."""
    keys = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, encoded = part.partition(":")
        secret = base64.b64decode(encoded, validate=True) if encoded else b""
        if not name.isalnum() or len(secret) != 32:
            raise ValueError("FIELD_KEY must be `id:base64 of 32 bytes`, several joined by commas")
        keys.append(FieldKey(name, secret))
    if not keys:
        raise ValueError("FIELD_KEY is empty")
    return keys


class Keyring:
    """Derives every key of the house from two settings, each for one purpose only."""

    def __init__(self, *, secret_key: str, field_keys: Sequence[FieldKey]) -> None:
        self._root = secret_key.encode()
        self._field_keys = tuple(field_keys)

    def derive(self, purpose: str, *, length: int = 32) -> bytes:
        """A key bound to `purpose` (HKDF-SHA256, RFC 5869) from SECRET_KEY."""
        return _hkdf(self._root, purpose, length)

    def seal(self, plain: bytes, *, about: bytes = b"") -> str:
        """Encrypt; the text names its key: `sealed1.<key id>.<base64url nonce+cipher+tag>`."""
        key = self._field_keys[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = AESGCM(_hkdf(key.secret, "seal", 32)).encrypt(nonce, plain, about)
        return f"{PREFIX}.{key.id}.{base64.urlsafe_b64encode(nonce + box).decode()}"

    def open(self, sealed: str, *, about: bytes = b"") -> bytes:
        """Decrypt. Raises LookupError for an unknown key, InvalidTag for a changed value."""
        _, key_id, encoded = sealed.split(".", 2)
        key = next((k for k in self._field_keys if k.id == key_id), None)
        if key is None:
            raise LookupError(f"no FIELD_KEY with id {key_id}")
        raw = base64.urlsafe_b64decode(encoded)
        box = AESGCM(_hkdf(key.secret, "seal", 32))
        return box.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about)

    def is_current(self, sealed: str) -> bool:
        """Whether the value is sealed with the first key."""
        return sealed.split(".", 2)[1] == self._field_keys[0].id

    def index(self, value: str) -> str:
        """The blind index to store: HMAC under the current key."""
        return _index(self._field_keys[0], value)

    def indexes(self, value: str) -> list[str]:
        """The blind indexes to search, one for each key still in use."""
        return [_index(key, value) for key in self._field_keys]

    def mac(self, purpose: str, message: bytes) -> str:
        """HMAC-SHA256 in hex under a key derived for `purpose`."""
        begun = _begun(self.derive(purpose)).copy()
        begun.update(message)
        return begun.finalize().hex()


@functools.lru_cache(maxsize=256)
def _hkdf(secret: bytes, purpose: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, None, f"doorstep/{purpose}".encode()).derive(secret)


@functools.lru_cache(maxsize=256)
def _begun(key: bytes) -> HMAC:
    """A MAC that has taken in its key and nothing else: a copy costs a third of beginning anew."""
    return HMAC(key, hashes.SHA256())


def _index(key: FieldKey, value: str) -> str:
    secret = _hkdf(key.secret, "index", 32)
    return hmac.new(secret, value.strip().upper().encode(), hashlib.sha256).hexdigest()


_keyring: Keyring | None = None


def configure(keyring: Keyring) -> None:
    """Set the process's keys; the composition root and tests call this."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    """The process's keys. Raises RuntimeError before `configure`."""
    if _keyring is None:
        raise RuntimeError("core.crypto.configure was not called")
    return _keyring


class SealedField(fields.TextField):
    """A text column that is AES-GCM sealed in the database and plain in Python."""

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return None if value is None else keyring().seal(str(value).encode())

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(PREFIX):
            return keyring().open(value).decode()
        return value
