"""Bring an article to an audience, gradually; and see what became of it."""

from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from core import pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from family_doctor.care_plan import queries as villages
from family_doctor.care_plan.words import SHORT
from family_doctor.queries import teams_of
from notifications.education import queries, sending, words
from notifications.education.access import WRITERS, open_article, open_campaign
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
    return await _form(request, blank(per_day=200, told_share=100, id=uuid4()))


async def _form(request: web.Request, form: Form[Any]) -> web.Response:
    row = await open_article(actor_of(request), path_id(request))
    teams = await teams_of(actor_of(request).practitioner_id)
    found = await villages.villages([team.id for team in teams])
    return await pages.render(
        request,
        "notifications/education/send.html",
        status=form.status,
        title="推送给居民",
        row=row,
        form=form,
        teams=[(str(team.id), team.name) for team in teams],
        programmes=[(one.value, word) for one, word in SHORT.items()],
        villages=[(one.name, one.name) for one in found if one.name],
    )


@routes.post(OF_ARTICLE, name="begin_campaign")
@allow(*WRITERS)
@once
@filled(CampaignIn, again=_form)
async def begin(request: web.Request, entry: CampaignIn) -> web.Response:
    """Freeze the audience and begin."""
    actor = actor_of(request)
    row = await open_article(actor, path_id(request))
    made = await sending.begin(actor, row.id, entry, uuid4())
    raise pages.see_other(f"/campaigns/{made.id}", say=BEGUN)


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
