"""The verbs on campaigns: begin, pause, resume, stop; and a part of the audience each day."""

import secrets
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from tortoise.expressions import Subquery

from core import clock, db, outbox
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from family_doctor.access import my_team_ids
from family_doctor.queries import signed_with
from notifications.education import rules
from notifications.education.access import open_article, open_campaign
from notifications.education.audience import fitting
from notifications.education.events import CampaignDue
from notifications.education.models import Arm, Article, Campaign, CampaignMember
from notifications.education.schemas import AudienceIn, CampaignIn
from notifications.education.states import CAMPAIGN, ArticleStatus, CampaignStatus
from notifications.service import Message, tell
from people.actor import Actor
from people.models import Patient

HOUR: Final = time(10)
"""When residents are told: nobody reads at seven."""
TOPIC: Final = "health_article"


async def audience_of(actor: Actor, asked: AudienceIn) -> tuple[list[UUID], list[UUID]]:
    """The teams and the patients. Raises Invalid for a team that is not the actor's."""
    mine = await my_team_ids(actor)
    if asked.team_id is not None and asked.team_id not in mine:
        sentence = "只能发给自己团队的居民。"
        raise Invalid("team_id", sentence, errors=[FieldError("team_id", sentence)])
    teams = [asked.team_id] if asked.team_id else mine
    return teams, await fitting(asked, teams)


async def begin(actor: Actor, article_id: UUID, entry: CampaignIn, campaign_id: UUID) -> Campaign:
    """Freeze the audience, divide it, tell the first part. The same id twice is one campaign."""
    there = await Campaign.get_or_none(id=campaign_id)
    if there is not None:
        return await open_campaign(actor, campaign_id)
    article = await open_article(actor, article_id)
    if article.status is not ArticleStatus.PUBLISHED:
        raise Conflict("not_published", "文章发布以后才能推送。")
    teams, patients = await audience_of(actor, entry)
    if not patients:
        raise Invalid("nobody", "没有符合条件的居民,请放宽条件。")
    seed = secrets.token_hex(16)
    async with db.atomic():
        row = await Campaign.create(
            id=campaign_id,
            article_id=article.id,
            audience={
                "team_ids": [str(one) for one in teams],
                **entry.model_dump(mode="json", include=set(AudienceIn.model_fields)),
            },
            per_day=entry.per_day,
            told_share=entry.told_share,
            seed=seed,
            size=len(patients),
            made_by=actor.practitioner_id,
            made_name=actor.name,
            made_at=clock.now(),
        )
        await CampaignMember.bulk_create(
            [
                CampaignMember(campaign_id=row.id, patient_id=one, arm=arm, place=place)
                for place, (one, arm) in enumerate(rules.divided(patients, seed, entry.told_share))
            ]
        )
        await audit(actor, "campaign.begin", f"Campaign/{row.id}")
        await _again(row, clock.now())
    return row


async def _again(row: Campaign, due_at: datetime) -> None:
    event = CampaignDue(campaign_id=str(row.id))
    await outbox.schedule(event, due_at=due_at, key=f"campaign-{row.id}")


async def move(actor: Actor, campaign_id: UUID, action: str) -> Campaign:
    """Pause, resume or stop."""
    row = await open_campaign(actor, campaign_id)
    async with db.atomic():
        ended = clock.now() if action == "stop" else None
        await advance(row, CAMPAIGN, action, ended_at=ended)
        await audit(actor, f"campaign.{action}", f"Campaign/{row.id}")
        if action == "resume":
            await _again(row, clock.now())
    return row


async def go_on(campaign_id: UUID) -> None:
    """Tell today's part; each patient's people once, whatever is repeated. Who has left the teams
    meanwhile is not told any more."""
    row = await Campaign.get(id=campaign_id).select_related("article")
    if row.status is not CampaignStatus.RUNNING:
        return
    async with db.atomic():
        signed = Patient.filter(signed_with([UUID(one) for one in row.audience["team_ids"]]))
        waiting = CampaignMember.filter(campaign_id=row.id, arm=Arm.TOLD, told_at=None)
        waiting = waiting.filter(patient_id__in=Subquery(signed.values("id")))
        part = await waiting.order_by("place").limit(row.per_day)
        for member in part:
            await tell(member.patient_id, f"Article/{row.article_id}", _message(row.article))
        told = [member.id for member in part]
        await CampaignMember.filter(id__in=told).update(told_at=clock.now())
        if len(part) < row.per_day:
            await advance(row, CAMPAIGN, "finish", ended_at=clock.now())
        else:
            tomorrow = clock.today() + timedelta(days=1)
            await _again(row, datetime.combine(tomorrow, HOUR, clock.SHANGHAI))


def _message(article: Article) -> Message:
    return Message(
        topic=TOPIC,
        title="家庭医生给您发了一篇健康知识",
        text=f"《{article.title}》:{article.summary}",
        words={"patient": "您", "place": article.organization_name[:20], "at": clock.now()},
        page=f"pages/article/index?id={article.id}",
    )
