"""What residents measure at home."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from care.record.models import Meal
from core.http import Schema
from mini_program_api.schemas.common import Items

Measured = Annotated[Decimal, Field(ge=0, lt=10000, max_digits=5, decimal_places=1)]


class ReadingIn(Schema):
    """One round: pressure (both numbers, with or without the pulse) or glucose. Pressure in mmHg,
    glucose in mmol/L. `meal` says when the glucose was taken."""

    model_config = ConfigDict(str_strip_whitespace=False)

    measured_at: AwareDatetime
    systolic: Measured | None = None
    diastolic: Measured | None = None
    pulse: Measured | None = None
    glucose: Measured | None = None
    meal: Meal | None = None
    device: str = Field("", max_length=60)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.systolic is None and self.diastolic is None and self.glucose is None:
            raise ValueError("请填血压或者血糖")
        return self


class ReadingOut(Schema):
    """One value. `level`: normal, high, low, critical, not_judged; show `level_name`. `advice` is
    for the last round only. `alert_name` says what the team has done about a dangerous one."""

    panel_id: UUID
    kind: str
    value: str
    unit: str
    meal_name: str
    measured_at: datetime
    taken_by: str
    level: str
    level_name: str
    alert_name: str


class Readings(Items[ReadingOut]):
    """The latest first. `target` says what is aimed at; `advice` belongs to the newest round and
    is empty when nothing has to be done; `call` asks to call 120 now."""

    target: str
    advice: str
    call: bool
