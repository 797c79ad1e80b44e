"""Conversations over HTTP: parse, one verb, answer."""

from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from chat import access, live, queries, search, service, uploads
from chat.phrase_routes import WRITERS
from chat.schemas import (
    ConversationOut,
    FoundsOut,
    MessageOut,
    MessagesOut,
    ReadIn,
    SearchIn,
    SinceIn,
    SummariesOut,
    TextIn,
)
from chat.speakers import Speaker, staff
from core import pages
from core.blobs import STORE
from core.doors import ANY_STAFF, allow
from core.errors import NotFound
from core.http import endpoint, path_id
from core.live import SOCKETS
from people.actor import actor_of

routes = web.RouteTableDef()


def speaker_of(request: web.Request) -> Speaker:
    """The signed-in member of staff."""
    return staff(actor_of(request))


@routes.get("/conversations", name="conversations")
@allow(ANY_STAFF)
@endpoint
async def mine(request: web.Request) -> SummariesOut:
    """My conversations and what is unread in each."""
    found = await queries.conversations([actor_of(request).practitioner_id])
    return SummariesOut(items=found, unread=sum(one.unread for one in found))


@routes.post("/conversations/search", name="search_conversations")
@allow(ANY_STAFF)
@endpoint
async def search_mine(request: web.Request, *, body: SearchIn) -> FoundsOut:
    """What was said in my conversations."""
    return await search.find([actor_of(request).practitioner_id], body.q)


@routes.post("/conversations/{id}/search", name="search_conversation")
@allow(ANY_STAFF)
@endpoint
async def search_one(request: web.Request, *, body: SearchIn) -> FoundsOut:
    """What was said in this one."""
    seat = await access.open_conversation(speaker_of(request), path_id(request))
    person_id = seat.member.person_id
    return await search.find([person_id], body.q, conversation_id=seat.conversation.id)


@routes.get("/conversations/by-subject/{kind}/{id}", name="conversation_by_subject")
@allow(ANY_STAFF)
@endpoint
async def by_subject(request: web.Request) -> ConversationOut:
    """The conversation about something."""
    subject = f"{request.match_info['kind']}/{path_id(request)}"
    return queries.head(await access.open_by_subject(speaker_of(request), subject))


@routes.get("/conversations/by-subject/{kind}/{id}/panel", name="conversation_panel")
@allow(ANY_STAFF)
async def panel(request: web.Request) -> web.Response:
    """The conversation about something, as a fragment for another page."""
    subject = f"{request.match_info['kind']}/{path_id(request)}"
    seat = await access.open_by_subject(speaker_of(request), subject)
    return await pages.render(
        request,
        "chat/panel.html",
        conversation=queries.head(seat),
        phrases=actor_of(request).has(*WRITERS),
    )


@routes.get("/conversations/{id}/messages", name="conversation_messages")
@allow(ANY_STAFF)
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> MessagesOut:
    """Messages in order: what changed since a count, after or before a number, or the newest."""
    seat = await access.open_conversation(speaker_of(request), path_id(request))
    return await queries.messages(seat, query)


@routes.post("/conversations/{id}/messages", name="post_message")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_message(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something; a repeated client id answers with what was said."""
    speaker, conversation_id = speaker_of(request), path_id(request)
    message = await service.post_text(
        speaker,
        conversation_id,
        client_id=body.client_id,
        text=body.text,
        quote_seq=body.quote_seq,
    )
    return queries.shown(message, me=speaker.person_id, kind=speaker.kind)


@routes.post("/conversations/{id}/files", name="post_file")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_file(request: web.Request) -> MessageOut:
    """Send a picture or PDF as multipart fields `file`, `client_id` and perhaps `quote_seq`."""
    return await uploads.receive_file(request, speaker_of(request), path_id(request))


@routes.post("/conversations/{id}/voice", name="post_voice")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_voice(request: web.Request) -> MessageOut:
    """Send a recording as multipart fields `file` and `client_id`; its name counts for nothing."""
    return await uploads.receive_voice(request, speaker_of(request), path_id(request))


@routes.get("/conversations/{id}/files/{seq:\\d+}", name="conversation_file")
@allow(ANY_STAFF)
async def show_file(request: web.Request) -> web.Response:
    """The file of a message, or its thumbnail with `?thumbnail=1`."""
    return await serve_file(request, speaker_of(request))


async def serve_file(request: web.Request, speaker: Speaker) -> web.Response:
    """The file of message `seq` for a speaker; the look is audited. Raises NotFound."""
    about = request.app[access.ABOUT]
    blob = await service.open_file(speaker, path_id(request), seq_of(request), about=about)
    store = request.app[STORE]
    if "thumbnail" in request.query:
        return _answer(await store.read_thumbnail(blob), "image/jpeg", blob.name, inline=True)
    return _answer(await store.read(blob), blob.content_type, blob.name, inline=blob.is_picture)


def _answer(raw: bytes, content_type: str, name: str, *, inline: bool) -> web.Response:
    kind = "inline" if inline else "attachment"
    return web.Response(
        body=raw,
        content_type=content_type,
        headers={
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "private, no-store",
        },
    )


@routes.post("/conversations/{id}/messages/{seq:\\d+}/recall", name="recall_message")
@allow(ANY_STAFF)
@endpoint
async def recall(request: web.Request) -> None:
    """Take a message back within two minutes."""
    await service.recall(speaker_of(request), path_id(request), seq_of(request))


def seq_of(request: web.Request) -> int:
    """The message's number in the path. Raises NotFound for what can be none."""
    seq = int(request.match_info["seq"][:12])
    if not 1 <= seq < 2**31:
        raise NotFound("not_found", "没有找到这条消息。")
    return seq


@routes.post("/conversations/{id}/read", name="read_conversation")
@allow(ANY_STAFF)
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> None:
    """Remember how far I have read."""
    await mark_read(request, speaker_of(request), path_id(request), body.seq)


async def mark_read(
    request: web.Request, speaker: Speaker, conversation_id: UUID, seq: int
) -> None:
    """Keep the mark and tell the others."""
    if await service.mark_read(speaker, conversation_id, seq):
        sockets = request.app[SOCKETS]
        await live.tell_read(sockets, conversation_id, speaker.person_id, seq)
