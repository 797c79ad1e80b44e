"""Bring an article to an audience, gradually; and see what became of it."""

from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from family_doctor.care_plan import queries as villages
from family_doctor.care_plan.words import SHORT
from family_doctor.queries import teams_of
from notifications.education import queries, sending, words
from notifications.education.access import WRITERS, open_article, open_campaign
from notifications.education.models import Article
from notifications.education.schemas import CampaignIn
from notifications.education.states import CAMPAIGN
from people.actor import actor_of

routes = web.RouteTableDef()

OF_ARTICLE: Final = "/articles/{id:[0-9a-fA-F-]{36}}/campaigns"
ONE: Final = "/campaigns/{id:[0-9a-fA-F-]{36}}"
BEGUN: Final = pages.notice("campaign-begun", "开始推送,居民会在白天收到。")
MOVED: Final = pages.notice("campaign-moved", "已改好。")


@routes.get(f"{OF_ARTICLE}/new", name="new_campaign")
@allow(*WRITERS)
async def new(request: web.Request) -> web.Response:
    """To whom, how many a day, how many per cent."""
    row = await open_article(actor_of(request), path_id(request))
    return await _form(request, row, blank(per_day=200, told_share=100, id=uuid4()))


@routes.post(OF_ARTICLE, name="begin_campaign")
@allow(*WRITERS)
@once
async def begin(request: web.Request) -> web.Response:
    """Freeze the audience and begin."""
    actor = actor_of(request)
    row = await open_article(actor, path_id(request))
    form = await read_form(request, CampaignIn)
    if form.entry is None:
        return await _form(request, row, form, status=422)
    try:
        made = await sending.begin(actor, row.id, form.entry, uuid4())
    except Invalid as problem:
        return await _form(request, row, with_problem(form, problem), status=422)
    raise pages.see_other(f"/campaigns/{made.id}", say=BEGUN)


async def _form(
    request: web.Request, row: Article, form: Form[Any], *, status: int = 200
) -> web.Response:
    teams = await teams_of(actor_of(request).practitioner_id)
    found = await villages.villages([team.id for team in teams])
    return await pages.render(
        request,
        "notifications/education/send.html",
        status=status,
        title="推送给居民",
        row=row,
        form=form,
        teams=[(str(team.id), team.name) for team in teams],
        programmes=[(one.value, word) for one, word in SHORT.items()],
        villages=[(one.name, one.name) for one in found if one.name],
    )


@routes.get(ONE, name="campaign")
@allow(*WRITERS)
async def show(request: web.Request) -> web.Response:
    """Who was told, who read, who came."""
    row = await open_campaign(actor_of(request), path_id(request))
    return await pages.render(
        request,
        "notifications/education/campaign.html",
        title="推送结果",
        row=row,
        state=words.CAMPAIGN[row.status],
        found=await queries.outcome(row),
        can=set(allowed(CAMPAIGN, row.status)),
        per_cent=words.per_cent,
    )


@routes.post(f"{ONE}/{{action:pause|resume|stop}}", name="move_campaign")
@allow(*WRITERS)
@once
async def move(request: web.Request) -> web.Response:
    """Pause, go on, or stop for good."""
    row = await sending.move(actor_of(request), path_id(request), request.match_info["action"])
    raise pages.see_other(f"/campaigns/{row.id}", say=MOVED)
