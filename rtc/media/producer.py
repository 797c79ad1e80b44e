"""One incoming track: what its sender sends of it, in one size or several, and who receives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rtc.media.layer import Layer
from rtc.signals import Kind, Source

if TYPE_CHECKING:
    from rtc.media.consumer import Consumer
    from rtc.media.peer import Peer

TURNED: Final = 4.0  # s for which the largest layer flows, or does not, before it is said
SILENT: Final = 1.5  # s without a packet after which a layer is not being sent


@dataclass(frozen=True)
class Codec:
    """A codec as forwarded: its name in SDP, our payload types in all offers, its clock in Hz."""

    name: str
    payload_type: int
    rtx_payload_type: int | None
    clock_rate: int
    parameters: str = ""


class Streams(NamedTuple):
    """Where the packets of one layer are found: its RID ("" without simulcast) and its SSRCs."""

    rid: str
    ssrc: int | None
    rtx_ssrc: int | None


class Producer:
    """A track from a participant's publish connection.

    `layers` are ordered from the smallest picture to the largest. To each receiver goes one of
    them, with an SSRC that is unique on this node and our payload type.
    """

    def __init__(
        self,
        peer: "Peer",
        seat: str,
        stream: str,
        source: Source,
        mid: str,
        codec: Codec,
        payload_type: int,
        rtx_payload_type: int | None,
        streams: Sequence[Streams],
    ) -> None:
        self.peer = peer
        self.seat = seat
        self.stream = stream  # names the stream in offers; its tracks are played in step
        self.source: Source = source
        self.mid = mid
        self.codec = codec
        self.kind: Kind = "audio" if source == "microphone" else "video"
        self.video = self.kind == "video"
        self.vp8 = codec.name == "VP8"
        self.payload_type = payload_type
        self.rtx_payload_type = rtx_payload_type
        self.out_ssrc = peer.mux.new_ssrc()
        self.out_rtx_ssrc = peer.mux.new_ssrc()
        self.consumers: tuple[Consumer, ...] = ()  # those that could receive it now
        self.closed = False
        self.thin = False  # its sender's line does not carry the largest picture
        self._turned_at = peer.mux.now  # since when that is otherwise
        self.layers = tuple(Layer(self, *stream) for stream in streams)

    @property
    def simulcast(self) -> bool:
        """Whether there is a choice of layers."""
        return len(self.layers) > 1

    def layer(self, rid: str) -> Layer | None:
        """The layer with this RID."""
        return next((layer for layer in self.layers if layer.rid == rid), None)

    def flowing(self, now: float) -> list[Layer]:
        """The layers that are being sent, smallest first."""
        return [layer for layer in self.layers if layer.heard and now - layer.heard < SILENT]

    def tick(self, now: float) -> None:
        """Called some times a second: what each layer has to do, and whether the largest flows."""
        for layer in self.layers:
            layer.tick(now)
        if not self.simulcast:
            return
        flowing = self.flowing(now)
        if not flowing or (flowing[-1] is not self.layers[-1]) == self.thin:
            self._turned_at = now
        elif now - self._turned_at > TURNED:
            self.thin = not self.thin

    def request_keyframe(self) -> None:
        """From all layers that somebody follows or waits for."""
        for layer in self.layers:
            if layer.followers or layer.waiting:
                layer.request_keyframe()

    @property
    def received(self) -> int:
        """Packets in all layers."""
        return sum(layer.received for layer in self.layers)

    @property
    def missing(self) -> int:
        """Packets that are being asked for again."""
        return sum(layer.missing for layer in self.layers)

    def close(self) -> None:
        """The track ended; its receivers fall silent."""
        if self.closed:
            return
        self.closed = True
        for layer in self.layers:
            layer.close()
        for consumer in self.consumers:
            consumer.active = False
        self.consumers = ()
        self.peer.mux.free_ssrc(self.out_ssrc, self.out_rtx_ssrc)
