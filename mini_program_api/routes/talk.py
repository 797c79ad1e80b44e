"""Talking in an online visit over plain HTTP, as the mini program does."""

from aiohttp import web

from care.encounter import access as visits
from care.encounter.models import Encounter
from care.encounter.states import TALKING
from care.encounter.steps import subject
from chat import access, service, speakers, uploads
from chat.access import Seat
from chat.schemas import MessageOut, SinceIn, TextIn
from chat.speakers import Speaker
from core.blobs import STORE
from core.doors import residents
from core.errors import Conflict, NotFound
from core.etags import revalidated
from core.http import answers, endpoint, path_id
from mini_program_api import talk
from mini_program_api.border import BASE, pictures
from mini_program_api.schemas.talk import FileGiven, FileQuery, PictureIn, TalksOut
from people.residents.actor import resident_of

routes = web.RouteTableDef()

ALL = BASE + "/encounters/{id}/messages"
FILE = ALL + "/{seq:[0-9]{1,9}}/file"


async def _seat(request: web.Request) -> tuple[Speaker, Seat, Encounter]:
    """The resident's place in the visit's conversation. Raises Conflict before there is one."""
    who = resident_of(request)
    row = await visits.open_own(who, path_id(request))
    speaker = speakers.resident(who, patient_id=row.patient_id)
    try:
        seat = await access.open_by_subject(speaker, subject(row.id))
    except NotFound:
        raise Conflict("not_yet", "进了候诊室以后,可以在这里给医生留言。") from None
    return speaker, seat, row


@routes.get(ALL, name="mp_visit_messages")
@residents
@revalidated
@answers(409)
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> TalksOut:
    """Messages in order; ask again with `since` and the ETag. 409 `not_yet` before the arrival."""
    _, seat, row = await _seat(request)
    return await talk.page(seat, query, may_write=row.status in TALKING)


@routes.post(ALL, name="mp_post_visit_message")
@residents
@answers(403, 409, 503)
@endpoint(status=201)
async def post_message(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something; a repeated `client_id` answers with what was said. 403 when it is over."""
    speaker, seat, _ = await _seat(request)
    return await talk.say(speaker, seat, body)


@routes.post(f"{BASE}/encounters/{{id}}/pictures", name="mp_post_visit_picture")
@residents
@pictures
@answers(403, 409, 503)
@endpoint(status=201)
async def post_picture(request: web.Request, *, body: PictureIn) -> MessageOut:
    """The same as multipart `/conversations/{conversation_id}/files`, for those who have base64."""
    speaker, seat, _ = await _seat(request)
    said = await service.post_file(
        speaker,
        seat.conversation.id,
        client_id=body.client_id,
        raw=body.file,
        name="照片",
        store=request.app[STORE],
    )
    return await uploads.sent(speaker, said)


@routes.get(FILE, name="mp_visit_message_file")
@residents
@answers(409)
@endpoint
async def file(request: web.Request, *, query: FileQuery) -> FileGiven:
    """The file of one message, in base64."""
    speaker, seat, _ = await _seat(request)
    return await talk.give(request, speaker, seat, query)
