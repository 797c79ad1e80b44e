"""What a house may decide about residents' accounts, as environment variables."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from people.residents import policy


class ResidentSettings(BaseSettings):
    """Part of `app.settings.Settings`; see docs/howto/residents.md."""

    resident_session_days: int = Field(30, ge=1, le=365)
    resident_family: int = Field(5, ge=0, le=20, description="besides oneself")
    resident_proxy_days: int = Field(365, ge=1, le=1095)
    resident_code_minutes: int = Field(10, ge=1, le=60)
    resident_organization: str = Field("", description="code; else the county hospital")

    def residents(self) -> policy.Params:
        """How residents' accounts are bounded."""
        return policy.Params(
            session=timedelta(days=self.resident_session_days),
            family=self.resident_family,
            proxy=timedelta(days=self.resident_proxy_days),
            code=timedelta(minutes=self.resident_code_minutes),
            organization=self.resident_organization,
        )
