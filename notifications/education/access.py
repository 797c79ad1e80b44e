"""Who writes, who passes, who sends: anybody of a team writes; a doctor or leader who is not the
author passes; a campaign goes to the residents of one's own teams only."""

from typing import Final
from uuid import UUID

from core.audit import audit
from core.errors import Forbidden, NotFound
from family_doctor.access import MEMBERS, my_team_ids
from notifications.education.models import Article, Campaign
from notifications.education.states import ArticleStatus
from people.actor import Actor, Role

WRITERS: Final = MEMBERS
REVIEWERS: Final = (Role.TEAM_LEAD, Role.TOWNSHIP_DOCTOR, Role.SPECIALIST)


async def open_article(actor: Actor, article_id: UUID) -> Article:
    """An article, for those who write and pass them. Drafts are their author's and the reviewers'.

    Raises NotFound.
    """
    row = await Article.get_or_none(id=article_id)
    own = row is not None and row.author_id == actor.practitioner_id
    if row is None or not (own or row.status is not ArticleStatus.DRAFT or actor.has(*REVIEWERS)):
        raise NotFound("article_not_found", "没有找到这篇文章。")
    return row


def require_author(actor: Actor, row: Article) -> None:
    """Raise Forbidden for others."""
    if row.author_id != actor.practitioner_id:
        raise Forbidden("not_the_author", "由作者本人来改。")


def require_another(actor: Actor, row: Article) -> None:
    """Raise Forbidden for the author, and for posts that pass no articles."""
    actor.require(*REVIEWERS)
    if row.author_id == actor.practitioner_id:
        raise Forbidden("own_article", "自己写的文章要请别人审。")


async def open_campaign(actor: Actor, campaign_id: UUID) -> Campaign:
    """A campaign of one of the actor's teams. Raises NotFound."""
    row = await Campaign.get_or_none(id=campaign_id).select_related("article")
    teams = {str(one) for one in await my_team_ids(actor)}
    if row is None or not teams.issuperset(row.audience["team_ids"]):
        raise NotFound("campaign_not_found", "没有找到这次推送。")
    await audit(actor, "campaign.open", f"Campaign/{campaign_id}")
    return row
