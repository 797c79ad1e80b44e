"""Canned sentences over HTTP: a page to manage them, a list for the composer."""

from typing import Any

from aiohttp import web

from chat import phrases
from chat.schemas import PhraseIn, PhrasesOut
from core import pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import endpoint, path_id
from people.actor import Role, actor_of

routes = web.RouteTableDef()

WRITERS = (
    Role.VILLAGE_DOCTOR,
    Role.TOWNSHIP_DOCTOR,
    Role.SPECIALIST,
    Role.PHARMACIST,
    Role.TEAM_LEAD,
    Role.NURSE,
)


@routes.get("/phrases", name="phrases")
@allow(*WRITERS)
async def page(request: web.Request) -> web.Response:
    """My sentences and my department's."""
    return await _show(request, blank())


async def _show(request: web.Request, form: Form[Any]) -> web.Response:
    found = await phrases.phrases(actor_of(request))
    return await pages.render(
        request, "chat/phrases.html", status=form.status, phrases=found, form=form
    )


@routes.get("/phrases/list", name="phrase_list")
@allow(*WRITERS)
@endpoint
async def listed(request: web.Request) -> PhrasesOut:
    """The same for the composer."""
    return PhrasesOut(items=await phrases.phrases(actor_of(request)))


@routes.post("/phrases", name="add_phrase")
@allow(*WRITERS)
@filled(PhraseIn, again=_show)
async def add(request: web.Request, entry: PhraseIn) -> web.Response:
    """Keep a sentence, and show the list with it."""
    await phrases.add(actor_of(request), entry.text, shared=entry.shared)
    raise web.HTTPSeeOther("/phrases")


@routes.post("/phrases/{id}/removal", name="remove_phrase")
@allow(*WRITERS)
async def remove(request: web.Request) -> web.Response:
    """Take a sentence away."""
    await phrases.remove(actor_of(request), path_id(request))
    raise web.HTTPSeeOther("/phrases")
