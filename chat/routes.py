"""Conversations over HTTP: parse, one verb, answer."""

from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from aiohttp.web_request import FileField

from chat import access, queries, service, voice
from chat.models import Message
from chat.schemas import (
    ClientId,
    ConversationOut,
    MessageOut,
    MessagesOut,
    ReadIn,
    SinceIn,
    TextIn,
)
from core import pages
from core.blobs import STORE, Blob
from core.doors import ANY_STAFF, allow
from core.errors import FieldError, Invalid, NotFound
from core.http import Schema, endpoint, parse, path_id
from people.actor import Actor, actor_of

routes = web.RouteTableDef()


class _Upload(Schema):
    client_id: ClientId


@routes.get("/conversations/by-subject/{kind}/{id}", name="conversation_by_subject")
@allow(ANY_STAFF)
@endpoint
async def by_subject(request: web.Request) -> ConversationOut:
    """The conversation about something."""
    subject = f"{request.match_info['kind']}/{path_id(request)}"
    return queries.head(await access.open_by_subject(actor_of(request), subject))


@routes.get("/conversations/by-subject/{kind}/{id}/panel", name="conversation_panel")
@allow(ANY_STAFF)
async def panel(request: web.Request) -> web.Response:
    """The conversation about something, as a fragment for another page."""
    subject = f"{request.match_info['kind']}/{path_id(request)}"
    seat = await access.open_by_subject(actor_of(request), subject)
    return await pages.render(request, "chat/panel.html", conversation=queries.head(seat))


@routes.get("/conversations/{id}/messages", name="conversation_messages")
@allow(ANY_STAFF)
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> MessagesOut:
    """Messages in order, after a number or the newest."""
    seat = await access.open_conversation(actor_of(request), path_id(request))
    return await queries.messages(seat, after=query.after, limit=query.limit)


@routes.post("/conversations/{id}/messages", name="post_message")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_message(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something; a repeated client id answers with what was said."""
    actor, conversation_id = actor_of(request), path_id(request)
    message = await service.post_text(
        actor,
        conversation_id,
        client_id=body.client_id,
        text=body.text,
        quote_seq=body.quote_seq,
    )
    return queries.present(conversation_id, message, {}, actor.practitioner_id)


@routes.post("/conversations/{id}/files", name="post_file")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_file(request: web.Request) -> MessageOut:
    """Send a picture or PDF as multipart fields `file` and `client_id`."""
    actor, conversation_id = actor_of(request), path_id(request)
    client_id, upload = await _uploaded(request, "请选择要发送的照片或文件。")
    message = await service.post_file(
        actor,
        conversation_id,
        client_id=client_id,
        raw=upload.file.read(),
        name=upload.filename,
        store=request.app[STORE],
    )
    return await _sent(actor, conversation_id, message)


@routes.post("/conversations/{id}/voice", name="post_voice")
@allow(ANY_STAFF)
@endpoint(status=201)
async def post_voice(request: web.Request) -> MessageOut:
    """Send a recording as multipart fields `file` and `client_id`; its name counts for nothing."""
    actor, conversation_id = actor_of(request), path_id(request)
    client_id, upload = await _uploaded(request, "没有收到录音,请再发一次。")
    message = await service.post_voice(
        actor,
        conversation_id,
        client_id=client_id,
        raw=upload.file.read(voice.MAX_BYTES + 1),
        store=request.app[STORE],
    )
    return await _sent(actor, conversation_id, message)


async def _uploaded(request: web.Request, missing: str) -> tuple[str, FileField]:
    """The client's id and its file. Raises Invalid, `no_file` in the words of `missing`."""
    posted = await request.post()
    upload = posted.get("file")
    if not isinstance(upload, FileField):
        raise Invalid("no_file", missing, errors=[FieldError("file", "请选择")])
    fields = parse(_Upload, {"client_id": posted.get("client_id", "")})
    return fields.client_id, upload


async def _sent(actor: Actor, conversation_id: UUID, message: Message) -> MessageOut:
    blob = await Blob.get(id=message.blob_id)
    return queries.present(conversation_id, message, {blob.id: blob}, actor.practitioner_id)


@routes.get("/conversations/{id}/files/{seq:\\d+}", name="conversation_file")
@allow(ANY_STAFF)
async def show_file(request: web.Request) -> web.Response:
    """The file of a message, or its thumbnail with `?thumbnail=1`."""
    seq = int(request.match_info["seq"])
    blob = await service.open_file(actor_of(request), path_id(request), seq)
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
    seq = int(request.match_info["seq"])
    if seq < 1:
        raise NotFound("not_found", "没有找到这条消息。")
    await service.recall(actor_of(request), path_id(request), seq)


@routes.post("/conversations/{id}/read", name="read_conversation")
@allow(ANY_STAFF)
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> None:
    """Remember how far I have read."""
    await service.mark_read(actor_of(request), path_id(request), body.seq)
