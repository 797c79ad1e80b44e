"""What crosses the border of online visits."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from care.encounter.models import EvidenceType, Kind, Verdict
from care.encounter.reasons import NotHappened, Offer, Termination
from core.http import Schema

Name = Annotated[str, StringConstraints(min_length=2, max_length=80)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Line = Annotated[str, StringConstraints(min_length=2, max_length=300)]


class AnswerIn(Schema):
    """One answer to a question of `conditions.json`; yes and no are `yes` and `no`."""

    id: Code
    answer: Annotated[str, StringConstraints(max_length=300)]


class AskIn(Schema):
    """What is asked for, by whom and with what answers."""

    condition: Code
    kind: Kind
    complaint: Annotated[str, StringConstraints(max_length=500)] = ""
    answers: Annotated[list[AnswerIn], Field(max_length=20)]
    consent_version: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    guardian_present: bool = False


class EvidenceIn(Schema):
    """What a paper says."""

    type: EvidenceType
    institution: Name
    visit_date: date
    diagnosis_text: Annotated[str, StringConstraints(min_length=2, max_length=120)]


def _ticked(given: object) -> object:
    return given in (True, "yes", "on", "1")


Tick = Annotated[bool, BeforeValidator(_ticked)]


class VerdictIn(Schema):
    """The doctor's finding, always with a reason."""

    verdict: Verdict
    why: Line


class GuardianIn(Schema):
    """The doctor has seen the guardian; a colleague of the specialty may accompany."""

    confirmed: Tick = False
    accompanying_doctor: Annotated[str, StringConstraints(max_length=60)] = ""


class TerminationIn(Schema):
    """Why it is stopped, where to go, and what is offered."""

    reason: Termination
    guidance: Annotated[str, StringConstraints(max_length=500)] = ""
    guided_to: Annotated[str, StringConstraints(max_length=80)] = ""
    offer: Offer = Offer.COUNTER


class NotHappenedIn(Schema):
    """Why it did not happen."""

    cause: NotHappened
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class ShiftIn(Schema):
    """The start of a shift: the person is checked again."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    code: Annotated[str, StringConstraints(max_length=10)] = ""
    walk_ins: Tick = False
    message: Annotated[str, StringConstraints(max_length=200)] = ""


class MessageIn(Schema):
    """What all who wait read; empty takes it away."""

    message: Annotated[str, StringConstraints(max_length=200)] = ""


class RoomTicketOut(Schema):
    """Leave to sit on one seat of the visit's room."""

    ticket: str
    room: UUID
    seat: UUID
    part: Literal["doctor", "patient", "family", "interpreter"]
    name: str
