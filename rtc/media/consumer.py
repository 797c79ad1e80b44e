"""One outgoing track: a producer as one receiver hears or sees it."""

import struct
from typing import TYPE_CHECKING, Final

from rtc.media.dtls_srtp import srtp
from rtc.media.follower import Follower
from rtc.media.layer import AROUND, NO_SHIFT, Layer, shifted
from rtc.media.producer import Producer
from rtc.media.transport import numbered_extension

if TYPE_CHECKING:
    from rtc.media.peer import Peer

CREDIT: Final = 300  # retransmissions a receiver may ask for at once
CREDIT_PER_SECOND: Final = 600  # and that come back
KEYFRAMES: Final = 6.0  # key frames a receiver may ask for at once
KEYFRAMES_PER_SECOND: Final = 0.5  # and that come back
_header = struct.Struct("!BBHLL").pack
PADDING: Final = bytes(254) + b"\xff"  # as much as one packet can carry
_original = struct.Struct("!H").pack


class Consumer(Follower):
    """A producer on one m-line of a subscribe connection.

    `target` is what the fan-out needs: the receiver's SRTP key and its address.
    """

    __slots__ = (
        "active",
        "credit",
        "destination",
        "fraction_lost",
        "grant",
        "keyframes",
        "limit",
        "negotiated",
        "peer",
        "producer",
        "refilled_at",
        "refused_keyframes",
        "retransmitted",
        "rtx_sequence",
    )

    def __init__(self, peer: "Peer", producer: Producer) -> None:
        super().__init__(producer)
        self.peer = peer
        self.producer = producer
        self.destination = 0
        self.active = False
        self.negotiated = False
        self.limit: Layer | None = None
        self.fraction_lost = 0.0
        self.grant = 0.0  # bit/s it may take of the receiver's line; 0: whatever it likes
        self.retransmitted = 0
        self.rtx_sequence = 0
        self.credit: float = CREDIT
        self.keyframes = KEYFRAMES
        self.refused_keyframes = 0
        self.refilled_at = peer.mux.now
        peer.by_out_ssrc[producer.out_ssrc] = self
        if producer.video:
            peer.by_out_ssrc[producer.out_rtx_ssrc] = self

    def activate(self) -> None:
        """Begin to forward, once it is negotiated and keys and path are there."""
        peer, producer = self.peer, self.producer
        if self.active or not self.negotiated or producer.closed:
            return
        if peer.dtls.tx_key is None or peer.path is None:
            return
        self.destination = peer.path.pointer
        self.target = (peer.dtls.tx_key, self.destination, peer.departures)
        self.active = True
        producer.consumers = (*producer.consumers, self)
        if producer.simulcast:
            self.follow(producer.layers[0])
        else:
            self.show(producer.layers[0])

    def hold(self, layer: Layer | None) -> None:
        """Show no better layer than this from now on; None takes it back. For the fault switch."""
        self.limit = layer
        if layer is not None:
            self.show(layer)

    def show(self, layer: Layer | None) -> None:
        """Forward this layer, or nothing for a while."""
        if layer is not None and self.limit is not None:
            layer = self.limit
        if layer is not None and self.fresh and not self.producer.simulcast:
            self.join(layer)
        else:
            self.follow(layer)

    def deactivate(self) -> None:
        """Stop forwarding, for now."""
        self.active = False
        self.stop()
        self.producer.consumers = tuple(s for s in self.producer.consumers if s is not self)

    def redirect(self, destination: int) -> None:
        """The receiver has another address."""
        if self.target is not None and destination != self.destination:
            self.destination = destination
            self.target = (self.target[0], destination, self.target[2])
            if self.layer is not None:
                self.layer.serve(self.layer.followers)

    def close(self) -> None:
        """Stop for good."""
        self.deactivate()
        for ssrc in (self.producer.out_ssrc, self.producer.out_rtx_ssrc):
            if self.peer.by_out_ssrc.get(ssrc) is self:
                del self.peer.by_out_ssrc[ssrc]

    def _refill(self) -> None:
        """What a receiver may ask for comes back with time."""
        now = self.peer.mux.now
        waited, self.refilled_at = now - self.refilled_at, now
        self.credit = min(CREDIT, self.credit + waited * CREDIT_PER_SECOND)
        self.keyframes = min(KEYFRAMES, self.keyframes + waited * KEYFRAMES_PER_SECOND)

    def request_keyframe(self) -> None:
        """The receiver cannot go on without one; too many requests spoil it for the others."""
        self._refill()
        if self.keyframes < 1:
            self.refused_keyframes += 1
            self.peer.mux.counts["refused_pli"] += 1
            return
        self.keyframes -= 1
        layer = self.layer or self.wanted
        if layer is not None:
            layer.request_keyframe()

    def send_rtcp(self, data: bytes) -> None:
        """A sender report for the stream."""
        self.peer.send_rtcp_bytes(data)

    def retransmit(self, lost: list[int]) -> None:
        """Send packets again as RTX (RFC 4588), as far as history and credit reach."""
        producer = self.producer
        if self.layer is None or self.peer.line.choked:
            return  # a pause, or a line on which it would only be in the way of the voices
        self._refill()
        for number in lost:
            found = self.find(number & 0xFFFF)
            if found is None:
                continue
            if self.credit < 1:
                self.peer.mux.counts["refused_nack"] += 1
                return
            packet, shift = found
            told = self.peer.departures is not None
            if told and not self.peer.line.may_repeat(self.peer.mux.now, len(packet[3]) + AROUND):
                return  # it is asked for again, when there may be room
            self.credit -= 1
            self.retransmitted += 1
            if shift is not NO_SHIFT:
                (packet,) = shifted((packet,), shift, producer.vp8)
            sequence, timestamp, marker, payload = packet
            self._send_rtx(marker, timestamp, _original(sequence) + payload, 0)

    def pad(self, packets: int) -> int:
        """Send padding as RTX (RFC 4588, RFC 3550 section 5.1); answers with the bytes it took."""
        if self.producer.codec.rtx_payload_type is None or self.target is None:
            return 0
        for _ in range(packets):
            self._send_rtx(0, 0, PADDING, 0x20)
        return packets * (len(PADDING) + AROUND)

    def _send_rtx(self, marker: int, timestamp: int, payload: bytes, padded: int) -> None:
        if self.target is None or self.producer.codec.rtx_payload_type is None:
            return
        key, destination, departures = self.target
        extension = self.peer.mux.extension
        if departures is not None:
            size = 24 + len(payload)
            number = departures.stamp(self.peer.mux.now, size)
            extension = numbered_extension(extension)[:8] + number
        head = _header(
            0x90 | padded,
            self.producer.codec.rtx_payload_type | marker,
            self.rtx_sequence,
            timestamp,
            self.producer.out_rtx_ssrc,
        )
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        self.peer.mux.outbox.send_sealed(srtp.protect, key, head + extension + payload, destination)
