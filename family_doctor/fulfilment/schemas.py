"""What is written down about a service that was done."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from core import clock
from core.http import Schema
from core.wording import finding
from family_doctor.packages.models import Mode


class DoneIn(Schema):
    """An item done on a day, how, and by what it can be seen: a reference or words."""

    item_id: UUID
    day: date
    mode: Mode
    reference: Annotated[
        str, Field(max_length=100, pattern=r"^((Encounter|Observation)/\S+)?$")
    ] = ""
    words: Annotated[str, Field(max_length=300)] = ""

    @field_validator("day")
    @classmethod
    def _not_tomorrow(cls, day: date) -> date:
        if day > clock.today():
            raise ValueError("还没有到这一天")
        return day

    @model_validator(mode="after")
    def _seen_by_something(self) -> "DoneIn":
        if not self.reference and len(self.words) < 2:
            raise finding("words", "请写一句做了什么,居民和检查的人要看")
        return self


class DisputeIn(Schema):
    """What the resident says about a service that was not done."""

    words: Annotated[str, Field(min_length=2, max_length=200)]
