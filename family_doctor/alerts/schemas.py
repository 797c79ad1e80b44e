"""What is said about an alert."""

from typing import Annotated

from pydantic import Field, StringConstraints

from core.http import Schema
from family_doctor.alerts.models import Measure

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]


class ReadBackIn(Schema):
    """The value, read back."""

    value: str = Field(min_length=1, max_length=20)


class HandleIn(Schema):
    """What was done."""

    measure: Measure
    note: Words


class CloseIn(Schema):
    """How it ended."""

    outcome: Words
