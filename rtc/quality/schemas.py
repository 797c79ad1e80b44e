"""What a browser says of its line, and what it is told in return."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from core.http import Schema

Path = Literal["direct", "relayed"]
Protocol = Literal["udp", "tcp", "tls"]
Trouble = Literal["", "loss", "delay", "frozen", "cut"]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Kbps = Annotated[int, Field(ge=0, le=1_000_000)]
Milliseconds = Annotated[float, Field(ge=0, le=60_000)]
Seconds = Annotated[float, Field(ge=0, le=121)]
Pixels = Annotated[int, Field(ge=0, le=16_384)]


class Voice(Schema):
    """One voice as it came. `concealed` is the share of it that the browser had to invent.

    `buffer_ms` is how long it waited in the jitter buffer.
    """

    packets: Count
    lost: Count
    jitter_ms: Milliseconds | None = None
    buffer_ms: Milliseconds | None = None
    concealed: float | None = Field(None, ge=0, le=1)


class Picture(Schema):
    """One camera as it came. `lost` counts packets that no retransmission brought.

    A freeze is counted with the frame that ends it, so `frozen_s` may be longer than the report.
    """

    packets: Count
    lost: Count
    kbps: Kbps
    fps: float = Field(ge=0, le=240)
    width: Pixels = 0
    height: Pixels = 0
    codec: str = Field("", max_length=8, pattern=r"^[A-Za-z0-9-]*$")
    freezes: Count = 0
    frozen_s: Seconds = 0


class Heard(Schema):
    """What came from one seat."""

    seat: UUID
    voice: Voice | None = None
    picture: Picture | None = None


class Sent(Schema):
    """What I sent; `lost` of the `packets` as the other end of the line counted it.

    These two are the voice's, or everything's while it is silent; the rest is of all tracks.
    """

    packets: Count
    lost: Count
    kbps: Kbps
    jitter_ms: Milliseconds | None = None
    width: Pixels = 0
    height: Pixels = 0
    fps: float = Field(0, ge=0, le=240)
    codec: str = Field("", max_length=8, pattern=r"^[A-Za-z0-9-]*$")


class Quality(Schema):
    """My line over the last `seconds`; for `cut_s` of them it carried nothing.

    All counts are those of these seconds only.
    """

    seconds: float = Field(ge=0.5, le=120)
    cut_s: Seconds = 0
    path: Path | None = None
    protocol: Protocol | None = None
    rtt_ms: Milliseconds | None = None
    sent: Sent | None = None
    heard: list[Heard] = Field(default=[], max_length=8)
    down_kbps: Kbps | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.cut_s > self.seconds + 1:
            raise ValueError("cut for longer than measured")
        if len({one.seat for one in self.heard}) < len(self.heard):
            raise ValueError("a seat twice")
        return self


class Verdict(Schema):
    """How good that is: MOS 1 to 4.5, bars 0 (nothing known) to 4, and what is wrong most."""

    level: int = 0
    voice: float | None = None
    video: float | None = None
    trouble: Trouble = ""


class Answer(Schema):
    """My own line, and what came from each of the others, by seat."""

    line: Verdict
    heard: dict[UUID, Verdict]
