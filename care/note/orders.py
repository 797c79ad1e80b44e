"""Suggestions for common diseases (医嘱模板): tests, examinations and follow-up as text to tick.

They order nothing by themselves: a doctor ticks them, and the resident has them ordered at a
physical institution. No medicine is ever suggested (监管细则: no automatic prescription).
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from core.http import Schema

HERE: Final = Path(__file__).with_name("orders.json")


class OrderKind(StrEnum):
    """What is suggested. FHIR: ServiceRequest with intent `proposal`."""

    LAB = "lab"
    EXAM = "exam"
    FOLLOW_UP = "follow_up"


WORDS: Final = {OrderKind.LAB: "化验", OrderKind.EXAM: "检查", OrderKind.FOLLOW_UP: "随访"}


class Suggestion(Schema):
    """One line."""

    kind: OrderKind
    text: str

    @property
    def line(self) -> str:
        """化验:尿常规(每年 1 次)."""
        return f"{WORDS[self.kind]}:{self.text}"


class OrderSet(Schema):
    """What is usual for a disease, where that stands, and when its patients call 120."""

    key: str
    name: str
    icd10: tuple[str, ...]
    source: str
    alarm: str
    items: Annotated[tuple[Suggestion, ...], Field(min_length=1)]


ORDER_SETS: Final = TypeAdapter(tuple[OrderSet, ...]).validate_json(HERE.read_bytes())
GENERIC: Final = next(one for one in ORDER_SETS if one.key == "generic")


def set_of(condition: str, icd10: str = "") -> OrderSet:
    """The set of a diagnosis, else of what the visit is about, else the general one."""
    found = (one for one in ORDER_SETS if icd10[:3] in one.icd10)
    named = (one for one in ORDER_SETS if one.key == condition)
    return next(found, None) or next(named, GENERIC)
