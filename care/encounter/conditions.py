"""What residents are asked before a visit, by condition: a data file that doctors can read.

Software asks and passes on; it judges nothing but the one answer that means 120.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from core.http import Schema

HERE: Final = Path(__file__).with_name("conditions.json")
GENERIC: Final = "generic"


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"


class Question(Schema):
    """One question; the answer `emergency` means: do not wait here, call 120."""

    id: str
    text: str
    kind: QuestionKind
    choices: tuple[str, ...] = ()
    emergency: str = ""
    required: bool = True

    def allows(self, answer: str) -> bool:
        """Whether this is an answer to the question."""
        if not answer:
            return not self.required
        if self.kind is QuestionKind.YES_NO:
            return answer in ("yes", "no")
        return self.kind is QuestionKind.TEXT or answer in self.choices

    def spoken(self, answer: str) -> str:
        """The answer as people read it."""
        if self.kind is QuestionKind.YES_NO:
            return {"yes": "有", "no": "没有"}.get(answer, answer)
        return answer


class VisitCondition(Schema):
    """A condition that is followed up online. `icd10` lists its categories; empty: any."""

    key: str
    name: str
    icd10: tuple[str, ...]
    specialties: tuple[str, ...]
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


_LIST: Final = TypeAdapter(tuple[VisitCondition, ...])
CONDITIONS: Final[Mapping[str, VisitCondition]] = {
    one.key: one for one in _LIST.validate_json(HERE.read_bytes())
}


def name_of(key: str) -> str:
    """What a condition is called."""
    found = CONDITIONS.get(key)
    return found.name if found else key
