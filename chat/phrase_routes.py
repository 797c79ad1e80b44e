"""Canned sentences over HTTP: a page to manage them, a list for the composer."""

from aiohttp import web

from chat import phrases
from chat.schemas import PhraseIn, PhrasesOut
from core import pages
from core.doors import allow
from core.forms import Form, blank, read_form
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


@routes.get("/phrases/list", name="phrase_list")
@allow(*WRITERS)
@endpoint
async def listed(request: web.Request) -> PhrasesOut:
    """The same for the composer."""
    return PhrasesOut(items=await phrases.phrases(actor_of(request)))


@routes.post("/phrases", name="add_phrase")
@allow(*WRITERS)
async def add(request: web.Request) -> web.Response:
    """Keep a sentence, and show the list with it."""
    actor, form = actor_of(request), await read_form(request, PhraseIn)
    if form.entry is None:
        return await _show(request, form, status=422)
    await phrases.add(actor, form.entry.text, shared=form.entry.shared)
    raise web.HTTPSeeOther("/phrases")


async def _show(request: web.Request, form: Form[PhraseIn], *, status: int = 200) -> web.Response:
    found = await phrases.phrases(actor_of(request))
    return await pages.render(request, "chat/phrases.html", status=status, phrases=found, form=form)


@routes.post("/phrases/{id}/removal", name="remove_phrase")
@allow(*WRITERS)
async def remove(request: web.Request) -> web.Response:
    """Take a sentence away."""
    await phrases.remove(actor_of(request), path_id(request))
    raise web.HTTPSeeOther("/phrases")
