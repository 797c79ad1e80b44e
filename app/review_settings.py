"""What a house may decide about the review of prescriptions, as environment variables."""

from datetime import time, timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from pharmacy.review import policy


class ReviewSettings(BaseSettings):
    """Part of `app.settings.Settings`; see docs/howto/prescription-review.md."""

    review_claim_minutes: int = Field(15, ge=1, description="a silent claim goes back")
    review_soon_minutes: int = Field(10, ge=1, description="waits: the first colour")
    review_late_minutes: int = Field(30, ge=1, description="waits: the second colour")
    review_idle_minutes: int = Field(120, ge=5, description="a duty without an act ends")
    review_opens: time = time(8, 0)
    review_closes: time = time(18, 0)
    review_years: int = Field(3, ge=0, description="审核规范 2018: at least 3 of dispensing")
    review_training: bool = Field(True, description="审核规范 2018: trained and examined")
    review_title: str = Field("药师", description="处方办法 art. 31: the least that reviews")
    review_appraiser_title: str = Field(
        "药师", description="点评规范 2010: the least that appraises"
    )
    review_head_title: str = Field("主管药师", description="reads reports and monthly tables")
    review_password_each: bool = Field(False, description="the password at every approval")
    appraisal_permille: int = Field(1, ge=1, le=1000, description="点评规范 2010: at least 1")
    appraisal_least: int = Field(100, ge=1, description="点评规范 2010: at least 100 a month")

    def reviews(self) -> policy.Params:
        """For `pharmacy.review`."""
        return policy.Params(
            claim=timedelta(minutes=self.review_claim_minutes),
            soon=timedelta(minutes=self.review_soon_minutes),
            late=timedelta(minutes=self.review_late_minutes),
            idle=timedelta(minutes=self.review_idle_minutes),
            opens=self.review_opens,
            closes=self.review_closes,
            years=self.review_years,
            training=self.review_training,
            title=self.review_title,
            appraiser=self.review_appraiser_title,
            head=self.review_head_title,
            password_each=self.review_password_each,
            permille=self.appraisal_permille,
            least=self.appraisal_least,
        )
