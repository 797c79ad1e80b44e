"""The online visit as residents see it."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Base64Bytes, Field, StringConstraints, model_validator

from care.encounter.models import EvidenceType, Kind
from core.clock import Moment
from core.http import Schema
from core.wording import finding
from mini_program_api.schemas.common import Day, Input, Items
from mini_program_api.schemas.guests import GuestSeen
from people.residents.schemas import AgreedTexts

Text = Annotated[str, StringConstraints(min_length=2, max_length=120)]


class QuestionOut(Schema):
    """One question; `kind`: yes_no (answered `yes` or `no`), choice or text.

    The answer `emergency` means: do not wait, call 120.
    """

    id: str
    text: str
    kind: str
    choices: list[str]
    emergency: str
    required: bool


class VisitConditionOut(Schema):
    """A condition that is followed up online, and what is asked first."""

    key: str
    name: str
    questions: list[QuestionOut]


class VisitConditions(Items[VisitConditionOut]):
    """All of them, the last one for everything else. `pharmacist_note` says when nobody reviews
    prescriptions just now and since when somebody will; empty while somebody does."""

    pharmacist_note: str


class OnlineDoctorOut(Schema):
    """A doctor who takes people without an appointment now. With a `fee_fen` one takes a place of
    today and pays it first; then one is in line like everybody else."""

    practitioner_id: UUID
    practitioner_name: str
    practitioner_title: str
    department_name: str
    organization_name: str
    waiting: int
    sentence: str
    fee_fen: int


class OnlineDoctors(Items[OnlineDoctorOut]):
    """The shortest line first."""


class AnswerGiven(Input):
    """One answer, by the question's id."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    answer: Annotated[str, StringConstraints(max_length=300)]


class EncounterIn(Input):
    """Ask for a visit: by an online appointment, or without one with a doctor who is there now."""

    patient_id: UUID
    appointment_id: UUID | None = None
    practitioner_id: UUID | None = None
    condition: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    kind: Kind
    complaint: Annotated[str, StringConstraints(max_length=500)] = ""
    answers: Annotated[list[AnswerGiven], Field(max_length=20)]
    consents: AgreedTexts
    guardian_present: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.appointment_id is None and self.practitioner_id is None:
            raise finding("practitioner_id", "请先选一位医生")
        return self


class EvidenceGiven(Input):
    """A paper that shows the diagnosis, photographed; `file` is the picture or PDF in base64."""

    type: EvidenceType
    institution: Annotated[str, StringConstraints(min_length=2, max_length=80)]
    visit_date: Day
    diagnosis_text: Text
    file: Base64Bytes


class EvidenceOut(Schema):
    """One piece of evidence. `counts`: recent enough, the same diagnosis, and with a paper."""

    id: UUID
    type: EvidenceType
    type_name: str
    source: str
    source_name: str
    institution: str
    visit_date: Day
    diagnosis_text: str
    has_file: bool
    counts: bool


class PlaceOut(Schema):
    """The line. `ahead` null: not in line. `doctor`: open, paused, away or ended."""

    ahead: int | None
    sentence: str
    message: str
    doctor: str


class OfferedOut(Schema):
    """A place that is kept for the patient. `status` is the appointment's; `open`: it waits for
    `POST /appointments/{id}/acceptance`, or after that for the payment, until `until`."""

    appointment_id: UUID
    status: str
    open: bool
    sentence: str
    start: Moment
    until: Moment | None
    fee_fen: int
    practitioner_name: str
    department_name: str
    organization_name: str
    place: str
    online: bool


class EndingOut(Schema):
    """How it ended and what comes next; `offer`: counter, referral, online or empty.

    `offered` is the place that was kept because of it, null until there is one. `kept_open`: one
    may still come, so ask again.
    """

    reason: str
    guidance: str
    guided_to: str
    offer: str
    offered: OfferedOut | None
    kept_open: bool
    advice: str
    refund: str
    acknowledged: bool


class NoteOut(Schema):
    """What the doctor has written down and signed, in plain words; the newest version.

    `orders` are suggestions to be ordered at a hospital, no orders. `next_way`: online, clinic or
    empty. `version` above 1: added to or corrected, `correction` says why.
    """

    diagnoses: list[str]
    findings: str
    plan: str
    orders: list[str]
    advice: str
    alarm: str
    next_on: Day | None
    next_way: str
    refer_to: str
    follow_up: str
    follow_by: Day | None
    signed_by: str
    signed_title: str
    signed_organization: str
    signed_at: Moment
    version: int
    correction: str


class RatingOut(Schema):
    """What was given."""

    stars: int
    words: str


class ReferralSeen(Schema):
    """The latest referral of a visit; all of it is at `GET /referrals/{id}`."""

    id: UUID
    status: str
    status_name: str
    target: str


class EncounterOut(Schema):
    """One visit.

    `status`: planned, waiting, away, called, in_progress, finished, terminated, did_not_happen,
    cancelled. `kind`: text or video. `unread`: how many messages wait to be read.
    """

    id: UUID
    status: str
    status_name: str
    next_step: str
    kind: Kind
    patient_id: UUID
    patient_name: str
    practitioner_id: UUID
    practitioner_name: str
    practitioner_title: str
    department_name: str
    organization_name: str
    appointment_id: UUID | None
    booked_for: Moment | None
    condition: str
    condition_name: str
    complaint: str
    evidence: list[EvidenceOut]
    needs_evidence: bool
    place: PlaceOut
    answer_by: Moment | None
    asked_at: Moment
    began_at: Moment | None
    ended_at: Moment | None
    ending: EndingOut | None
    referral: ReferralSeen | None
    note: NoteOut | None
    give_up_rule: str
    rating: RatingOut | None
    rate_until: Moment | None
    guests: list[GuestSeen]
    may_invite: bool
    unread: int


class Encounters(Items[EncounterOut]):
    """The visits of all patients of the account, the latest first."""


class EncountersQuery(Schema):
    """Which of them: `live` true for those under way."""

    live: bool | None = None


class RatingIn(Input):
    """1 is very bad, 5 very good; words if one wants."""

    stars: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReferralNoteOut(Schema):
    """What the next doctor should know, to be shown or read out; `signed` is the doctor's note as
    (heading, words), empty when there is none."""

    patient: str
    doctor: str
    organization: str
    at: Moment
    condition: str
    complaint: str
    answers: list[str]
    diagnoses: list[str]
    reason: str
    finding: str
    guidance: str
    guided_to: str
    signed: list[tuple[str, str]]


class PaperOut(Schema):
    """A signed paper as PDF: `url` opens it without a session for minutes (`wx.downloadFile`
    and `wx.openDocument`, or a plain link). `code` is what anybody may check at `/verify`."""

    url: str
    expires_at: Moment
    name: str
    version: int
    code: str


class EncounterCancellationIn(Input):
    """Why, if one wants to say."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class SeatOut(Schema):
    """Leave to sit in the video room; `ticket` is presented on `/rtc` within minutes."""

    ticket: str
    room: UUID
    seat: UUID
    part: str
    name: str
