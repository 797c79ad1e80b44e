"""What a house may decide about visits, referrals and complaints, as environment variables."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from app.quiet_settings import QuietSettings
from care.complaint import rules as complaints
from care.encounter import policy as encounters
from care.referral import rules as referrals
from care.teleconsultation import rules as consultations


class CareSettings(QuietSettings):
    """Part of `app.settings.Settings`."""

    laboratory_ranges: Path | None = Field(
        None, description="CSV of reference ranges, docs/howto/laboratory.md"
    )

    visit_evidence_days: int = Field(180, ge=1, description="how old a diagnosis may be")
    visit_answer_minutes: int = Field(3, ge=1, description="after a call, before the next")
    visit_calls: int = Field(2, ge=1, description="missed calls before it did not happen")
    visit_behind: int = Field(2, ge=1, description="how many go first after a missed call")
    visit_offer_minutes: int = Field(120, ge=5, description="a place kept after an unfit visit")
    visit_journey_minutes: int = Field(120, ge=0, description="before a kept place at the counter")
    visit_idle_hours: int = Field(4, ge=1, description="a shift without an act ends by itself")
    visit_guest_minutes: int = Field(30, ge=1, description="for a link to be opened")
    visit_rating_days: int = Field(7, ge=0, description="to rate a visit, and to change it")
    visit_refund_terminated: bool = Field(True, description="when found unfit for the internet")
    visit_refund_given_up: bool = Field(True, description="when given up in the waiting room")

    def visits(self) -> encounters.Params:
        """What the institution has decided about online visits."""
        return encounters.Params(
            evidence_days=self.visit_evidence_days,
            answer=timedelta(minutes=self.visit_answer_minutes),
            calls=self.visit_calls,
            behind=self.visit_behind,
            offer=timedelta(minutes=self.visit_offer_minutes),
            journey=timedelta(minutes=self.visit_journey_minutes),
            idle=timedelta(hours=self.visit_idle_hours),
            guest_link=timedelta(minutes=self.visit_guest_minutes),
            rating=timedelta(days=self.visit_rating_days),
            refund_terminated=self.visit_refund_terminated,
            refund_given_up=self.visit_refund_given_up,
        )

    instant_answer_minutes: int = Field(
        10, ge=1, description="核心制度要点 2018: urgent within 10 min"
    )
    urgent_answer_minutes: int = Field(30, ge=1, description="of a consultation wanted today")
    ordinary_answer_minutes: int = Field(120, ge=1, description="of any other, not at night")

    def answer_times(self) -> consultations.AnswerTimes:
        """How long a doctor is asked for a consultation before the next one is."""
        return consultations.AnswerTimes(
            instant=timedelta(minutes=self.instant_answer_minutes),
            urgent=timedelta(minutes=self.urgent_answer_minutes),
            ordinary=timedelta(minutes=self.ordinary_answer_minutes),
            quiet=self.quiet(),
        )

    referral_agree_hours: int = Field(72, ge=1, description="for the resident to agree")
    referral_answer_hours: int = Field(24, ge=1, description="for the department to answer")
    referral_urgent_hours: int = Field(2, ge=1, description="the same, when it is urgent")
    referral_days: int = Field(30, ge=1, description="an accepted one ends by itself")

    def referrals(self) -> referrals.Params:
        """What the institution has decided about referrals."""
        return referrals.Params(
            agree=timedelta(hours=self.referral_agree_hours),
            answer=timedelta(hours=self.referral_answer_hours),
            urgent=timedelta(hours=self.referral_urgent_hours),
            come=timedelta(days=self.referral_days),
        )

    complaint_accept_hours: int = Field(24, ge=1, description="until a complaint is accepted")
    complaint_close_days: int = Field(15, ge=1, description="working days until the answer")
    complaint_silent_days: int = Field(7, ge=1, description="an answered one closes by itself")
    complaint_reopen_days: int = Field(30, ge=0, description="a closed one may be taken up again")

    def complaints(self) -> complaints.Params:
        """What the institution has decided about complaints."""
        return complaints.Params(
            accept=timedelta(hours=self.complaint_accept_hours),
            close_days=self.complaint_close_days,
            silent=timedelta(days=self.complaint_silent_days),
            reopen=timedelta(days=self.complaint_reopen_days),
        )
