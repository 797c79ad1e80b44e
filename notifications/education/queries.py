"""Reads of health education: lists, what became of a campaign, what residents have read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Avg, Count

from core import clock
from core.clock import SHANGHAI
from family_doctor.access import my_team_ids
from family_doctor.followup.models import FACE_TO_FACE, FollowUp
from notifications.education import rules
from notifications.education.access import REVIEWERS
from notifications.education.models import Arm, Article, Campaign, CampaignMember, Reading
from notifications.education.rules import Effect
from notifications.education.sending import TOPIC
from notifications.education.states import ArticleStatus
from notifications.models import Communication
from people.actor import Actor

CAME_WITHIN: Final = timedelta(days=30)
MOST: Final = 200


async def listed(actor: Actor) -> list[Article]:
    """What is to be done first: mine to mend, others' to pass, then what is out."""
    mine = Q(author_id=actor.practitioner_id)
    seen = mine | ~Q(status=ArticleStatus.DRAFT)
    rows = await Article.filter(seen).order_by("-changed_at").limit(MOST)
    order = list(ArticleStatus)
    return sorted(rows, key=lambda row: order.index(row.status))


async def waiting(actor: Actor) -> int:
    """For the navigation: articles of others that wait to be passed."""
    if not actor.has(*REVIEWERS):
        return 0
    rows = Article.filter(status=ArticleStatus.IN_REVIEW)
    return await rows.exclude(author_id=actor.practitioner_id).count()


async def published(most: int, *, subject: str = "") -> list[Article]:
    """What everybody may read, the newest first."""
    rows = Article.filter(status=ArticleStatus.PUBLISHED)
    if subject:
        rows = rows.filter(subject=subject)
    return await rows.order_by("-published_at").limit(most)


async def of_the_week() -> Article | None:
    """The newest article that asks something (每周一问)."""
    rows = Article.filter(status=ArticleStatus.PUBLISHED).exclude(question="")
    return await rows.order_by("-published_at").first()


@dataclass(frozen=True, slots=True)
class Reads:
    """Of one article: accounts that opened it, read to the end, answered, answered right; and the
    mean of the seconds."""

    opened: int
    finished: int
    seconds: int
    answered: int
    right: int


async def reads(article: Article) -> Reads:
    """How an article is read."""
    rows = Reading.filter(article_id=article.id)
    mean = (await rows.annotate(mean=Avg("seconds")).first().values("mean") or {}).get("mean")
    return Reads(
        opened=await rows.count(),
        finished=await rows.exclude(finished_at=None).count(),
        seconds=round(mean or 0),
        answered=await rows.exclude(answer=None).count(),
        right=await rows.filter(answer=article.right).count() if article.question else 0,
    )


async def campaigns(actor: Actor, article_id: UUID) -> list[Campaign]:
    """Campaigns of an article that went to the actor's teams only."""
    teams = {str(one) for one in await my_team_ids(actor)}
    rows = await Campaign.filter(article_id=article_id).order_by("-made_at")
    return [row for row in rows if teams.issuperset(row.audience["team_ids"])]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a campaign. `came`: a follow-up face to face within thirty days of its
    beginning."""

    told: int
    waiting: int
    control: int
    read: int
    came: Effect


async def outcome(row: Campaign) -> Outcome:
    """Count both arms by the same clock."""
    members = await CampaignMember.filter(campaign_id=row.id)
    by_arm = {arm: [one.patient_id for one in members if one.arm is arm] for arm in Arm}
    came = await _came({one.patient_id for one in members}, row.made_at)
    shares = {
        arm: rules.share(sum(one in came for one in ids), len(ids)) for arm, ids in by_arm.items()
    }
    done = sum(one.told_at is not None for one in members)
    return Outcome(
        told=done,
        waiting=len(by_arm[Arm.TOLD]) - done,
        control=len(by_arm[Arm.CONTROL]),
        read=await _read(row),
        came=rules.effect(shares[Arm.TOLD], shares[Arm.CONTROL]),
    )


async def _came(patients: Collection[UUID], since: datetime) -> set[UUID]:
    first = since.astimezone(SHANGHAI).date()
    rows = FollowUp.filter(
        patient_id__in=list(patients),
        wrong_at=None,
        met_on__range=(first, first + CAME_WITHIN),
        mode__in=list(FACE_TO_FACE),
    )
    return {UUID(str(one)) for one in await rows.values_list("patient_id", flat=True)}


async def _read(row: Campaign) -> int:
    """Accounts that were told and have opened the article."""
    told = Communication.filter(topic=TOPIC, subject=f"Article/{row.article_id}")
    rows = Reading.filter(
        article_id=row.article_id, account_id__in=Subquery(told.values("recipient_id"))
    )
    return await rows.count()


async def answers(article: Article) -> list[int]:
    """How many chose each answer."""
    found = await (
        Reading.filter(article_id=article.id)
        .exclude(answer=None)
        .annotate(count=Count("id"))
        .group_by("answer")
        .values("answer", "count")
    )
    counted = {one["answer"]: one["count"] for one in found}
    return [counted.get(at, 0) for at in range(len(article.choices))]


def is_new(article: Article) -> bool:
    """Published within a week."""
    moment = article.published_at
    return moment is not None and clock.now() - moment < timedelta(days=7)
