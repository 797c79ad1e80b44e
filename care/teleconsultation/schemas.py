"""What crosses the border: forms in, tickets out."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from care.teleconsultation.gate import Application
from care.teleconsultation.models import Format, Mode, Urgency
from core.clock import SHANGHAI
from core.http import Schema
from people.specialties import SPECIALTIES

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=4000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=300)]


class Entry(BaseModel):
    """Base of the forms; fields of other forms on the same page are left alone."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class ApplicationIn(Entry):
    """The request for a consultation. `specialty` leads; `others` make it an MDT."""

    mode: Mode = Mode.INSTANT
    format: Format = Format.SINGLE
    urgency: Urgency = Urgency.ORDINARY
    specialty: str = ""
    others: list[str] = Field(default_factory=list, max_length=5)
    title: Line = ""
    doctor: UUID | None = None
    agreement: UUID | None = None
    aim: Text = ""
    chief_complaint: Text = ""
    history: Text = ""
    exam: Text = ""
    working_diagnosis: Text = ""
    questions: Text = ""
    times: list[datetime] = Field(default_factory=list, max_length=6)
    attachments: list[UUID] = Field(default_factory=list, max_length=40)
    patient_here: bool = False
    no_medicines: bool = False
    sent_anyway_reason: Line = ""

    @field_validator("specialty")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in SPECIALTIES:
            raise ValueError("请从列表里选一个专科")
        return value

    @field_validator("others")
    @classmethod
    def _all_known(cls, value: list[str]) -> list[str]:
        if set(value) - set(SPECIALTIES):
            raise ValueError("请从列表里选专科")
        return value

    @field_validator("times")
    @classmethod
    def _aware(cls, value: list[datetime]) -> list[datetime]:
        return sorted({local(moment) for moment in value})

    @property
    def specialties(self) -> list[str]:
        """The wanted specialties, the leading one first."""
        if not self.specialty:
            return []
        return [self.specialty, *(self.others if self.format == Format.MDT else [])]

    @property
    def question_list(self) -> list[str]:
        """One question a line."""
        return [line.strip() for line in self.questions.splitlines() if line.strip()]

    def seats(self) -> list[tuple[str, str]]:
        """(specialty, wanted title) for every seat."""
        return [(specialty, self.title) for specialty in self.specialties]

    def application(self) -> Application:
        """What the quality gate looks at."""
        return Application(
            urgency=self.urgency,
            aim=self.aim,
            chief_complaint=self.chief_complaint,
            history=self.history,
            exam=self.exam,
            working_diagnosis=self.working_diagnosis,
            questions=self.question_list,
            specialties=self.specialties,
            sent_anyway_reason=self.sent_anyway_reason,
            no_medicines=self.no_medicines,
        )

    @classmethod
    def leniently(cls, typed: dict[str, Any]) -> Self:
        """As much of a half-filled draft as makes sense, for the checklist and the fee."""
        kept: dict[str, Any] = {}
        for name, value in typed.items():
            try:
                cls.model_validate(kept | {name: value})
            except ValueError:
                continue
            kept[name] = value
        return cls.model_validate(kept)


def local(moment: datetime) -> datetime:
    """Times without an offset come from a form and mean the county's clock."""
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


class AcceptanceIn(Entry):
    """Accept; for a booked request the chosen time, or none to look at the material first."""

    time: datetime | None = None

    @field_validator("time")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        return local(value) if value else None


class ReasonIn(Entry):
    """A step that must say why."""

    reason: Reason


class RedirectionIn(Entry):
    """Hand on to another specialty, or to a named doctor."""

    specialty: str = ""
    doctor: UUID | None = None
    reason: Reason


class MaterialRequestIn(Entry):
    """What else the specialist needs to see."""

    text: Reason


class MaterialIn(Entry):
    """The inviter's answer; new pictures and values are in the record."""

    answer: Needed
    attachments: list[UUID] = Field(default_factory=list, max_length=40)


class TimeIn(Entry):
    """A new time."""

    time: datetime

    @field_validator("time")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        return local(value)


class InvitationIn(Entry):
    """One more doctor. `gives_opinion`: as an expert, else as a colleague."""

    doctor: UUID
    gives_opinion: bool = False


class ReferralIn(Entry):
    """What the referral will start from."""

    to: Needed
    reason: Reason
    condition: Text = ""


class OpinionIn(Entry):
    """An opinion that may be signed."""

    findings: Needed
    diagnosis: Needed
    advice: Needed
    answers: Text = ""
    follow_up: Text = ""
    correction_reason: Line = ""


class DecisionIn(Entry):
    """What the inviter does with the opinion."""

    adoption: Annotated[str, StringConstraints(pattern="^(full|partial|none)$")]
    diagnosis: Needed
    plan: Needed
    note: Text = ""


class ShiftIn(Entry):
    """One duty on the roster, in the county's clock."""

    practitioner: UUID
    specialty: str
    position: int = Field(ge=1, le=9)
    starts_at: datetime
    ends_at: datetime

    @field_validator("starts_at", "ends_at")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        return local(value)


class HoursIn(Entry):
    """Weekly hours for booked consultations, as HH:MM."""

    weekday: int = Field(ge=0, le=6)
    opens: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    closes: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class RoomTicketOut(Schema):
    """Leave to enter: `ticket` goes to the rtc namespace."""

    ticket: str
    room: UUID
    seat: UUID
    part: str
    name: str
