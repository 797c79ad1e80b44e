"""What is due in health education."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDue(Event):
    """The day on which an article is to be published has come."""

    name: ClassVar[str] = "notifications.ArticleDue"
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDue(Event):
    """The next part of an audience is to be told."""

    name: ClassVar[str] = "notifications.CampaignDue"
    campaign_id: str
