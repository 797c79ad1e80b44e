"""When nobody is disturbed, as environment variables; messages and the waiting list keep to it."""

from datetime import time

from pydantic import Field
from pydantic_settings import BaseSettings

from core.quiet import Quiet


class QuietSettings(BaseSettings):
    """Part of `app.settings.Settings`."""

    message_quiet_begins: time = Field(time(21, 0), description="nobody is disturbed from then on")
    message_quiet_ends: time = time(8, 0)

    def quiet(self) -> Quiet:
        """What the house has decided."""
        return Quiet(self.message_quiet_begins, self.message_quiet_ends)
