"""Health education as residents read it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from core.http import Schema
from mini_program_api.schemas.common import Input, Items
from notifications.education.text import Block


class ArticleLine(Schema):
    """An article of the list. `read` says that this account has read it to the end."""

    id: UUID
    subject: str
    subject_name: str
    title: str
    summary: str
    published_at: datetime
    is_new: bool
    read: bool
    asks: bool


class Articles(Items[ArticleLine]):
    """The newest first; `of_the_week` names the article whose question is this week's."""

    of_the_week: UUID | None


class QuestionOut(Schema):
    """The article's question. `right` and `explanation` come with the answer."""

    text: str
    choices: list[str]
    answer: int | None
    right: int | None
    explanation: str


class ArticleOut(ArticleLine):
    """An article whole. A picture lies at `pictures` followed by its id; `share` is the page that
    one may send to others."""

    author: str
    reviewer: str
    blocks: list[Block]
    pictures: str
    share: str
    question: QuestionOut | None


class ReadIn(Input):
    """So many seconds altogether, and whether the end was reached."""

    seconds: Annotated[int, Field(ge=0, le=86_400)]
    finished: bool = False


class AnswerIn(Input):
    """Which choice, counted from 0."""

    choice: Annotated[int, Field(ge=0, le=20)]
