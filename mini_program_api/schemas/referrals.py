"""Referrals as residents see and answer them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items
from mini_program_api.schemas.encounters import OfferedOut
from people.residents.schemas import AgreedTexts


class ReferralConsentIn(Input):
    """The words that were read and agreed to, from `GET /consents` (`needed_for: referral`)."""

    consents: Annotated[AgreedTexts, Field(min_length=1)]


class ReferralOut(Schema):
    """`status`: proposed (waits for the resident), submitted (for the department), accepted,
    closed, declined, cancelled, expired. `answer`: when and where to come, or why not; `outcome`:
    what came of it. `offered`: a place that was kept because it was accepted. `can`: agree,
    cancel."""

    id: UUID
    status: str
    status_name: str
    next_step: str
    encounter_id: UUID | None
    patient_id: UUID
    patient_name: str
    from_organization_name: str
    practitioner_name: str
    organization_name: str
    department_name: str
    department_id: str
    direction_name: str
    urgent: bool
    reason: str
    answer: str
    answered_by: str
    outcome: str
    proposed_at: Moment
    sent_at: Moment | None
    answer_by: Moment | None
    expires_at: Moment | None
    ended_at: Moment | None
    offered: OfferedOut | None
    can: list[str]


class Referrals(Items[ReferralOut]):
    """Those of all patients of the account, the latest first."""
