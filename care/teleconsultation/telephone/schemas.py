"""What is typed about a telephone call."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from care.teleconsultation.schemas import Entry, local
from care.teleconsultation.telephone.models import Outcome
from care.teleconsultation.telephone.rules import LONGEST_MINUTES, tidy_number

PATIENT = "patient"
OTHER = "other"

Whom = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PhoneCallIn(Entry):
    """Whom, when, how long, how it went. `whom`: patient, other, or a colleague's id.

    Without `number` the one on record counts.
    """

    whom: Whom
    callee: Annotated[str, StringConstraints(max_length=60)] = ""
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    called_at: datetime
    outcome: Outcome
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] | None = None
    call_note: Annotated[str, StringConstraints(max_length=500)] = ""

    @field_validator("number")
    @classmethod
    def _dialled(cls, value: str) -> str:
        return tidy_number(value) if value else ""

    @field_validator("called_at")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        return local(value)

    @model_validator(mode="after")
    def _no_length_without_a_talk(self) -> Self:
        if self.outcome is not Outcome.ANSWERED:
            self.minutes = None
        return self
