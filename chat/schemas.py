"""What crosses the border of `chat`."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chat.rules import LONGEST_TEXT, PAGE
from core.clock import Moment
from core.http import Schema

ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]

Quoted = Annotated[int, Field(ge=1, lt=2**31)]
"""The number of the message that is answered to."""


class TextIn(Schema):
    """A message as the browser sends it; `client_id` makes a retry harmless."""

    client_id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    quote_seq: Quoted | None = None


class ReadIn(Schema):
    """Everything up to `seq` has been seen."""

    seq: Annotated[int, Field(ge=0, lt=2**31)]


class SinceIn(Schema):
    """What changed `since` a count, messages `after` a number, or the last ones `before` a number;
    without any of them the newest page.

    `since` is what a client asks with after a gap: it brings new messages and recalled ones.
    `before` leads back: the number of the oldest message that is known.
    """

    since: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    after: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    before: Annotated[int, Field(ge=1, lt=2**31)] | None = None
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
    """One message as everybody sees it; a recalled one has no text and no file.

    `seq` orders messages; `change` is the conversation's count when it was said or recalled.
    """

    seq: int
    change: int
    kind: str
    author_id: UUID | None
    author_name: str
    mine: bool
    client_id: str
    text: str
    quote_seq: int | None
    file: FileOut | None
    at: Moment
    recalled: bool


class MemberOut(Schema):
    """Who is in the conversation and how far they have read."""

    person_id: UUID
    name: str
    organization: str
    kind: str
    read_seq: int
    here: bool


class ConversationOut(Schema):
    """A conversation's head."""

    id: UUID
    title: str
    last_seq: int
    last_change: int
    may_write: bool
    me: UUID


class MessagesOut(Schema):
    """A page of messages in order, and who has read how far; ask again with `since`.

    `earlier`: something was said before the first of these; ask with `before` its number.
    """

    items: list[MessageOut]
    last_seq: int
    since: int
    more: bool
    earlier: bool
    members: list[MemberOut]


class SummaryOut(Schema):
    """One of somebody's conversations; `person_id` is as whom they belong to it."""

    id: UUID
    subject: str
    title: str
    person_id: UUID
    last_seq: int
    last_at: Moment | None
    read_seq: int
    unread: int
    closed: bool


class SummariesOut(Schema):
    """Somebody's conversations, open ones first."""

    items: list[SummaryOut]
    unread: int


class OpenIn(Schema):
    """Which conversation a socket means."""

    conversation: UUID


class PostIn(TextIn):
    """A message over the socket."""

    conversation: UUID


class ReadAtIn(ReadIn):
    """A read mark over the socket."""

    conversation: UUID


class SearchIn(Schema):
    """Words to look for, in a body: what people wrote does not belong into addresses."""

    q: Annotated[str, Field(max_length=200)] = ""


class FoundOut(Schema):
    """A message that was found, and where."""

    conversation_id: UUID
    title: str
    seq: int
    author_name: str
    text: str
    at: Moment


class FoundsOut(Schema):
    """What was found, the newest first."""

    items: list[FoundOut]


class PhraseIn(Schema):
    """A canned sentence; `shared` with one's department, else for oneself."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    shared: bool = False


class PhraseOut(Schema):
    """A canned sentence as its reader sees it; `mine` may be removed."""

    id: UUID
    text: str
    shared: bool
    mine: bool


class PhrasesOut(Schema):
    """One's own first, then the department's."""

    items: list[PhraseOut]
