"""What crosses the border of review."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from core.http import Schema
from pharmacy.review.checklist import ALL

Password = Annotated[str, StringConstraints(max_length=128)]
Code = Annotated[str, StringConstraints(max_length=10)]
Points = Annotated[list[str], Field(max_length=20)]


def _ticked(given: object) -> object:
    return given in (True, "yes", "on", "1")


Tick = Annotated[bool, BeforeValidator(_ticked)]


class DutyIn(Schema):
    """The start of a duty: the person is checked again."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    code: Code = ""


class DecisionIn(Schema):
    """What the pharmacist has found. `fit` and `faults` are points of the check list."""

    then: Literal["approve", "return", "reject"]
    fit: Points = []
    faults: Points = []
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    suggestion: Annotated[str, StringConstraints(max_length=300)] = ""
    password: Password = ""
    code: Code = ""

    @field_validator("fit", "faults")
    @classmethod
    def _known(cls, codes: list[str]) -> list[str]:
        return [code for code in dict.fromkeys(codes) if code in ALL]


class TrainingIn(Schema):
    """Somebody was trained and examined."""

    practitioner_id: UUID
    passed_on: date


class JudgementIn(Schema):
    """What an appraisal found; `items` are codes of the national list, none when `reasonable`."""

    reasonable: Tick = False
    items: Annotated[list[str], Field(max_length=30)] = []
    words: Annotated[str, StringConstraints(max_length=500)] = ""


class AnswerIn(Schema):
    """The doctor's answer to an appraisal."""

    answer: Annotated[str, StringConstraints(min_length=2, max_length=500)]
