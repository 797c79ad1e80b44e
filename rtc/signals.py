"""What a media node and the app processes say to each other on the control WebSocket.

The app calls (`do`), the node answers each call exactly once (`re`) and pushes (`on`) what happens
by itself. Every message is one JSON object in one text frame. Names, for all messages:

- room: one consultation's media, on exactly one node.
- seat: a participant's place in the room, kept while its owner reloads, drops out and comes back.
- session: one page load of that participant. A new session takes the seat and closes the old one.
- side: `publish` (the browser offers what it sends) or `subscribe` (the node offers all others).
- revision: number of a subscribe offer; rises by one with each, and an answer names it.
- connection: number of the subscribe peer connection. When it differs from the last offer's, the
  browser makes a new `RTCPeerConnection` for the offer; else it gives the offer to the one it has.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Mid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
Sdp = Annotated[str, Field(min_length=1, max_length=64_000)]

Right = Literal["publish", "subscribe"]
Side = Literal["publish", "subscribe"]
Source = Literal["microphone", "camera", "screen"]
Kind = Literal["audio", "video"]
VideoCodec = Literal["VP8", "H264"]
FaultKind = Literal["die", "lose"]

FailureCode = Literal[
    "bad_message",  # not JSON, or not a call that this node knows
    "bad_sdp",  # the description cannot be used; detail says why
    "no_common_codec",  # neither VP8 nor H.264, or no Opus
    "not_allowed",  # the seat lacks the right to publish or subscribe
    "unknown_room",
    "unknown_seat",  # nobody entered with that seat, or the node was restarted: enter again
    "stale_session",  # another session has taken the seat
    "stale_revision",  # an answer to an offer that is not the outstanding one: harmless
    "not_recording",
    "recording_failed",  # the file could not be opened; detail says why
    "room_full",
    "node_error",  # a fault of the node, logged there
]


class Message(BaseModel):
    """Strict in what it accepts, so that a misspelt field fails in a test and not in a consult."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(Message):
    """A request from an app process; `id` comes back as `re` in the answer."""

    id: int = Field(ge=0)


class Enter(Call):
    """Take a seat, or come back to it with the same session after the control channel was cut.

    Coming back pushes the outstanding offer again. `restart` also replaces the subscribe peer
    connection (the browser found it failed), which makes `connection` rise. `video` names the
    codecs the browser can decode; leave it out when unknown.
    """

    do: Literal["enter"]
    room: Name
    seat: Name
    session: Name
    rights: frozenset[Right] = frozenset({"publish", "subscribe"})
    label: str = Field(default="", max_length=200)
    restart: bool = False
    video: frozenset[VideoCodec] | None = None


class Publish(Call):
    """Offer what the browser sends. `sources` names the source of each m-line by its mid.

    The first call opens the publish connection, later ones renegotiate it (a screen comes or goes).
    An m-line that is not in `sources` is answered inactive.
    """

    do: Literal["publish"]
    room: Name
    seat: Name
    session: Name
    sdp: Sdp
    sources: dict[Mid, Source] = Field(max_length=16)


class Answer(Call):
    """The browser's answer to the subscribe offer with this revision."""

    do: Literal["answer"]
    room: Name
    seat: Name
    session: Name
    revision: int = Field(ge=1)
    sdp: Sdp


class Leave(Call):
    """Give the seat up. Leaving a seat that is not taken is no error."""

    do: Literal["leave"]
    room: Name
    seat: Name
    session: Name


class Close(Call):
    """End the room for everybody. Closing a room that is not there is no error."""

    do: Literal["close"]
    room: Name


class Record(Call):
    """Start (`on`) or stop a recording of everybody who publishes. Stop answers with the files."""

    do: Literal["record"]
    room: Name
    recording: Name
    on: bool


class Stats(Call):
    """Counters of the node and of one room, or of all rooms."""

    do: Literal["stats"]
    room: Name | None = None


class Fault(Call):
    """Break something on purpose (only where MEDIA_FAULTS is set).

    die: the node ends at once. lose: what comes in on this simulcast layer, in all rooms, is
    dropped for so many seconds.
    """

    do: Literal["fault"]
    what: FaultKind
    layer: str = Field("", max_length=8)
    seconds: float = Field(0, ge=0, le=600)


