"""健康教育: write an article, have it passed, publish it, see how it is read."""

from typing import Any, Final
from uuid import UUID, uuid4

from aiohttp import web

from core import forms, pages
from core.blobs import STORE
from core.doors import allow
from core.errors import Invalid, TooLarge
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from notifications.education import queries, text, words, writing
from notifications.education.access import REVIEWERS, WRITERS, open_article
from notifications.education.models import Article, ArticlePicture
from notifications.education.schemas import ArticleIn, ReturnIn, ReviewIn
from notifications.education.states import ARTICLE, ArticleStatus
from people.actor import Actor, actor_of

routes = web.RouteTableDef()

ONE: Final = "/articles/{id:[0-9a-fA-F-]{36}}"
SAVED: Final = pages.notice("article-saved", "已保存为草稿。")
SENT: Final = pages.notice("article-sent", "已送审,请另一位医生看。")
PASSED: Final = pages.notice("article-passed", "已通过,到日子自动发布。")
BACK: Final = pages.notice("article-back", "已退回作者。")
GONE: Final = pages.notice("article-gone", "已下架,居民看不到了。")
PICTURE: Final = pages.notice("article-picture", "图片已放到文章最后,可以移到别处。")


@routes.get("/articles", name="articles")
@allow(*WRITERS)
async def listed(request: web.Request) -> web.Response:
    """What is to be passed, mended, and what is out."""
    rows = await queries.listed(actor_of(request))
    return await pages.render(
        request,
        "notifications/education/list.html",
        title="健康教育",
        rows=[(row, *words.ARTICLE[row.status], words.SUBJECTS[row.subject]) for row in rows],
    )


@routes.get("/articles/new", name="new_article")
@allow(*WRITERS)
async def new(request: web.Request) -> web.Response:
    """An empty article."""
    return await _form(request, blank(), article_id=uuid4())


@routes.get(f"{ONE}/edit", name="edit_article")
@allow(*WRITERS)
async def edit(request: web.Request) -> web.Response:
    """One's own draft."""
    row = await open_article(actor_of(request), path_id(request))
    return await _form(request, blank(**_values(row)))


def _values(row: Article) -> dict[str, Any]:
    marks = [f"*{one}" if at == row.right else one for at, one in enumerate(row.choices)]
    names = ("subject", "title", "summary", "body", "question", "explanation")
    return {**{name: getattr(row, name) for name in names}, "choices": "\n".join(marks)}


class WrittenIn(ArticleIn):
    """The form, with the button that was pressed."""

    then: str = ""


async def _form(
    request: web.Request, form: Form[Any], *, article_id: UUID | None = None
) -> web.Response:
    """`article_id` is that of a new one, which is in no address yet."""
    is_new, article_id = article_id is not None, article_id or path_id(request)
    return await pages.render(
        request,
        "notifications/education/write.html",
        status=form.status,
        title="写文章" if is_new else "改文章",
        article_id=article_id,
        form=form,
        subjects=list(words.SUBJECTS.items()),
        there=await Article.filter(id=article_id).exists(),
    )


@routes.post(ONE, name="write_article")
@allow(*WRITERS)
@once
@filled(WrittenIn, again=_form)
async def write(request: web.Request, entry: WrittenIn) -> web.Response:
    """Keep it as a draft, and send it to be passed when that was asked for."""
    actor, article_id, submit = actor_of(request), path_id(request), entry.then == "submit"
    await writing.write(actor, article_id, entry)
    if submit:
        await writing.submit(actor, article_id)
    raise pages.see_other(f"/articles/{article_id}", say=SENT if submit else SAVED)


@routes.post(f"{ONE}/pictures", name="add_article_picture")
@allow(*WRITERS)
async def add_picture(request: web.Request) -> web.Response:
    """Put a picture at the end of one's own draft."""
    actor, article_id = actor_of(request), path_id(request)
    posted = await forms.fields(request)
    upload, said = posted.get("picture"), await forms.text_of(request, "words")
    if not isinstance(upload, web.FileField) or not upload.filename:
        raise Invalid("no_picture", "请选一张图片。")
    raw = upload.file.read()
    store = request.app[STORE]
    try:
        made = await writing.add_picture(
            actor, article_id, raw, name=upload.filename, words=said[:60], store=store
        )
    except TooLarge as problem:
        raise Invalid("too_large", problem.detail) from problem
    row = await open_article(actor, article_id)
    shown = f"{row.body.rstrip()}\n\n![{made.words}]({text.PICTURE}{made.id})\n"
    await Article.filter(id=row.id, status=ArticleStatus.DRAFT).update(body=shown)
    raise pages.see_other(f"/articles/{article_id}/edit", say=PICTURE)


@routes.get(ONE, name="article")
@allow(*WRITERS)
async def show(request: web.Request) -> web.Response:
    """As residents will see it, with what can be done."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    row = await open_article(actor, path_id(request))
    return await pages.render(
        request,
        "notifications/education/article.html",
        status=form.status,
        title=row.title,
        row=row,
        form=form,
        state=words.ARTICLE[row.status],
        subject=words.SUBJECTS[row.subject],
        blocks=text.blocks(row.body),
        can=_can(actor, row),
        reads=await queries.reads(row),
        answers=list(zip(row.choices, await queries.answers(row), strict=True)),
        campaigns=[
            (one, *words.CAMPAIGN[one.status]) for one in await queries.campaigns(actor, row.id)
        ],
    )


def _can(actor: Actor, row: Article) -> set[str]:
    """What this person may do with it now."""
    own, reviewer = row.author_id == actor.practitioner_id, actor.has(*REVIEWERS)
    mine = {"submit": own, "publish": False, "retire": reviewer}
    return {one for one in allowed(ARTICLE, row.status) if mine.get(one, reviewer and not own)}


@routes.post(f"{ONE}/review", name="approve_article")
@allow(*REVIEWERS)
@once
@filled(ReviewIn, again=_page)
async def approve(request: web.Request, entry: ReviewIn) -> web.Response:
    """Pass it, with the day."""
    article_id = path_id(request)
    await writing.approve(actor_of(request), article_id, entry)
    raise pages.see_other(f"/articles/{article_id}", say=PASSED)


@routes.post(f"{ONE}/return", name="return_article")
@allow(*REVIEWERS)
@once
@filled(ReturnIn, again=_page)
async def give_back(request: web.Request, entry: ReturnIn) -> web.Response:
    """It has to be mended."""
    await writing.give_back(actor_of(request), path_id(request), entry.words)
    raise pages.see_other("/articles", say=BACK)


@routes.post(f"{ONE}/retirement", name="retire_article")
@allow(*REVIEWERS)
@once
async def retire(request: web.Request) -> web.Response:
    """Take it off."""
    await writing.retire(actor_of(request), path_id(request))
    raise pages.see_other("/articles", say=GONE)


@routes.get(f"{ONE}/pictures/{{picture:[0-9a-fA-F-]{{36}}}}", name="article_picture")
@allow(*WRITERS)
async def picture(request: web.Request) -> web.Response:
    """A picture of an article that is not out yet."""
    row = await open_article(actor_of(request), path_id(request))
    return await send_picture(request, row.id)


async def send_picture(request: web.Request, article_id: UUID) -> web.Response:
    """The bytes. Raises NotFound for another article's."""
    made = await ArticlePicture.get_or_none(
        id=UUID(request.match_info["picture"]), article_id=article_id
    ).select_related("blob")
    if made is None:
        raise web.HTTPNotFound
    body = await request.app[STORE].read(made.blob)
    return web.Response(body=body, content_type=made.blob.content_type)
