"""Saying yes to new versions, and the digits for a desk."""

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input
from people.residents.schemas import AgreedTexts


class AgreedIn(Input):
    """The texts that were read and are agreed to."""

    consents: AgreedTexts = Field(min_length=1)


class DeskCodeOut(Schema):
    """Six digits to show at a clinic's or hospital's desk, with the documents."""

    code: str
    expires_at: Moment
