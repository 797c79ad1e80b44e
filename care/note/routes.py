"""What helps to write a note, whatever it is about: the list of diseases, one's templates."""

from typing import Final

from aiohttp import web

from care.note import icd10, templates
from care.note.access import open_signed
from care.note.shown import paper
from core import pages
from core.doors import allow
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, Role, actor_of
from people.queries import patient_header

routes = web.RouteTableDef()

WRITERS: Final = (Role.SPECIALIST, Role.TOWNSHIP_DOCTOR)
READERS: Final = (*CLINICIANS, Role.TEAM_LEAD, Role.NURSE)
LONGEST: Final = 60
REMOVED: Final = pages.notice("note-template-gone", "模板已删掉。")


@routes.get("/icd10", name="search_icd10")
@allow(*WRITERS)
async def search(request: web.Request) -> web.Response:
    """Diseases by code, name or initials; the words stand in `q` or in the form's own field."""
    words = request.query.get("q") or request.query.get("diagnosis", "")
    found = icd10.search(words[:LONGEST])
    return await pages.render(request, "care/note/_diseases.html", found=found, words=words)


@routes.get("/notes/{id:[0-9a-fA-F-]{36}}", name="signed_note")
@allow(*READERS)
async def read(request: web.Request) -> web.Response:
    """Every signed version, for those who may open the patient; the look is audited."""
    actor = actor_of(request)
    patient, found = await open_signed(actor, path_id(request), action="note.read")
    header = await patient_header(patient.id)
    return await pages.render(
        request,
        "care/note/read.html",
        title=f"{header.name} {header.sex} {header.age} 的病历",
        patient_id=patient.id,
        papers=[await paper(one) for one in found],
    )


@routes.get("/note-templates", name="note_templates")
@allow(*WRITERS)
async def show(request: web.Request) -> web.Response:
    """One's own and the department's."""
    actor = actor_of(request)
    return await pages.render(
        request,
        "care/note/templates.html",
        title="病历模板",
        templates=await templates.SHELF.of(actor),
        me=actor.practitioner_id,
    )


@routes.post("/note-templates/{id}/removal", name="remove_note_template")
@allow(*WRITERS)
@once
async def remove(request: web.Request) -> web.Response:
    """Take one away that one has made."""
    await templates.SHELF.remove(actor_of(request), path_id(request))
    raise pages.see_other("/note-templates", say=REMOVED)
