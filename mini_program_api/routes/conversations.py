"""What residents say and hear, over plain HTTP; their pages may listen on `/chat` besides.

As whom an account speaks is decided for each conversation: a patient it has a bond with that says
"chat", or itself. Which conversations there are is the business of what they are about.
"""

from aiohttp import web

from chat import access, queries, search, service, uploads
from chat.routes import mark_read, seq_of, serve_file
from chat.schemas import (
    FoundsOut,
    MessageOut,
    MessagesOut,
    ReadIn,
    SearchIn,
    SinceIn,
    SummariesOut,
    TextIn,
)
from chat.speakers import Speaker
from core.doors import residents
from core.http import answers, endpoint, path_id
from mini_program_api import talk
from mini_program_api.border import BASE, files
from people.residents.access import own_patient_ids
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()
ONE = BASE + "/conversations/{id}"


async def seat_of(request: web.Request) -> tuple[Speaker, access.Seat]:
    """As whom this account speaks here, and its place. Raises NotFound."""
    return await access.seat_for(resident_of(request), path_id(request))


async def speaker_of(request: web.Request) -> Speaker:
    """As whom this account speaks here. Raises NotFound."""
    return (await seat_of(request))[0]


@routes.get(f"{BASE}/conversations", name="mp_talk_conversations")
@residents
@endpoint
async def conversations(request: web.Request) -> SummariesOut:
    """The family's conversations and what is unread in each, open ones first."""
    who = resident_of(request)
    persons = await own_patient_ids(who, Scope.CHAT) | {who.account_id}
    found = await queries.conversations(persons)
    return SummariesOut(items=found, unread=sum(one.unread for one in found))


@routes.get(f"{ONE}/messages", name="mp_talk_messages")
@residents
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> MessagesOut:
    """The newest, those `after` or `before` a number, or what changed `since` a count."""
    _, seat = await seat_of(request)
    return await queries.messages(seat, query)


@routes.post(f"{ONE}/messages", name="mp_talk_post_message")
@residents
@answers(403, 503)
@endpoint(status=201)
async def post_message(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something. `client_id` makes a repeat harmless, so no Idempotency-Key is needed."""
    return await talk.say(*await seat_of(request), body)


@routes.post(f"{ONE}/files", name="mp_talk_post_file")
@residents
@files
@answers(403, 413, 503)
@endpoint(status=201)
async def post_file(request: web.Request) -> MessageOut:
    """Send a picture or PDF as multipart fields `file` and `client_id` (`wx.uploadFile`)."""
    return await uploads.receive_file(request, await speaker_of(request), path_id(request))


@routes.post(f"{ONE}/voice", name="mp_talk_post_voice")
@residents
@files
@answers(403, 413, 503)
@endpoint(status=201)
async def post_voice(request: web.Request) -> MessageOut:
    """Send a recording as multipart fields `file`, `client_id` and perhaps `quote_seq`."""
    return await uploads.receive_voice(request, await speaker_of(request), path_id(request))


@routes.get(ONE + "/files/{seq:\\d+}", name="mp_talk_message_file")
@residents
async def show_file(request: web.Request) -> web.Response:
    """The file of a message, or its thumbnail with `?thumbnail=1`."""
    return await serve_file(request, await speaker_of(request))


@routes.post(ONE + "/messages/{seq:\\d+}/recall", name="mp_talk_recall_message")
@residents
@answers(403, 409)
@endpoint
async def recall(request: web.Request) -> None:
    """Take a message back within two minutes."""
    await service.recall(await speaker_of(request), path_id(request), seq_of(request))


@routes.post(f"{ONE}/read", name="mp_talk_read_conversation")
@residents
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> None:
    """Remember how far I have read."""
    await mark_read(request, await speaker_of(request), path_id(request), body.seq)


@routes.post(f"{ONE}/search", name="mp_talk_search_conversation")
@residents
@endpoint
async def search_one(request: web.Request, *, body: SearchIn) -> FoundsOut:
    """What was said in this one."""
    _, seat = await seat_of(request)
    person_id = seat.member.person_id
    return await search.find([person_id], body.q, conversation_id=seat.conversation.id)
