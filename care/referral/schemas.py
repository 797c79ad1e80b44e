"""What crosses the border of referrals."""

from typing import Annotated

from pydantic import StringConstraints

from care.encounter.schemas import Tick
from care.referral.models import Urgency
from core.http import Schema

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class ReferIn(Schema):
    """Where to, why, and how soon; `target` is `house.specialty`."""

    target: Annotated[str, StringConstraints(min_length=3, max_length=80)]
    reason: Words
    urgency: Urgency = Urgency.ROUTINE


class AnswerIn(Schema):
    """The department takes the patient: when and where to come; `keep_place`: a place of its own
    clinic is to be kept for them."""

    answer: Words
    keep_place: Tick = False


class RefusalIn(Schema):
    """The department does not: why, and what to do instead."""

    why: Words


class OutcomeIn(Schema):
    """What came of it, for the doctor who referred and for the patient."""

    outcome: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]
