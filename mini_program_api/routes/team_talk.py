"""问一问: the resident and their family-doctor team, over plain HTTP.

The conversation itself is at `/conversations/{conversation_id}` (files, voice, recall, read marks).
"""

from aiohttp import web

from chat import access, service, speakers, uploads
from chat.access import Seat
from chat.schemas import MessageOut, SinceIn, TextIn
from chat.speakers import Speaker
from core.blobs import STORE
from core.doors import residents
from core.errors import Conflict, NotFound
from core.etags import revalidated
from core.http import answers, endpoint, path_id
from core.idempotency import once
from family_doctor.access import open_own
from family_doctor.talks import service as talks
from family_doctor.talks.access import subject, talk_of
from mini_program_api import contracts, talk
from mini_program_api.border import BASE, pictures
from mini_program_api.schemas.contracts import TeamTalkOut
from mini_program_api.schemas.talk import FileGiven, FileQuery, PictureIn, TalksOut
from people.residents.actor import resident_of

routes = web.RouteTableDef()

TALK = BASE + "/contracts/{id}/talk"
ALL = TALK + "/messages"


async def _seat(request: web.Request) -> tuple[Speaker, Seat]:
    """The resident's place in it. Raises NotFound, and Conflict before there is one."""
    who = resident_of(request)
    found = await talk_of(await open_own(who, path_id(request)))
    if found is not None:
        speaker = speakers.resident(who, patient_id=found.patient_id)
        try:
            return speaker, await access.open_by_subject(speaker, subject(found.id))
        except NotFound:
            pass  # its opening is a moment old
    raise Conflict("not_yet", "还没有开始说话。点“问一问”就可以给团队留言。")


@routes.post(TALK, name="mp_open_team_talk")
@residents
@once
@answers(409)
@endpoint(status=201)
async def begin(request: web.Request) -> TeamTalkOut:
    """Open it, or go on with it. 409 `not_signed` unless the contract is in force."""
    who = resident_of(request)
    await talks.open_for_resident(who, path_id(request))
    return await contracts.team_talk(await open_own(who, path_id(request)))


@routes.get(TALK, name="mp_team_talk")
@residents
@revalidated
@endpoint
async def show(request: web.Request) -> TeamTalkOut:
    """What stands above it, and how much is unread."""
    return await contracts.team_talk(await open_own(resident_of(request), path_id(request)))


@routes.get(ALL, name="mp_team_messages")
@residents
@revalidated
@answers(409)
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> TalksOut:
    """Messages in order; ask again with `since` and the ETag. 409 `not_yet` before it is open."""
    _, seat = await _seat(request)
    return await talk.page(seat, query)


@routes.post(ALL, name="mp_post_team_message")
@residents
@answers(403, 409, 503)
@endpoint(status=201)
async def post_message(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something; a repeated `client_id` answers with what was said. 403 after the contract."""
    speaker, seat = await _seat(request)
    return await talk.say(speaker, seat, body)


@routes.post(f"{TALK}/pictures", name="mp_post_team_picture")
@residents
@pictures
@answers(403, 409, 503)
@endpoint(status=201)
async def post_picture(request: web.Request, *, body: PictureIn) -> MessageOut:
    """A picture or PDF in base64, as in a visit."""
    speaker, seat = await _seat(request)
    said = await service.post_file(
        speaker,
        seat.conversation.id,
        client_id=body.client_id,
        raw=body.file,
        name="照片",
        store=request.app[STORE],
    )
    return await uploads.sent(speaker, said)


@routes.get(ALL + "/{seq:[0-9]{1,9}}/file", name="mp_team_message_file")
@residents
@answers(409)
@endpoint
async def file(request: web.Request, *, query: FileQuery) -> FileGiven:
    """The file of one message, in base64."""
    speaker, seat = await _seat(request)
    return await talk.give(request, speaker, seat, query)
