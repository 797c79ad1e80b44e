"""What a house may decide about devices, as environment variables."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from devices.mqtt import Broker
from devices.rules import Params


class DeviceSettings(BaseSettings):
    """Part of `app.settings.Settings`; see docs/howto/devices.md."""

    mqtt_url: str = Field("", description="mqtt[s]://user:password@host:port; none: no MQTT")
    mqtt_topic: str = Field("doorstep", description="before /devices/CODE/messages")
    device_clock_minutes: int = Field(10, ge=1, le=10, description="how far a clock may be wrong")
    device_stale_hours: int = Field(24, ge=1, description="after that nobody is alarmed")
    device_oldest_days: int = Field(90, ge=1, description="older ones wait for a person")
    device_measuring_minutes: int = Field(15, ge=1, le=240, description="one resident sits there")
    device_message_days: int = Field(1095, ge=30, description="messages as they came")
    device_messages_per_minute: int = Field(60, ge=1, description="of one device, at once")
    device_refused_per_hour: int = Field(60, ge=1, description="unsigned ones kept, of one device")

    def broker(self) -> Broker:
        """Where messages come by MQTT."""
        return Broker(self.mqtt_url, self.mqtt_topic)

    def devices(self) -> Params:
        """For `devices`."""
        return Params(
            skew=timedelta(minutes=self.device_clock_minutes),
            stale=timedelta(hours=self.device_stale_hours),
            oldest=timedelta(days=self.device_oldest_days),
            measuring=timedelta(minutes=self.device_measuring_minutes),
            keep=timedelta(days=self.device_message_days),
            per_minute=self.device_messages_per_minute,
            refused_per_hour=self.device_refused_per_hour,
        )
