"""居民留言: what residents have written to my teams, and one conversation."""

from datetime import datetime
from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.forms import read_form
from core.http import path_id
from core.idempotency import once
from family_doctor.access import MEMBERS
from family_doctor.talks import queries, service, words
from family_doctor.talks.access import open_talk
from family_doctor.talks.models import TeamTalk
from family_doctor.talks.schemas import OpenIn, SettleIn
from family_doctor.talks.seams import INBOX, Heard
from people.actor import actor_of
from people.ages import age_in_words
from people.queries import SEX_WORDS

routes = web.RouteTableDef()

ONE: Final = "/talks/{id:[0-9a-fA-F-]{36}}"
SETTLED: Final = pages.notice("family-talk-settled", "已记下,这条不用再回。")


@routes.get("/talks", name="family_talks")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """The team's inbox: who waits for an answer first."""
    return await _list(request, "family_doctor/talks/list.html")


@routes.get("/talks/rows", name="family_talk_rows")
@allow(*MEMBERS)
async def rows(request: web.Request) -> web.Response:
    """The changing part."""
    return await _list(request, "family_doctor/talks/_rows.html")


async def _list(request: web.Request, template: str) -> web.Response:
    actor = actor_of(request)
    heard = await request.app[INBOX](actor)
    talks = await queries.loaded([one.talk_id for one in heard])
    due = await queries.due(heard, talks)
    await audit(actor, "team.talks", "TeamTalk/*")
    return await pages.render(
        request,
        template,
        title="居民留言",
        promise=words.promise(),
        rows=[
            _row(one, talks[one.talk_id], due.get(one.talk_id))
            for one in heard
            if one.talk_id in talks
        ],
    )


def _row(one: Heard, talk: TeamTalk, due: datetime | None) -> dict[str, Any]:
    patient = talk.patient
    return {
        "heard": one,
        "talk": talk,
        "name": patient.name,
        "who": f"{SEX_WORDS[patient.sex]} {age_in_words(patient.birth_date, clock.today())}",
        "village": patient.village,
        "due": due,
        "late": due is not None and due < clock.now(),
    }


@routes.post("/talks", name="open_family_talk")
@allow(*MEMBERS)
@once
async def begin(request: web.Request) -> web.Response:
    """Begin, or go on with, the conversation with a resident."""
    entry = (await read_form(request, OpenIn)).require()
    talk = await service.open_for_team(actor_of(request), entry.patient_id)
    raise web.HTTPSeeOther(f"/talks/{talk.id}")


@routes.get(ONE, name="family_talk")
@allow(*MEMBERS)
async def one(request: web.Request) -> web.Response:
    """The conversation, beside what the team can do next."""
    view = await open_talk(actor_of(request), path_id(request))
    talk = view.talk
    heard = {one.talk_id: one for one in await request.app[INBOX](view.actor)}.get(talk.id)
    banner = (await records.summary(talk.patient_id)).banner(href=f"/patients/{talk.patient_id}")
    return await pages.render(
        request,
        "family_doctor/talks/talk.html",
        title=f"和{talk.patient.name}的对话",
        talk=talk,
        patient=talk.patient,
        banner=banner,
        promise=words.promise(),
        note=words.NOTE,
        waits=heard if heard and heard.waits_since else None,
    )


@routes.post(f"{ONE}/settlement", name="settle_family_talk")
@allow(*MEMBERS)
@once
async def settle(request: web.Request) -> web.Response:
    """What was said last needs no answer."""
    entry = (await read_form(request, SettleIn)).require()
    await service.settle(actor_of(request), path_id(request), entry.seq)
    raise pages.see_other("/talks", say=SETTLED)
