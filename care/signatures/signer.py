"""The seam for other ways to sign: SM2, a smart card, a licensed CA's service."""

import base64
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from care.signatures import authority
from care.signatures.models import SigningKey
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

    def verify(self, certificate: str, message: bytes, value: str) -> bool:
        """Whether `value` is the signature on `message` by the holder of `certificate`."""
        ...


class EcdsaSigner:
    """ECDSA on P-256 with SHA-256 (FIPS 186-5), keys sealed in our own database."""

    algorithm: Final = "ECDSA-P256-SHA256"

    async def key_for(self, actor: Actor) -> SigningKey:
        return await authority.key_of(actor)

    async def sign(self, key: SigningKey, message: bytes) -> Signed:
        private = authority.load_private(key.private_key)
        raw = private.sign(message, ec.ECDSA(hashes.SHA256()))
        return Signed(base64.b64encode(raw).decode(), key)

    def verify(self, certificate: str, message: bytes, value: str) -> bool:
        try:
            raw = base64.b64decode(value, validate=True)
            authority.load_public(certificate).verify(raw, message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


DEFAULT: Final[Signer] = EcdsaSigner()
SIGNERS: Final[dict[str, Signer]] = {DEFAULT.algorithm: DEFAULT}