AnyCall = Annotated[
    Enter | Publish | Answer | Leave | Close | Record | Stats | Fault, Field(discriminator="do")
]
call_adapter: TypeAdapter[AnyCall] = TypeAdapter(AnyCall)


class Reply(Message):
    """A call's good answer."""

    re: int
    ok: Literal[True] = True


class Entered(Reply):
    """`resumed`: the same session held the seat already. `sending`: its publish side lives."""

    resumed: bool
    sending: bool = False


class Published(Reply):
    """The node's answer to the offer. `codec` is the room's video codec."""

    sdp: str
    codec: VideoCodec


class RecordedFile(Message):
    """One publisher's file in the node's recordings directory, read by `GET /recordings/{name}`.

    `started_at` is Unix seconds of the file's zero, so that files of one room can be laid side by
    side. `codecs` are names as in SDP (VP8, H264, opus).
    """

    name: str
    seat: str
    sources: list[Source]
    started_at: float
    duration_s: float
    bytes: int
    codecs: list[str]


class Struck(Reply):
    """Answer to `fault`: how many streams it concerns."""

    streams: int


class Files(Reply):
    """Answer to `record`: empty for a start."""

    files: list[RecordedFile]


class StatsReply(Reply):
    """`node` and `rooms` are for people and benchmarks; their counters may grow."""

    node: dict[str, Any]
    rooms: list[dict[str, Any]]


class Failure(Message):
    """A call's bad answer. `re` is null when the call's id could not be read."""

    re: int | None
    ok: Literal[False] = False
    code: FailureCode
    detail: str


class Hello(Message):
    """First message on every connection. A new `started_at` means that the old rooms are gone."""

    on: Literal["hello"] = "hello"
    node: str
    udp_addresses: list[str]
    started_at: float


class Load(Message):
    """Every 2 s. `packets_s` in and out together; `cpu` is the share of one core, 0 to 1."""

    on: Literal["load"] = "load"
    rooms: int
    seats: int
    packets_s: float
    cpu: float


class Track(Message):
    """Whose track is on an m-line of the subscribe offer."""

    mid: str
    seat: str
    source: Source
    kind: Kind


class Offer(Message):
    """What the browser shall receive now; answered by `answer` with the same revision.

    The next offer is only sent when this one is answered. Tracks that ended are not listed and
    their m-lines are inactive.
    """

    on: Literal["offer"] = "offer"
    room: str
    seat: str
    session: str
    revision: int
    connection: int
    sdp: str
    tracks: list[Track]


class Media(Message):
    """A peer connection changed: `interrupted` when nothing arrives for some seconds."""

    on: Literal["media"] = "media"
    room: str
    seat: str
    session: str
    side: Side
    state: Literal["connected", "interrupted", "closed"]


class Replaced(Message):
    """Another session has taken the seat; sent to the app process of the old one."""

    on: Literal["replaced"] = "replaced"
    room: str
    seat: str
    session: str


class Republish(Message):
    """The room changed its video codec: the browser shall renegotiate its publish connection."""

    on: Literal["republish"] = "republish"
    room: str
    seat: str
    session: str
    codec: VideoCodec


class Picture(Message):
    """A video that is not shown in full, and whose line is too slow for it.

    With the participant's own seat it is what the others see of it.
    """

    seat: str
    source: Source
    shown: Literal["small", "paused"]
    why: Literal["line", "sender"]  # the receiver's own, or that of whom it shows


class Adapted(Message):
    """The videos that a participant is not shown in full just now; all others are.

    Sent when that changes. Voice is not in question: it always flows.
    """

    on: Literal["adapted"] = "adapted"
    room: str
    seat: str
    session: str
    pictures: tuple[Picture, ...]


class Recorded(Message):
    """A recording ended: by `record`, by the end of its room, or of the node before this one.

    Sent to the connection that asked for it, else to the first that comes. May repeat: a recording
    is the same when its name is.
    """

    on: Literal["recorded"] = "recorded"
    room: str
    recording: str
    files: list[RecordedFile]


AnyPush = Annotated[
    Hello | Load | Offer | Media | Adapted | Replaced | Republish | Recorded,
    Field(discriminator="on"),
]
push_adapter: TypeAdapter[AnyPush] = TypeAdapter(AnyPush)
