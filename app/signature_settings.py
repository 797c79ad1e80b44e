"""What the house signs with, as an environment variable."""

from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from care.signatures import sm2
from care.signatures.signer import DEFAULT, SM2, Signer

_SIGNERS: Final = {"ecdsa-sha256": DEFAULT, "sm2-sm3": SM2}


class SignatureSettings(BaseSettings):
    """Part of `app.settings.Settings`; see docs/howto/signatures.md."""

    signature_algorithm: Literal["ecdsa-sha256", "sm2-sm3"] = Field(
        "ecdsa-sha256", description="of signatures from now on"
    )

    def signer(self) -> Signer:
        """What notes, prescriptions, opinions and contracts are signed with from now on."""
        return _SIGNERS[self.signature_algorithm]

    def check_signatures(self) -> None:
        """Raises care.signatures.openssl.Unusable when this machine cannot sign so."""
        if self.signer() is SM2:
            sm2.self_test()
