"""Health education: what there is to read, one article, how long, and its question."""

from uuid import UUID

from aiohttp import web

from core.doors import residents
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api.border import BASE
from mini_program_api.schemas.articles import (
    AnswerIn,
    ArticleLine,
    ArticleOut,
    Articles,
    QuestionOut,
    ReadIn,
)
from notifications.education import queries, reading, text, words
from notifications.education.models import Article, Reading
from people.residents.actor import resident_of

routes = web.RouteTableDef()

ONE = BASE + "/articles/{id}"
MOST = 50


@routes.get(f"{BASE}/articles", name="mp_articles")
@residents
@endpoint
async def articles(request: web.Request) -> Articles:
    """What is out, the newest first, with what this account has read."""
    rows = await queries.published(MOST)
    done = await _finished(resident_of(request).account_id)
    week = await queries.of_the_week()
    return Articles(
        items=[ArticleLine(**_line(row, done)) for row in rows],
        of_the_week=week.id if week else None,
    )


async def _finished(account_id: UUID) -> set[UUID]:
    rows = Reading.filter(account_id=account_id).exclude(finished_at=None)
    return {UUID(str(one)) for one in await rows.values_list("article_id", flat=True)}


def _line(row: Article, done: set[UUID]) -> dict[str, object]:
    return {
        "id": row.id,
        "subject": row.subject,
        "subject_name": words.SUBJECTS[row.subject],
        "title": row.title,
        "summary": row.summary,
        "published_at": row.published_at,
        "is_new": queries.is_new(row),
        "read": row.id in done,
        "asks": bool(row.question),
    }


@routes.get(ONE, name="mp_article")
@residents
@endpoint
async def article(request: web.Request) -> ArticleOut:
    """One article; opening it is counted once for each account."""
    row = await reading.published(path_id(request))
    return await _whole(row, await reading.opened(resident_of(request).account_id, row))


@routes.post(f"{ONE}/readings", name="mp_read_article")
@residents
@once
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> ArticleOut:
    """Read so long altogether; a smaller number than before changes nothing."""
    row, who = await reading.published(path_id(request)), resident_of(request)
    found = await reading.read_on(who.account_id, row, body.seconds, finished=body.finished)
    return await _whole(row, found)


@routes.post(f"{ONE}/answer", name="mp_answer_article")
@residents
@once
@answers(422)
@endpoint
async def answer(request: web.Request, *, body: AnswerIn) -> ArticleOut:
    """Answer its question. The first answer counts; what is right comes with it."""
    row, who = await reading.published(path_id(request)), resident_of(request)
    return await _whole(row, await reading.answer(who.account_id, row, body.choice))


async def _whole(row: Article, mine: Reading) -> ArticleOut:
    done = {row.id} if mine.finished_at else set()
    return ArticleOut(
        **_line(row, done),
        author=f"{row.author_name}({row.organization_name})",
        reviewer=row.reviewer_name,
        blocks=text.blocks(row.body),
        pictures=f"/read/{row.id}/pictures/",
        share=f"/read/{row.id}",
        question=_question(row, mine),
    )


def _question(row: Article, mine: Reading) -> QuestionOut | None:
    if not row.question:
        return None
    told = mine.answer is not None
    return QuestionOut(
        text=row.question,
        choices=row.choices,
        answer=mine.answer,
        right=row.right if told else None,
        explanation=row.explanation if told else "",
    )
