"""One conversation behind several paths: what residents and guests read, say and fetch in it.

Who sits where is each path's own door; from the seat on everything is the same.
"""

import base64
from uuid import UUID

from aiohttp import web

from chat import queries, service
from chat.access import ABOUT, Seat
from chat.schemas import MessageOut, SinceIn, TextIn
from chat.speakers import Speaker
from core.blobs import STORE
from mini_program_api.schemas.talk import FileGiven, FileQuery, TalksOut


async def page(seat: Seat, query: SinceIn, *, may_write: bool = True) -> TalksOut:
    """Messages in order, for somebody in this seat."""
    found = await queries.messages(seat, query)
    return TalksOut(
        conversation_id=UUID(str(seat.conversation.id)),
        me=seat.member.person_id,
        items=found.items,
        last_seq=found.last_seq,
        since=found.since,
        more=found.more,
        earlier=found.earlier,
        may_write=may_write and queries.head(seat).may_write,
        members=found.members,
    )


async def say(speaker: Speaker, seat: Seat, body: TextIn) -> MessageOut:
    """Say something; a repeated `client_id` answers with what was said."""
    said = await service.post_text(
        speaker,
        seat.conversation.id,
        client_id=body.client_id,
        text=body.text,
        quote_seq=body.quote_seq,
    )
    return queries.present(said, seat)


async def give(request: web.Request, speaker: Speaker, seat: Seat, query: FileQuery) -> FileGiven:
    """The file of message `seq` in base64; the look is audited. Raises NotFound."""
    seq = int(request.match_info["seq"])
    about = request.app[ABOUT]
    blob = await service.open_file(speaker, seat.conversation.id, seq, about=about)
    small = query.small and blob.has_thumbnail
    store = request.app[STORE]
    raw = await (store.read_thumbnail(blob) if small else store.read(blob))
    return FileGiven(
        name=blob.name,
        content_type="image/jpeg" if small else blob.content_type,
        data=base64.b64encode(raw).decode(),
    )
