"""Doorstep's own format: a small JSON document (docs/howto/devices.md)."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from devices.formats.reading import (
    Measure,
    Quantity,
    Reading,
    Reference,
    Unreadable,
    is_a_number,
)

WORDS: Final = "本院格式(JSON)"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class _Value(_Strict):
    value: Decimal
    unit: str = Field("", max_length=20)

    @field_validator("value")
    @classmethod
    def _of_an_instrument(cls, value: Decimal) -> Decimal:
        if not is_a_number(value):
            raise ValueError("value")
        return value


class _Patient(_Strict):
    card: str | None = Field(None, min_length=1, max_length=200)
    kind: str = Field("id_card", max_length=24)
    number: str | None = Field(None, min_length=1, max_length=60)


class _Message(_Strict):
    id: str = Field(min_length=1, max_length=64)
    measured_at: AwareDatetime
    values: dict[Measure, _Value] = Field(min_length=1)
    meal: Literal["fasting", "after_meal", "random"] | None = None
    battery: Annotated[int, Field(ge=0, le=100)] | None = None
    patient: _Patient | None = None

    @field_validator("id", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("measured_at")
    @classmethod
    def _in_our_time(cls, value: datetime) -> datetime:
        if not 1900 < value.year < 9000:
            raise ValueError("year")
        return value


NAMES: Final = {
    "id": "编号",
    "measured_at": "测量时间(要带时区)",
    "values": "数值",
    "meal": "餐前餐后",
    "battery": "电量",
    "patient": "居民",
}


def read(raw: bytes) -> Reading:
    """One message. Raises Unreadable."""
    try:
        found = _Message.model_validate(json.loads(raw, parse_float=Decimal))
    except ValidationError as problem:
        places = {str(error["loc"][0]) for error in problem.errors() if error["loc"]}
        names = "、".join(words for place, words in NAMES.items() if place in places)
        raise Unreadable(f"看不懂的地方:{names or '整条消息'}") from None
    except (ValueError, RecursionError, ArithmeticError):
        raise Unreadable("不是有效的 JSON") from None
    if any(_is_no_text(text) for text in (found.id, *(q.unit for q in found.values.values()))):
        raise Unreadable("文字里有不能保存的字符")
    return Reading(
        number=found.id,
        measured_at=found.measured_at,
        values={name: Quantity(q.value, q.unit) for name, q in found.values.items()},
        meal=found.meal,
        battery=found.battery,
        about=_about(found.patient),
    )


def _about(found: _Patient | None) -> Reference | None:
    if found is None or not (found.card or found.number):
        return None
    return (
        Reference("card", found.card) if found.card else Reference(found.kind, found.number or "")
    )


def _is_no_text(text: str) -> bool:
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
