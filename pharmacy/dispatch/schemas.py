"""What is typed and scanned along the road, at the desk, in the car and in the village."""

from pydantic import Field

from core.http import Schema


class Bag(Schema):
    """What was scanned."""

    code: str = Field(min_length=1, max_length=80)


class Reading(Schema):
    """What the logger shows."""

    temperature: str = Field(min_length=1, max_length=20)


class Refusal(Schema):
    """Why they do not want it, or what is wrong with it."""

    reason: str = Field(min_length=2, max_length=200)


class Given(Schema):
    """The code, or name and document; who took it; what the logger shows."""

    code: str = Field("", max_length=20)
    name: str = Field("", max_length=40)
    document: str = Field("", max_length=20)
    taker: str = Field("", max_length=40)
    relation: str = Field("", max_length=20)
    temperature: str = Field("", max_length=20)
