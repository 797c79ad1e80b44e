"""The consent forms."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from care.consent.models import SignatureMethod, Signer
from core.http import Schema


def _ticked(value: object) -> object:
    return value in ("1", "on", True)


Ticked = Annotated[bool, BeforeValidator(_ticked)]


class ConsentIn(Schema):
    """A signed form. `drawing` is the pad's PNG data URL; a thumbprint comes as an upload."""

    signer: Signer
    signer_name: str = Field(min_length=1, max_length=60)
    relation: str = Field("", max_length=20)
    unable_reason: str = Field("", max_length=200)
    self_supporting: Ticked = False
    method: SignatureMethod
    typed_name: str = Field("", max_length=60)
    drawing: str = Field("", max_length=400_000)
    text_version: str = Field(max_length=20)
    fee_fen: int = Field(ge=0)
    explained: Ticked = False


class WithdrawalIn(Schema):
    """Why the patient changed their mind; may stay empty, nobody has to explain."""

    reason: str = Field("", max_length=200)
