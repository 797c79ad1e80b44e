"""What a house may decide about messages to residents, as environment variables."""

from datetime import timedelta

from pydantic import Field

from app.quiet_settings import QuietSettings
from notifications import policy
from notifications.models import Channel


class MessageSettings(QuietSettings):
    """Part of `app.settings.Settings`."""

    sms_url: str = Field("", description="the gateway for text messages; none: none are sent")
    sms_secret: str = ""
    message_wechat_per_second: float = Field(150, gt=0, description="all processes together")
    message_official_per_second: float = Field(50, gt=0, description="the official account's")
    message_sms_per_second: float = Field(20, gt=0, description="what the gateway allows")
    message_batch: int = Field(300, ge=1, le=1000)
    message_at_once: int = Field(100, ge=1, description="open calls of one channel")
    message_lease_seconds: float = Field(60, ge=2, description="until a dead sender's are taken")
    message_word_seconds: float = Field(180, ge=1, description="waiting for a channel's own word")

    def messages(self, *, official: bool) -> policy.Params:
        """What the institution has decided about messages; `official`: there is an account."""
        return policy.Params(
            per_second={
                Channel.WECHAT: self.message_wechat_per_second,
                Channel.OFFICIAL: self.message_official_per_second,
                Channel.SMS: self.message_sms_per_second,
                Channel.PHONE: self.message_sms_per_second,
            },
            closed=frozenset() if official else frozenset({Channel.OFFICIAL}),
            batch=self.message_batch,
            at_once=self.message_at_once,
            lease=timedelta(seconds=self.message_lease_seconds),
            word=timedelta(seconds=self.message_word_seconds),
            quiet=self.quiet(),
        )
