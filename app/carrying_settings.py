"""What a house may decide about sealed bags on the road, as environment variables."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from pharmacy.dispatch import rules as dispatch
from pharmacy.sealing import rules as sealing


class CarryingSettings(BaseSettings):
    """Part of `app.settings.Settings`; what carrying costs is in `app.pharmacy_settings`."""

    seal_photo_carried: bool = Field(True, description="bags that are carried away")
    seal_photo_counter: bool = Field(False, description="bags that are fetched at the counter")
    road_driver_hours: int = Field(12, ge=1, description="then a driver's bag is overdue")
    road_courier_hours: int = Field(72, ge=1, description="then a courier's parcel is overdue")
    village_remind_days: int = Field(3, ge=1, description="a bag at the clinic nobody fetches")
    village_keep_days: int = Field(7, ge=2, description="then it goes back with the next driver")

    def seals(self) -> sealing.Params:
        """Which bags are photographed."""
        return sealing.Params(
            photo_carried=self.seal_photo_carried, photo_counter=self.seal_photo_counter
        )

    def dispatch(self) -> dispatch.Params:
        """How long bags may take, and wait."""
        return dispatch.Params(
            driver=timedelta(hours=self.road_driver_hours),
            courier=timedelta(hours=self.road_courier_hours),
            remind_days=self.village_remind_days,
            keep_days=self.village_keep_days,
        )
