"""The national follow-up forms of hypertension and type 2 diabetes as one form: what both ask is
asked once (公卫规范, 高血压患者随访服务记录表, 2型糖尿病患者随访服务记录表). Values are the form's
codes; 视频 is ours."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from care.record.schemas import Number
from core.http import Schema
from family_doctor.followup.models import Mode
from family_doctor.followup.rules import diabetes, hypertension
from family_doctor.followup.rules.together import Disease


class HypertensionSymptom(StrEnum):
    """症状, hypertension."""

    HEADACHE = "2"
    NAUSEA = "3"
    DIM_SIGHT = "4"
    BREATHLESS = "5"
    PALPITATION = "6"
    NOSEBLEED = "7"
    NUMB_LIMBS = "8"
    SWOLLEN_LEGS = "9"


class DiabetesSymptom(StrEnum):
    """症状, diabetes."""

    THIRST = "2"
    HUNGER = "3"
    URINE = "4"
    DIM_SIGHT = "5"
    INFECTION = "6"
    NUMB_HANDS = "7"
    SWOLLEN_LEGS = "8"
    WEIGHT_LOSS = "9"


class Salt(StrEnum):
    """摄盐情况."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


class Grade(StrEnum):
    """心理调整, 遵医行为."""

    GOOD = "1"
    FAIR = "2"
    POOR = "3"


class Adherence(StrEnum):
    """服药依从性."""

    REGULAR = "1"
    GAPS = "2"
    NONE = "3"


class Hypoglycaemia(StrEnum):
    """低血糖反应."""

    NONE = "1"
    SOMETIMES = "2"
    OFTEN = "3"


class Pulse(StrEnum):
    """足背动脉搏动."""

    FELT = "1"
    WEAK = "2"
    GONE = "3"


def _many(value: Any) -> Any:
    """A form sends one ticked box as a text, several as a list."""
    if isinstance(value, str):
        return [value] if value else []
    return value


def _filled(value: Any) -> Any:
    return None if value == "" else value


Whole = Annotated[int | None, BeforeValidator(_filled)]


class FollowUpIn(Schema):
    """One follow-up as it was filled in. `id` is made where it is typed. Pressures in mmHg, glucose
    in mmol/L, `drinking` in 两 of spirits a day, `staple` in g a day.

    `next_on` may be sooner than the rules say, never later.
    """

    id: UUID
    mode: Mode
    met_on: date
    diseases: Annotated[frozenset[Disease], BeforeValidator(_many)] = Field(min_length=1)

    hypertension_symptoms: Annotated[frozenset[HypertensionSymptom], BeforeValidator(_many)] = (
        frozenset()
    )
    diabetes_symptoms: Annotated[frozenset[DiabetesSymptom], BeforeValidator(_many)] = frozenset()
    other_symptoms: str = Field("", max_length=100)

    systolic: Number = Field(None, validate_default=True)
    diastolic: Number
    pulse: Number
    temperature: Number
    weight: Number
    height: Number
    fasting: Number
    other_glucose: Number
    hba1c: Number
    dorsalis_pedis: Annotated[Pulse | None, BeforeValidator(_filled)] = None

    smoking: Whole = Field(None, ge=0, le=100)
    drinking: Number
    exercise_times: Whole = Field(None, ge=0, le=30)
    exercise_minutes: Whole = Field(None, ge=0, le=600)
    salt: Annotated[Salt | None, BeforeValidator(_filled)] = None
    staple: Whole = Field(None, ge=0, le=3000)
    mind: Annotated[Grade | None, BeforeValidator(_filled)] = None
    compliance: Annotated[Grade | None, BeforeValidator(_filled)] = None

    adherence: Adherence
    medicines: str = Field("", max_length=500)
    adverse_reaction: bool = False
    adverse_words: str = Field("", max_length=100)
    hard_to_control: bool = False
    hypoglycaemia: Annotated[Hypoglycaemia | None, BeforeValidator(_filled)] = None
    new_complication: bool = False
    complication_words: str = Field("", max_length=100)
    hypertension_dangers: Annotated[frozenset[hypertension.Danger], BeforeValidator(_many)] = (
        frozenset()
    )
    diabetes_dangers: Annotated[frozenset[diabetes.Danger], BeforeValidator(_many)] = frozenset()
    expecting: bool = False

    advice: str = Field("", max_length=500)
    next_on: Annotated[date | None, BeforeValidator(_filled)] = None

    @field_validator("systolic")
    @classmethod
    def _measured(cls, value: Decimal | None, info: ValidationInfo) -> Decimal | None:
        """Said beside the field, together with all else that is missing."""
        asked = Disease.HYPERTENSION in info.data.get("diseases", ())
        if asked and value is None and info.data.get("mode") is not Mode.PHONE:
            raise ValueError("请填血压,电话随访可以不填")
        return value

    @model_validator(mode="after")
    def _needed(self) -> Self:
        if self.adverse_reaction and not self.adverse_words:
            raise ValueError("有不良反应的,请写一写是什么反应")
        if self.new_complication and not self.complication_words:
            raise ValueError("有新的或加重的并发症,请写一写是什么")
        return self

    @property
    def pressure(self) -> hypertension.Pressure | None:
        """The pressure that was measured, or told over the phone."""
        if self.systolic is None or self.diastolic is None:
            return None
        return hypertension.Pressure(int(self.systolic), int(self.diastolic))

    @property
    def glucose(self) -> tuple[Decimal | None, Decimal | None]:
        """Fasting, and any other."""
        return self.fasting, self.other_glucose
