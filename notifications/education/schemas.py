"""What is typed into articles and campaigns."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from core.http import Schema
from family_doctor.care_plan.models import Programme
from notifications.education.models import Subject


def _filled(value: object) -> object:
    return None if value == "" else value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class ArticleIn(Schema):
    """An article as its author has it. `choices` is a line each, the right one begins with *."""

    subject: Subject
    title: Line
    summary: str = Field(min_length=2, max_length=120)
    body: str = Field(min_length=10, max_length=20_000)
    question: str = Field("", max_length=120)
    choices: str = Field("", max_length=400)
    explanation: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _whole_question(self) -> Self:
        if bool(self.question) != bool(self.answers()):
            raise ValueError("问题和选项要么都写,要么都不写")
        marked = [line for line in self._lines() if line.startswith("*")]
        if self.question and (len(self.answers()) < 2 or len(marked) != 1):
            raise ValueError("至少两个选项,一行一个;对的那个前面加一个 *")
        if any(len(line) > 40 for line in self.answers()):
            raise ValueError("每个选项最多 40 个字")
        return self

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]

    def answers(self) -> list[str]:
        """The choices without the mark."""
        return [line.removeprefix("*").strip() for line in self._lines()]

    def right(self) -> int | None:
        """Which one is right, counted from 0."""
        found = [at for at, line in enumerate(self._lines()) if line.startswith("*")]
        return found[0] if found else None


class ReviewIn(Schema):
    """The other person's word."""

    publish_on: Annotated[date | None, BeforeValidator(_filled)] = None
    words: str = Field("", max_length=300)


class ReturnIn(Schema):
    """What has to be mended."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]


class AudienceIn(Schema):
    """Whom an article goes to: residents whom the team has signed and who fit everything."""

    team_id: Annotated[UUID | None, BeforeValidator(_filled)] = None
    programme: Annotated[Programme | None, BeforeValidator(_filled)] = None
    village: str = Field("", max_length=60)
    age_from: Annotated[int | None, BeforeValidator(_filled)] = Field(None)
    age_to: Annotated[int | None, BeforeValidator(_filled)] = Field(None)

    @model_validator(mode="after")
    def _ages(self) -> Self:
        for age in (self.age_from, self.age_to):
            if age is not None and not 0 <= age <= 120:
                raise ValueError("年龄在 0 到 120 之间")
        if None not in (self.age_from, self.age_to) and self.age_from > self.age_to:  # type: ignore[operator]
            raise ValueError("年龄从小写到大")
        return self


class CampaignIn(AudienceIn):
    """An audience, how many a day, and how many per cent are told at all."""

    per_day: int = Field(200, ge=1, le=10_000)
    told_share: int = Field(100, ge=10, le=100)
