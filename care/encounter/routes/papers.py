"""The paper of a signed note, for those who may open the patient."""

from aiohttp import web

from care.encounter import note_paper
from care.encounter.routes.guests import ADDRESS
from care.note.access import open_signed
from care.note.routes import READERS
from core.blobs import STORE
from core.doors import allow
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of

routes = web.RouteTableDef()


@routes.post("/notes/{id:[0-9a-fA-F-]{36}}/paper", name="print_note")
@allow(*READERS)
@once
async def print_note(request: web.Request) -> web.Response:
    """Print, seal and archive the newest version where that is still to do, and show it."""
    actor = actor_of(request)
    _, found = await open_signed(actor, path_id(request), action="note.print")
    paper = await note_paper.issue(
        actor, found, store=request.app[STORE], base_url=request.app[ADDRESS]()
    )
    raise web.HTTPSeeOther(f"/documents/{paper.id}")
