"""What crosses the border of `chat`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chat.rules import LONGEST_TEXT, PAGE
from core.http import Schema

ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class TextIn(Schema):
    """A message as the browser sends it; `client_id` makes a retry harmless."""

    client_id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    quote_seq: int | None = None


class ReadIn(Schema):
    """Everything up to `seq` has been seen."""

    seq: Annotated[int, Field(ge=0)]


class SinceIn(Schema):
    """Messages after a number, oldest first; without it the newest page."""

    after: Annotated[int, Field(ge=0)] | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE


class FileOut(Schema):
    """A picture, document or voice recording of a message; `duration_ms` of a recording."""

    name: str
    content_type: str
    size: int
    url: str
    thumbnail_url: str | None
    width: int | None
    height: int | None
    duration_ms: int | None


class MessageOut(Schema):
    """One message as everybody sees it; a recalled one has no text and no file."""

    seq: int
    kind: str
    author_id: UUID | None
    author_name: str
    mine: bool
    client_id: str
    text: str
    quote_seq: int | None
    file: FileOut | None
    at: datetime
    recalled: bool


class MemberOut(Schema):
    """Who is in the conversation and how far they have read."""

    person_id: UUID
    name: str
    organization: str
    read_seq: int
    here: bool


class ConversationOut(Schema):
    """A conversation's head."""

    id: UUID
    title: str
    last_seq: int
    may_write: bool
    me: UUID


class MessagesOut(Schema):
    """A page of messages in order, and who has read how far."""

    items: list[MessageOut]
    last_seq: int
    members: list[MemberOut]
