"""What crosses the border to WeChat's API. Secrets and personal data stay out of every repr."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wechat.errors import OURS, Misconfigured


class Answer(BaseModel):
    """WeChat adds fields when it likes; those we use have to be there."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class LoginSession(Answer):
    """Who signed in. The session key never leaves the server and is in no log."""

    openid: str = Field(min_length=1, max_length=64)
    session_key: str = Field(min_length=1, repr=False)
    unionid: str | None = None


class PhoneNumber(Answer):
    """The number bound to the user's WeChat. It is no proof of identity."""

    number: str = Field(alias="purePhoneNumber", repr=False, pattern=r"^\d{5,15}$")
    country_code: str = Field(alias="countryCode")


class FollowerAnswer(Answer):
    """`user/info` of the official account. `unionid` is there only when both apps are bound to
    one account of the open platform."""

    subscribe: int
    unionid: str | None = Field(None, repr=False, max_length=64)


class TokenAnswer(Answer):
    """`expires_in` counts seconds."""

    access_token: str = Field(min_length=1, repr=False)
    expires_in: int = Field(gt=0)


class Scene(StrEnum):
    """Where the text will be seen (`scene` of msg_sec_check)."""

    PROFILE = "1"
    COMMENT = "2"
    FORUM = "3"
    SOCIAL_LOG = "4"


class Suggestion(StrEnum):
    """What WeChat advises: publish, let a person look, do not publish."""

    PASS = "pass"  # noqa: S105
    REVIEW = "review"
    RISKY = "risky"


class Verdict(Answer):
    """The result for a text. `label`: 100 normal, 20001 politics, 20002 porn, 20003 abuse, …"""

    suggest: Suggestion
    label: int = 100


def read(model: type[Answer], answer: Any) -> Any:
    """Validate. Raises Misconfigured, because a person can do nothing about it."""
    try:
        return model.model_validate(answer)
    except ValidationError:
        raise Misconfigured("wechat_answer", OURS) from None
