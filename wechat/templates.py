"""The subscribe message templates an account was granted, under the names our house uses.

The back office gives each template an id and numbers its fields (`thing1`, `time2`), differently
in every account. A JSON file says which is which, so that code speaks of topics and words:

    {"appointment_booked": {
        "id": "…43 signs…",
        "fields": {"patient": "name1", "place": "thing2", "at": "time3"},
        "long_term": false}}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from wechat import rules

DEMO: Final = Path(__file__).parent / "sandbox" / "templates.json"
OFFICIAL_DEMO: Final = Path(__file__).parent / "sandbox" / "official_templates.json"


class Template(BaseModel):
    """One template: its id, and the field each word goes into."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=64)
    fields: dict[str, str] = Field(min_length=1)
    long_term: bool = False

    @field_validator("fields")
    @classmethod
    def _known(cls, fields: dict[str, str]) -> dict[str, str]:
        for name in fields.values():
            rules.kind_of(name)
        if len(set(fields.values())) < len(fields):
            raise ValueError("two words go into one field")
        return fields

    def values(self, words: Mapping[str, rules.Value]) -> dict[str, rules.Value]:
        """The words in their fields; words the template has no field for are left out."""
        return {name: words[word] for word, name in self.fields.items() if word in words}


_FILE: Final = TypeAdapter(dict[str, Template])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Topics and their templates. A topic without one is told of in another way."""

    topics: Mapping[str, Template] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises ValueError with what is wrong in the file."""
        try:
            return cls(_FILE.validate_python(json.loads(file.read_text())))
        except OSError as problem:
            raise ValueError(f"cannot be read: {problem.strerror}") from problem
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ValueError(f"{where}: {first['msg']}") from problem
        except ValueError:
            raise ValueError("is no JSON") from None

    @property
    def long_term(self) -> frozenset[str]:
        """Ids of the templates that one agreement is enough for."""
        return frozenset(t.id for t in self.topics.values() if t.long_term)
