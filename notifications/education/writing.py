"""The verbs on articles: write, submit, pass, return, publish, retire; and their pictures."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.blobs import Store
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from notifications.education import text
from notifications.education.access import open_article, require_another, require_author
from notifications.education.events import ArticleDue
from notifications.education.models import Article, ArticlePicture
from notifications.education.schemas import ArticleIn, ReviewIn
from notifications.education.states import ARTICLE, ArticleStatus
from people.actor import Actor


async def write(actor: Actor, article_id: UUID, entry: ArticleIn) -> Article:
    """A new draft, or a change of one's own. What is under review or out is not changed."""
    row = await Article.get_or_none(id=article_id)
    async with db.atomic():
        if row is None:
            row = await Article.create(
                id=article_id,
                author_id=actor.practitioner_id,
                author_name=actor.name,
                organization_id=actor.organization_id,
                organization_name=actor.organization_name,
                **_said(entry),
            )
        else:
            require_author(actor, row)
            drafts = Article.filter(id=row.id, status=ArticleStatus.DRAFT)
            if not await drafts.update(**_said(entry)):
                raise Conflict("not_a_draft", "已经送审或发布的文章不能再改,请先请审核人退回。")
        await audit(actor, "article.write", f"Article/{article_id}")
    return row


def _said(entry: ArticleIn) -> dict[str, Any]:
    return {
        "subject": entry.subject,
        "title": entry.title,
        "summary": entry.summary,
        "body": entry.body,
        "question": entry.question,
        "choices": entry.answers(),
        "right": entry.right(),
        "explanation": entry.explanation,
        "changed_at": clock.now(),
    }


async def submit(actor: Actor, article_id: UUID) -> Article:
    """Give it to somebody else to look at. Raises Invalid while it shows a picture that is not
    there."""
    row = await open_article(actor, article_id)
    require_author(actor, row)
    there = await ArticlePicture.filter(article_id=row.id).values_list("id", flat=True)
    if text.pictures_of(row.body) - {UUID(str(one)) for one in there}:
        sentence = "文章里有一张图片不在了,请重新插入或删掉那一行。"
        raise Invalid("picture_missing", sentence, errors=[FieldError("body", sentence)])
    return await _move(actor, row, "submit")


async def approve(actor: Actor, article_id: UUID, entry: ReviewIn) -> Article:
    """Pass it; it is published on the day named, or at once."""
    row = await open_article(actor, article_id)
    require_another(actor, row)
    day = entry.publish_on or clock.today()
    if day < clock.today():
        sentence = "发布日期不能在今天以前。"
        raise Invalid("publish_on", sentence, errors=[FieldError("publish_on", sentence)])
    async with db.atomic():
        await _move(
            actor,
            row,
            "approve",
            reviewed_by=actor.practitioner_id,
            reviewer_name=actor.name,
            review_words=entry.words,
            publish_on=day,
        )
        await outbox.schedule(
            ArticleDue(article_id=str(row.id)), due_at=_morning(day), key=f"article-{row.id}"
        )
    return row


def _morning(day: date) -> datetime:
    """At seven on a later day; today at once."""
    if day <= clock.today():
        return clock.now()
    return datetime.combine(day, time(7), clock.SHANGHAI)


async def give_back(actor: Actor, article_id: UUID, words: str) -> Article:
    """It has to be mended first."""
    row = await open_article(actor, article_id)
    require_another(actor, row)
    return await _move(actor, row, "return", review_words=words)


async def publish(article_id: UUID) -> None:
    """Its day has come. Nothing happens to one that was taken back meanwhile."""
    row = await Article.get(id=article_id)
    if row.status is ArticleStatus.APPROVED and (row.publish_on or clock.today()) <= clock.today():
        await _move(SYSTEM, row, "publish", published_at=clock.now())


async def retire(actor: Actor, article_id: UUID) -> Article:
    """No longer true: nobody is shown it any more."""
    row = await open_article(actor, article_id)
    actor.require("team_lead", "township_doctor", "specialist")
    return await _move(actor, row, "retire")


async def _move(who: Who, row: Article, action: str, **changes: Any) -> Article:
    async with db.atomic():
        await advance(row, ARTICLE, action, changed_at=clock.now(), **changes)
        await audit(who, f"article.{action}", f"Article/{row.id}")
    return row


async def add_picture(
    actor: Actor, article_id: UUID, raw: bytes, *, name: str, words: str, store: Store
) -> ArticlePicture:
    """A picture for one's own draft, without EXIF. Raises Invalid for what is none."""
    row = await open_article(actor, article_id)
    require_author(actor, row)
    blob = await store.receive(raw, name=name)
    if not blob.is_picture:
        raise Invalid("no_picture", "请选一张图片(JPG、PNG)。")
    return await ArticlePicture.create(
        id=uuid4(), article_id=row.id, blob_id=blob.id, words=words or row.title
    )
