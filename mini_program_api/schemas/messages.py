"""WeChat reminders: which there are, and what the resident answered."""

from enum import StrEnum

from pydantic import Field

from core.http import Schema
from mini_program_api.schemas.common import Input, Items


class Answered(StrEnum):
    """The words of `wx.requestSubscribeMessage`."""

    ACCEPT = "accept"
    REJECT = "reject"
    BAN = "ban"
    FILTER = "filter"


class AnswerIn(Input):
    """What was answered to one template."""

    template_id: str = Field(min_length=1, max_length=64)
    answer: Answered


class SubscriptionsIn(Input):
    """The result of one `wx.requestSubscribeMessage`."""

    answers: list[AnswerIn] = Field(min_length=1, max_length=20)


class SubscriptionOut(Schema):
    """One kind of reminder. `left`: how many messages the resident has agreed to."""

    topic: str
    template_id: str
    long_term: bool
    left: int


class Subscriptions(Items[SubscriptionOut]):
    """What may be asked for."""
