"""What residents do with an article: open it, read so long, answer its question."""

from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock
from core.errors import FieldError, Invalid, NotFound
from notifications.education.models import Article, Reading
from notifications.education.states import ArticleStatus

LONGEST = 3600
"""Seconds; a phone that lies open over night has not read so long."""


async def published(article_id: UUID) -> Article:
    """An article that everybody may read. Raises NotFound."""
    row = await Article.get_or_none(id=article_id, status=ArticleStatus.PUBLISHED)
    if row is None:
        raise NotFound("article_not_found", "没有找到这篇文章,可能已经下架了。")
    return row


async def opened(account_id: UUID, article: Article) -> Reading:
    """The account has it open; once for each."""
    try:
        row, _ = await Reading.get_or_create(
            article_id=article.id, account_id=account_id, defaults={"opened_at": clock.now()}
        )
    except IntegrityError:
        row = await Reading.get(article_id=article.id, account_id=account_id)
    return row


async def read_on(account_id: UUID, article: Article, seconds: int, *, finished: bool) -> Reading:
    """Read so long altogether; the number only grows."""
    row = await opened(account_id, article)
    seconds = min(seconds, LONGEST)
    await Reading.filter(id=row.id, seconds__lt=seconds).update(seconds=seconds)
    if finished:
        await Reading.filter(id=row.id, finished_at=None).update(finished_at=clock.now())
    return await Reading.get(id=row.id)


async def answer(account_id: UUID, article: Article, choice: int) -> Reading:
    """The first answer counts. Raises Invalid for a choice that there is not."""
    if not 0 <= choice < len(article.choices):
        sentence = "请选一个答案。"
        raise Invalid("choice", sentence, errors=[FieldError("choice", sentence)])
    row = await opened(account_id, article)
    mine = Reading.filter(id=row.id, answer=None)
    await mine.update(answer=choice, answered_at=clock.now())
    return await Reading.get(id=row.id)
