"""What is said in a complaint and about it."""

from typing import Annotated

from pydantic import StringConstraints

from core.http import Schema

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]


class AnswerIn(Schema):
    """The house's answer, in words the resident understands."""

    answer: Words
