"""What is said about a plan, a task or a call."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from core.http import Schema
from family_doctor.care_plan.models import Answer, Programme
from family_doctor.followup.rules.dates import Stability

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class EnrolIn(Schema):
    """A patient comes into a programme."""

    programme: Programme
    began_from: date
    diagnosis: str = Field("", max_length=80)
    target_systolic: int | None = Field(None, ge=90, le=150)
    target_diastolic: int | None = Field(None, ge=50, le=90)
    discharged_on: date | None = None
    born_on: date | None = None
    ends_on: date | None = None
    supervised_by_staff: bool = True
    stability: Stability | None = None

    @model_validator(mode="after")
    def _whole_target(self) -> Self:
        if (self.target_systolic is None) != (self.target_diastolic is None):
            raise ValueError("目标血压要么两个数都填,要么都不填")
        return self

    def facts(self) -> dict[str, str | bool]:
        """What the programme's dates need beside the day it counts from."""
        days = {"discharged_on", "born_on", "ends_on", "supervised_by_staff", "stability"}
        return self.model_dump(mode="json", include=days, exclude_none=True)


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class CallIn(Schema):
    """What came of a call."""

    answer: Answer
    note: str = Field("", max_length=300)
    again_on: date | None = None


class OwnerIn(Schema):
    """Who takes it over; empty gives it back to the team."""

    owner_id: UUID | None = None


class CheckIn(Schema):
    """A check of the calendar was done."""

    done_on: date
    note: str = Field("", max_length=200)
    stability: Stability | None = None
