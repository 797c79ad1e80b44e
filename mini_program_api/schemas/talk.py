"""The conversation of an online visit; messages themselves are `chat.schemas`."""

from uuid import UUID

from pydantic import Base64Bytes

from chat.schemas import ClientId, MemberOut, MessageOut
from core.http import Schema
from mini_program_api.schemas.common import Input


class TalksOut(Schema):
    """Messages in order; ask again with `since`. `more`: there is more at once; `earlier`:
    something was said before the first of these, ask with `before` its number.

    The same conversation is at `/conversations/{conversation_id}`: files, voice, recall, read
    marks. `me` is as whom one reads here; `members` tell how far everybody has read.
    """

    conversation_id: UUID
    me: UUID
    items: list[MessageOut]
    last_seq: int
    since: int
    more: bool
    earlier: bool
    may_write: bool
    members: list[MemberOut]


class PictureIn(Input):
    """A picture or PDF in base64."""

    client_id: ClientId
    file: Base64Bytes


class FileQuery(Schema):
    """`small`: a picture as a thumbnail."""

    small: bool = False


class FileGiven(Schema):
    """A file of a message; `data` is base64."""

    name: str
    content_type: str
    data: str
