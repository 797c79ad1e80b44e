"""What is said about a dose."""

from datetime import date
from uuid import UUID

from pydantic import Field

from core.http import Schema
from family_doctor.care_plan.schemas import Reason
from family_doctor.immunization.models import Origin


class ImmunizationIn(Schema):
    """A dose that was given. `dose` is `vaccine:number`; `id` comes from the page."""

    id: UUID
    dose: str = Field(pattern=r"^[a-z0-9-]{2,24}:[1-9]$")
    given_on: date
    origin: Origin
    lot: str = Field("", max_length=40)
    place: str = Field("", max_length=60)


class WrongIn(Schema):
    """Why a dose was entered in error."""

    reason: Reason
