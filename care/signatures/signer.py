"""The seam for ways to sign: ECDSA, SM2, and one day a smart card or a licensed CA's service."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from care.signatures import authority
from care.signatures.models import SigningKey
from care.signatures.scheme import Scheme
from care.signatures.sm2 import Sm2
from people.actor import Actor


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature's value in base64 and the key it was made with."""

    value: str
    key: SigningKey


class Signer(Protocol):
    """Makes and checks signatures of one algorithm."""

    @property
    def algorithm(self) -> str:
        """The name stored with each signature."""
        ...

    async def key_for(self, actor: Actor) -> SigningKey:
        """The key that `actor` would sign with now."""
        ...

    async def sign(self, key: SigningKey, message: bytes) -> Signed:
        """Sign `message` with a key of this signer."""
        ...

    async def verify(self, certificate: str, message: bytes, value: str) -> bool:
        """Whether `value` is the signature on `message` by the holder of `certificate`."""
        ...

    async def vouches(self, certificate: str) -> bool:
        """Whether the authority behind this signer has issued `certificate`."""
        ...

    def bound(self, content: Any) -> Mapping[str, str]:
        """What is signed about the content besides its SHA-256."""
        ...


@dataclass(frozen=True, slots=True)
class HouseSigner:
    """Signs with keys that lie sealed in our own database."""

    scheme: Scheme

    @property
    def algorithm(self) -> str:
        return self.scheme.algorithm

    async def key_for(self, actor: Actor) -> SigningKey:
        for_papers = await authority.key_of(actor)
        if self.scheme is authority.ECDSA:
            return for_papers
        return await authority.key_of(actor, self.scheme)

    async def sign(self, key: SigningKey, message: bytes) -> Signed:
        raw = await self.scheme.sign(key.private_key, message)
        return Signed(base64.b64encode(raw).decode(), key)

    async def verify(self, certificate: str, message: bytes, value: str) -> bool:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return False
        return await self.scheme.verify(certificate, message, raw)

    async def vouches(self, certificate: str) -> bool:
        root = await authority.root(self.scheme)
        return await self.scheme.issued_by(certificate, root.certificate)

    def bound(self, content: Any) -> Mapping[str, str]:
        return self.scheme.bound(content)


DEFAULT: Final[Signer] = HouseSigner(authority.ECDSA)
SM2: Final[Signer] = HouseSigner(Sm2())
SIGNERS: Final[dict[str, Signer]] = {one.algorithm: one for one in (DEFAULT, SM2)}

_current = DEFAULT


def configure(signer: Signer) -> None:
    """Set what the process signs with from now on; what was signed is checked by its own."""
    global _current
    _current = signer


def current() -> Signer:
    """What the process signs with."""
    return _current
