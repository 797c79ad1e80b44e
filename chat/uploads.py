"""How files come in: one way for pictures and documents, one for voices, whoever sends them.

Pages and `wx.uploadFile` send multipart; a door that takes something else (base64 in JSON) hands
the same bytes to the same verb and answers by `sent`. So each fault has one sentence.
"""

from typing import Final
from uuid import UUID

from aiohttp import web
from aiohttp.web_request import FileField

from chat import queries, service, voice
from chat.draft import Said
from chat.models import Message
from chat.schemas import ClientId, MessageOut, Quoted
from chat.speakers import Speaker
from core import forms
from core.blobs import STORE, Blob
from core.errors import FieldError, Invalid
from core.http import Schema, parse

NO_FILE: Final = "请选择要发送的照片或文件。"
NO_VOICE: Final = "没有收到录音,请再发一次。"


class _Upload(Schema):
    client_id: ClientId
    quote_seq: Quoted | None = None


async def receive_file(request: web.Request, speaker: Speaker, conversation_id: UUID) -> MessageOut:
    """Keep a picture or PDF that came as multipart `file`, `client_id` and perhaps `quote_seq`."""
    fields, upload = await _uploaded(request, NO_FILE)
    said = await service.post_file(
        speaker,
        conversation_id,
        client_id=fields.client_id,
        raw=upload.file.read(),
        name=upload.filename,
        store=request.app[STORE],
        quote_seq=fields.quote_seq,
    )
    return await sent(speaker, said)


async def receive_voice(
    request: web.Request, speaker: Speaker, conversation_id: UUID
) -> MessageOut:
    """Keep a recording that came the same way; its name counts for nothing."""
    fields, upload = await _uploaded(request, NO_VOICE)
    said = await service.post_voice(
        speaker,
        conversation_id,
        client_id=fields.client_id,
        raw=upload.file.read(voice.MAX_BYTES + 1),
        store=request.app[STORE],
        quote_seq=fields.quote_seq,
    )
    return await sent(speaker, said)


async def _uploaded(request: web.Request, missing: str) -> tuple[_Upload, FileField]:
    """What came with the file, and the file. Raises Invalid `no_file`, saying `missing`."""
    posted = await forms.fields(request)
    upload = posted.get("file")
    if not isinstance(upload, FileField):
        raise Invalid("no_file", missing, errors=[FieldError("file", "请选择")])
    given = {"client_id": posted.get("client_id", ""), "quote_seq": posted.get("quote_seq") or None}
    return parse(_Upload, given), upload


async def sent(speaker: Speaker, message: Message | Said) -> MessageOut:
    """What its author sees of a file they sent."""
    blob = await Blob.get_or_none(id=message.blob_id)
    return queries.shown(message, me=speaker.person_id, kind=speaker.kind, blob=blob)
