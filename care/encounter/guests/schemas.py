"""What is said about a guest."""

from typing import Annotated

from pydantic import StringConstraints

from care.encounter.guests.models import Part
from care.encounter.schemas import Tick
from core.http import Schema


class GuestIn(Schema):
    """Who is to join, in what relation, and whether they may read what was said before."""

    part: Part
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
    relation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
    history: Tick = False
