"""What a house may decide about family doctors, as environment variables."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from family_doctor import rules
from family_doctor.alerts.rules import Params as Alerts
from family_doctor.boards.rules import Params as Boards
from family_doctor.care_plan.policy import Params as FollowUps
from family_doctor.followup.rules import dates, table
from family_doctor.immunization import rules as immunization
from family_doctor.immunization.policy import Params as Immunizations
from notifications.family.rules import Params as Reminders


class FamilySettings(BaseSettings):
    """Part of `app.settings.Settings`; see docs/howto/family-doctors.md."""

    family_doctor_load: int = Field(2000, ge=1, description="residents of one doctor; check")
    family_contract_years: int = Field(
        3, ge=1, le=3, description="the longest term, 国卫基层发〔2022〕10号: 1 to 3; check"
    )
    family_answer_days: int = Field(7, ge=1, description="for the team to review")
    family_signing_days: int = Field(14, ge=1, description="for both to sign")
    family_paying_days: int = Field(7, ge=1, description="for a package with a price")
    family_renewal_days: int = Field(30, ge=1, description="before the end: remind, may renew")
    family_talk_days: int = Field(1, ge=1, le=5, description="working days to answer a resident")
    family_talk_hours: str = Field(
        "工作日 8:00–17:30", max_length=30, description="when somebody looks; said to residents"
    )
    family_talk_away_minutes: int = Field(
        2, ge=0, description="unread for so long, the resident is told that the team wrote"
    )

    def families(self) -> rules.Params:
        """For `family_doctor`."""
        return rules.Params(
            load=self.family_doctor_load,
            years=self.family_contract_years,
            answer=timedelta(days=self.family_answer_days),
            signing=timedelta(days=self.family_signing_days),
            paying=timedelta(days=self.family_paying_days),
            renewal=timedelta(days=self.family_renewal_days),
            talk_days=self.family_talk_days,
            talk_hours=self.family_talk_hours,
            talk_away=timedelta(minutes=self.family_talk_away_minutes),
        )

    follow_up_routine_days: int = Field(90, ge=30, le=120, description="公卫规范: four a year")
    follow_up_first_days: int = Field(14, ge=1, description="the first one of somebody new")
    follow_up_calls: int = Field(3, ge=1, description="calls in vain before somebody goes there")
    child_check_days: int = Field(30, ge=1, description="a child's check counts as in time")
    tuberculosis_days: int = Field(10, ge=1, description="while the family supervises; check")

    def follow_ups(self) -> FollowUps:
        """For `family_doctor.care_plan` and `family_doctor.followup`."""
        return FollowUps(
            table=table.Params(routine=self.follow_up_routine_days),
            dates=dates.Params(late=self.child_check_days, intensive=self.tuberculosis_days),
            first=self.follow_up_first_days,
            home_after=self.follow_up_calls,
            home_reading=self.home_reading_days,
            home_readings=self.home_reading_times,
        )

    home_reading_days: int = Field(0, ge=0, le=90, description="ask for a value; 0: never")
    home_reading_times: int = Field(4, ge=1, le=52, description="so often in a row in vain")
    remind_follow_up_days: int = Field(3, ge=0, le=30, description="before its last day")
    remind_late_days: int = Field(7, ge=0, le=90, description="after its last day, once; 0: never")
    remind_checks: bool = Field(True, description="when a check's window opens")

    remind_vaccination_days: int = Field(
        3, ge=0, le=30, description="before a child's vaccination opens"
    )

    def family_reminders(self) -> Reminders:
        """For `notifications.family`."""
        return Reminders(
            before=self.remind_follow_up_days,
            late=self.remind_late_days,
            checks=self.remind_checks,
            vaccination=self.remind_vaccination_days,
        )

    immunization_calendar: Path | None = Field(
        None, description="the county's own calendar in place of the national one"
    )
    immunization_late_days: int = Field(
        30, ge=1, le=365, description="in time where the programme names no last age; our reading"
    )
    immunization_where: str = Field(
        "乡镇卫生院的预防接种门诊", max_length=60, description="said to parents, with the hours"
    )

    def immunizations(self) -> Immunizations:
        """For `family_doctor.immunization`."""
        return Immunizations(
            rules=immunization.Params(late=self.immunization_late_days),
            where=self.immunization_where,
        )

    alert_to_doctor_minutes: int = Field(10, ge=1, description="the responsible doctor is asked")
    alert_to_duty_minutes: int = Field(20, ge=2, description="the county hospital is asked")

    def alerts(self) -> Alerts:
        """For `family_doctor.alerts`."""
        return Alerts(
            to_doctor=timedelta(minutes=self.alert_to_doctor_minutes),
            to_duty=timedelta(minutes=self.alert_to_duty_minutes),
        )

    board_least_people: int = Field(
        5, ge=0, le=50, description="fewer are not shown to those who may not see them; 0: all are"
    )

    def boards(self) -> Boards:
        """For `family_doctor.boards`."""
        return Boards(least=self.board_least_people)
