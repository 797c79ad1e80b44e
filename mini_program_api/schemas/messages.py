"""The inbox, and WeChat reminders: which there are, and what the resident answered."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from core.clock import Moment
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


class CommunicationOut(Schema):
    """One thing the house tells this account about a patient. `page` is where it leads in the H5.

    `read_at` is null while it is new.
    """

    id: UUID
    topic: str
    title: str
    text: str
    patient_id: UUID
    page: str
    created_at: Moment
    read_at: Moment | None


class Communications(Items[CommunicationOut]):
    """The newest first; `unread` counts all that are new."""

    unread: int


class ReadIn(Input):
    """What was read."""

    ids: list[UUID] = Field(min_length=1, max_length=100)


class UnreadOut(Schema):
    """How many are still new."""

    unread: int
