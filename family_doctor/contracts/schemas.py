"""What is asked for and answered about contracts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from core.http import Schema

Years = Annotated[int, Field(ge=1, le=3)]
Reason = Annotated[str, Field(min_length=2, max_length=300)]


def _ticked(seen: bool) -> bool:
    if not seen:
        raise ValueError("请当面核对证件并把协议读给本人听,然后勾选")
    return seen


Ticked = Annotated[bool, Field(validate_default=True), AfterValidator(_ticked)]


class AskIn(Schema):
    """Which team, which packages, for how long, and the words that were read."""

    team_id: UUID
    package_ids: Annotated[list[UUID], Field(min_length=1, max_length=6)]
    years: Years = 1
    text_version: str


class DeskIn(Schema):
    """At the desk: who sits there, that their document was seen, and that all was read to them."""

    package_ids: Annotated[list[UUID], Field(min_length=1, max_length=6)]
    team_id: UUID
    years: Years = 1
    text_version: str
    signer: Literal["self", "guardian"] = "self"
    seen: Ticked = False


class DeskSignIn(Schema):
    """The signature at the desk of a contract that was asked for before."""

    signer: Literal["self", "guardian"] = "self"
    seen: Ticked = False


class RefuseIn(Schema):
    """Why the team cannot take the resident on."""

    why: Reason


class EndIn(Schema):
    """Why it ends early. died: the contract ends and nobody is told."""

    why: Literal["moved", "unwilling", "unable", "died", "other"]
    words: Annotated[str, Field(max_length=200)] = ""
