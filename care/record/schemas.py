"""The record's forms."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, field_validator, model_validator

from care.record.models import AllergyCategory, AttachmentKind, Meal, Method, Severity
from care.record.rules import ICD10
from core import clock
from core.http import Schema

MEASURES: Final = (
    "systolic",
    "diastolic",
    "pulse",
    "temperature",
    "respiration",
    "spo2",
    "glucose",
    "weight",
    "height",
)


def _as_number(value: Any) -> Any:
    """Numbers typed with a Chinese keyboard: full-width digits, 。 for the point."""
    return (
        unicodedata.normalize("NFKC", value).replace("。", ".") if isinstance(value, str) else value
    )


Positive = Annotated[Decimal, Field(ge=0, lt=10000)]
Number = Annotated[Positive | None, BeforeValidator(_as_number), Field(default=None)]


def _county_time(value: Any) -> Any:
    """A time without a zone, as a form sends it, is the county's."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("请填日期和时间") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=clock.SHANGHAI)
    return value


class VitalsIn(Schema):
    """One round of measurements; what was not measured stays empty."""

    systolic: Number
    diastolic: Number
    pulse: Number
    temperature: Number
    respiration: Number
    spo2: Number
    glucose: Number
    meal: Meal | None = None
    weight: Number
    height: Number
    measured_at: Annotated[datetime, BeforeValidator(_county_time)]
    method: Method = Method.MANUAL
    device: str = Field("", max_length=60)

    @field_validator(*MEASURES)
    @classmethod
    def _one_decimal(cls, value: Decimal | None) -> Decimal | None:
        if value is not None and value != round(value, 1):
            raise ValueError("最多一位小数")
        return value

    @model_validator(mode="after")
    def _something(self) -> "VitalsIn":
        if all(getattr(self, name) is None for name in MEASURES):
            raise ValueError("请至少填一项测量结果")
        return self


class AllergyIn(Schema):
    """An allergy, or the statement that there is none."""

    category: AllergyCategory
    substance: str = Field("", max_length=60)
    reaction: str = Field("", max_length=200)
    severity: Severity = Severity.UNKNOWN


class ConditionIn(Schema):
    """A problem or past illness."""

    name: str = Field(min_length=1, max_length=80)
    icd10: str = Field("", max_length=12)
    onset: str = Field("", max_length=20)
    note: str = Field("", max_length=300)

    @field_validator("icd10")
    @classmethod
    def _code(cls, value: str) -> str:
        code = value.upper().replace("X", "x")
        if code and not ICD10.match(code):
            raise ValueError("编码的样子像 I10 或 E11.9,不确定可以不填")
        return code


class MedicationIn(Schema):
    """What the patient takes, as they say it."""

    name: str = Field(min_length=1, max_length=80)
    dosage: str = Field("", max_length=120)
    since: str = Field("", max_length=20)


class AttachmentsIn(Schema):
    """What the pictures show; the pictures come beside it. `kept` names those already taken in."""

    kind: AttachmentKind
    title: str = Field("", max_length=80)
    taken_on: date
    kept: list[str] = Field(default_factory=list, max_length=20)

    @field_validator("taken_on")
    @classmethod
    def _not_tomorrow(cls, value: date) -> date:
        if value > clock.today():
            raise ValueError("日期不能在今天以后")
        return value


class ReasonIn(Schema):
    """Why an entry is wrong."""

    reason: str = Field(min_length=2, max_length=200)
