"""What staff write down about a death."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from core.http import Schema
from people.deaths.models import Ground

Words = Annotated[str, StringConstraints(min_length=4, max_length=300)]


class DeathIn(Schema):
    """A death with its proof. `evidence`: the paper's number, who brought it, who saw it."""

    died_on: date
    ground: Ground
    evidence: Words


class CorrectionIn(DeathIn):
    """The same, said better, and why."""

    why: Words


class ReasonIn(Schema):
    """Why it is taken back."""

    reason: Words
