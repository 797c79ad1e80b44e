"""What health education does by the clock; wired in `app.reactions`."""

from uuid import UUID

from notifications.education import sending, writing
from notifications.education.events import ArticleDue, CampaignDue


async def publish(event: ArticleDue) -> None:
    """An article's day has come."""
    await writing.publish(UUID(event.article_id))


async def go_on(event: CampaignDue) -> None:
    """The next part of an audience."""
    await sending.go_on(UUID(event.campaign_id))
