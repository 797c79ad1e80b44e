"""What the administrator says about two records."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from core.http import Schema
from people.matching.service import Basis
from people.schemas import Reason

Number = Annotated[str, StringConstraints(min_length=6, max_length=40)]


class Merge(Schema):
    """Which record stays in front, and where somebody saw that they are one person."""

    survivor: UUID
    basis: Basis
    reason: Reason


class Because(Schema):
    """Why."""

    reason: Reason


class TwoNumbers(Schema):
    """Two whole numbers, of a document or a telephone, one for each record."""

    one: Number
    other: Number
