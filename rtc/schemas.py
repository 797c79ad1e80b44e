"""What browsers and the app say to each other on the Socket.IO namespace `/rtc`.

Every message of a browser is acknowledged: `{"ok": true, ...}` or `{"ok": false, "problem": ...}`.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from core.http import Schema
from rtc import signals
from rtc.quality.schemas import Quality

SESSION_PATTERN: Final = r"^[A-Za-z0-9-]{16,40}$"

PlainSdp = Annotated[str, StringConstraints(strip_whitespace=False), Field(max_length=64_000)]


class Hello(Schema):
    """`auth` of the connection. `session` is one page load, kept over reconnects."""

    ticket: str = Field(max_length=4000)
    session: str = Field(pattern=SESSION_PATTERN)


class Join(Schema):
    """Take the seat, or come back to it."""


class AskRelays(Schema):
    """Fresh `ice_servers`, before the credentials of the last ones end."""


class AskArrived(Schema):
    """How many bytes of mine the node got so far; for checks of the line alone."""


class Enter(Schema):
    """Let media flow. `restart` asks for a new subscribe connection; `video` is what I decode."""

    restart: bool = False
    video: frozenset[signals.VideoCodec] | None = None


class Publish(Schema):
    """Offer what I send."""

    sdp: PlainSdp
    sources: dict[signals.Mid, signals.Source] = Field(max_length=16)


class Answer(Schema):
    """Answer to the offer with this revision."""

    revision: int = Field(ge=1, le=2**31)
    sdp: PlainSdp


class State(Schema):
    """What I send just now."""

    audio: bool
    video: bool
    screen: bool = False


class RecordingAct(Schema):
    """Ask for a recording, say yes or no to it, or stop it."""

    action: Literal["ask", "agree", "refuse", "stop"]


class Resync(Schema):
    """Tell me what changed after this number."""

    since: int = Field(0, ge=0, le=2**62)


class Leave(Schema):
    """Give up the seat."""


MESSAGES: Final[dict[str, type[BaseModel]]] = {
    "join": Join,
    "relays": AskRelays,
    "arrived": AskArrived,
    "enter": Enter,
    "publish": Publish,
    "answer": Answer,
    "state": State,
    "recording": RecordingAct,
    "quality": Quality,
    "resync": Resync,
    "leave": Leave,
}


class ParticipantOut(Schema):
    """Somebody in the room, as everybody sees them."""

    seat: UUID
    name: str
    organization: str
    tier: str
    part: str
    state: str
    audio: bool
    video: bool
    screen: bool


class RecordingOut(Schema):
    """Where a recording stands; `agreed` and `waiting_for` are seats."""

    state: Literal["off", "asked", "on", "paused"]
    id: UUID | None = None
    asked_by: str = ""
    agreed: list[UUID] = []
    waiting_for: list[UUID] = []
    since: datetime | None = None
    note: str = ""


class RoomOut(Schema):
    """All that a browser shows of a room. A greater `seq` is newer."""

    seq: int
    placement: int
    participants: list[ParticipantOut]
    recording: RecordingOut


class CheckTickets(Schema):
    """Seats of a room of one's own, to measure the way to the node and back."""

    sender: str
    receivers: list[str]


def document(schema: Schema) -> dict[str, Any]:
    """Plain JSON values."""
    return schema.model_dump(mode="json")
