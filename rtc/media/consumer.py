"""One outgoing track: a producer as one receiver hears or sees it."""

import struct
from typing import TYPE_CHECKING, Any, Final

from rtc.media.dtls_srtp import srtp
from rtc.media.producer import HISTORY, Producer

if TYPE_CHECKING:
    from rtc.media.peer import Peer

CREDIT: Final = 300  # retransmissions a receiver may ask for at once
CREDIT_PER_TICK: Final = 60  # and that come back every 100 ms
_header = struct.Struct("!BBHLLH").pack


class Consumer:
    """A producer on one m-line of a subscribe connection.

    `key` and `destination` are what the fan-out needs: the receiver's SRTP key and its address.
    """

    __slots__ = (
        "active",
        "credit",
        "destination",
        "fraction_lost",
        "key",
        "negotiated",
        "peer",
        "producer",
        "remb",
        "retransmitted",
        "rtx_sequence",
        "weight",
    )

    def __init__(self, peer: "Peer", producer: Producer) -> None:
        self.peer = peer
        self.producer = producer
        self.key: Any = None
        self.destination = 0
        self.active = False
        self.negotiated = False
        self.weight = 2 if producer.source == "screen" else 1
        self.remb: int | None = None
        self.fraction_lost = 0.0
        self.retransmitted = 0
        self.rtx_sequence = 0
        self.credit = CREDIT
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
        self.key, self.destination = peer.dtls.tx_key, peer.path.pointer
        self.active = True
        producer.serve((*producer.sinks, self))
        producer.request_keyframe()

    def deactivate(self) -> None:
        """Stop forwarding, for now."""
        self.active = False
        self.producer.serve(tuple(s for s in self.producer.sinks if s is not self))

    def redirect(self, destination: int) -> None:
        """The receiver has another address."""
        if destination != self.destination:
            self.destination = destination
            self.producer.serve(self.producer.sinks)

    def close(self) -> None:
        """Stop for good."""
        self.deactivate()
        for ssrc in (self.producer.out_ssrc, self.producer.out_rtx_ssrc):
            if self.peer.by_out_ssrc.get(ssrc) is self:
                del self.peer.by_out_ssrc[ssrc]

    def retransmit(self, lost: list[int]) -> None:
        """Send packets again as RTX (RFC 4588), as far as history and credit reach."""
        producer, outbox = self.producer, self.peer.mux.outbox
        payload_type = producer.codec.rtx_payload_type
        if not self.active or payload_type is None:
            return
        for number in lost:
            sequence = number & 0xFFFF
            known = producer.history[sequence % HISTORY]
            if known is None or known[0] != sequence:
                continue
            if self.credit <= 0:
                return
            self.credit -= 1
            self.retransmitted += 1
            _, timestamp, marker, payload = known
            packet = payload_type | marker
            data = (
                _header(0x80, packet, self.rtx_sequence, timestamp, producer.out_rtx_ssrc, sequence)
                + payload
            )
            self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
            outbox.send_sealed(srtp.protect, self.key, data, self.destination)
