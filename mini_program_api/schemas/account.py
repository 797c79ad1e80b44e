"""Signing in, the account itself, what has to be agreed to."""

from uuid import UUID

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items


class SessionIn(Input):
    """The one-time code of `wx.login`."""

    code: str = Field(min_length=1, max_length=128)


class SessionOut(Schema):
    """The bearer token; it is shown once."""

    token: str
    expires_at: Moment
    account_id: UUID


class MeOut(Schema):
    """The account. It has no name: people are its patients, `own_patient_id` the owner."""

    account_id: UUID
    elder_mode: bool
    phone_masked: str
    own_patient_id: UUID | None


class ElderModeIn(Input):
    """Larger letters, fewer choices."""

    on: bool


class PhoneIn(Input):
    """The one-time code of the phone button."""

    code: str = Field(min_length=1, max_length=128)


class ConsentOut(Schema):
    """One text to agree to; `needed_for` says when: account (always), patient (each person
    added), minor (under 18), child (under 14), proxy (another adult), online_visit (each
    visit), referral (each referral)."""

    kind: str
    version: str
    title: str
    text: str
    needed_for: str


class Consents(Items[ConsentOut]):
    """The current versions."""
