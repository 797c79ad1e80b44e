"""What is typed or scanned in the room."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from core.http import Schema
from pharmacy.decoction.rules import Boil


class ReceiveIn(Schema):
    """A prescription's number, scanned off its paper."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    boil: Boil = Boil.ORDINARY
    urgent: bool = False


class StepIn(Schema):
    """What a step asks for; each step reads its own fields."""

    station: Annotated[str, Field(max_length=20)] = ""
    dose_g: Annotated[Decimal, Field(gt=0, lt=5000, decimal_places=2)] | None = None
    water_ml: Annotated[int, Field(gt=0, le=50_000)] | None = None
    yield_ml: Annotated[int, Field(gt=0, le=50_000)] | None = None
    bags: Annotated[int, Field(gt=0, le=500)] | None = None
    sample: bool = False
    unusual: Annotated[str, Field(max_length=200)] = ""
    reason: Annotated[str, Field(max_length=200)] = ""
