"""What the outpatient office may decide about appointments, as environment variables."""

from datetime import time

from pydantic import Field

from app.quiet_settings import QuietSettings
from booking.rules import Params


class BookingSettings(QuietSettings):
    """Part of `app.settings.Settings`."""

    booking_window_days: int = Field(14, ge=1, le=90)
    booking_release_time: time = time(0, 0)
    booking_pay_minutes: int = Field(15, ge=1, le=24 * 60)
    booking_offer_minutes: int = Field(30, ge=5, le=24 * 60)
    booking_cancel_days_before: int = Field(1, ge=0, le=7)
    booking_cancel_until: time = time(15, 0)
    booking_per_day: int = Field(2, ge=1)
    booking_ahead: int = Field(4, ge=1)
    booking_no_shows: int = Field(3, ge=1)
    booking_no_show_days: int = Field(90, ge=1)
    booking_block_days: int = Field(90, ge=1)
    booking_quota_return_hours: int = Field(24, ge=0)
    booking_late_minutes: int = Field(120, ge=0)
    booking_early_minutes: int = Field(90, ge=0)
    booking_exam_walk_minutes: int = Field(10, ge=0)
    booking_exam_bladder_minutes: int = Field(60, ge=0)
    booking_exam_contrast_days: int = Field(1, ge=0)
    booking_exam_fasting_until: time = time(11, 0)

    def booking(self) -> Params:
        """What the outpatient office has decided."""
        return Params(
            window_days=self.booking_window_days,
            release_time=self.booking_release_time,
            pay_minutes=self.booking_pay_minutes,
            offer_minutes=self.booking_offer_minutes,
            cancel_days_before=self.booking_cancel_days_before,
            cancel_until=self.booking_cancel_until,
            per_day=self.booking_per_day,
            ahead=self.booking_ahead,
            misses=self.booking_no_shows,
            misses_days=self.booking_no_show_days,
            block_days=self.booking_block_days,
            quota_return_hours=self.booking_quota_return_hours,
            late_minutes=self.booking_late_minutes,
            early_minutes=self.booking_early_minutes,
            exam_walk_minutes=self.booking_exam_walk_minutes,
            exam_bladder_minutes=self.booking_exam_bladder_minutes,
            exam_contrast_days=self.booking_exam_contrast_days,
            exam_fasting_until=self.booking_exam_fasting_until,
            quiet=self.quiet(),
        )
