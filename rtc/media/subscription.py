"""What one participant receives: a peer connection that the node offers, m-lines reused."""

from collections.abc import Callable, Sequence

from rtc.media import descriptions, sdp
from rtc.media.adaptation import Adaptation
from rtc.media.consumer import Consumer
from rtc.media.identity import Identity
from rtc.media.mux import UdpMux
from rtc.media.peer import Peer, PeerState
from rtc.media.producer import Codec, Producer
from rtc.media.transport import TRANSPORT, Departures
from rtc.signals import Kind, Track


class MediaLine:
    """An m-line that stays for the connection's life; its track comes and goes."""

    def __init__(self, mid: str, kind: Kind, codec: Codec) -> None:
        self.mid = mid
        self.kind: Kind = kind
        self.codec = codec
        self.consumer: Consumer | None = None


class Subscription:
    """One subscribe connection.

    At most one offer is outstanding; what changes meanwhile goes into the next one.
    """

    def __init__(
        self,
        mux: UdpMux,
        identity: Identity,
        connection: int,
        revision: int,
        on_state: Callable[[Peer, PeerState], None],
    ) -> None:
        self.peer = Peer(mux, identity, "subscribe", on_state)
        self.connection = connection
        self.revision = revision
        self.adaptation = Adaptation(self.peer)
        self.outstanding = ""  # the offer that waits for its answer
        self._lines: list[MediaLine] = []

    @property
    def alive(self) -> bool:
        """Whether the connection can still be used."""
        return self.peer.state != "closed"

    def offer(self, wanted: Sequence[Producer], addresses: Sequence[str]) -> bool:
        """Make an offer if the wanted tracks are not those on the lines. False: nothing to say."""
        if self.outstanding or not self.alive or not self._arrange(wanted):
            return False
        self.revision += 1
        lines = [
            descriptions.Line(
                line.mid,
                line.kind,
                line.codec,
                line.consumer.producer if line.consumer is not None else None,
            )
            for line in self._lines
        ]
        self.outstanding = descriptions.offer(
            self.peer, self.revision, lines, addresses, self.peer.mux.port
        )
        return True

    def _arrange(self, wanted: Sequence[Producer]) -> bool:
        changed = False
        have: set[Producer] = set()
        for line in self._lines:
            if line.consumer is None:
                continue
            if line.consumer.producer in wanted:
                have.add(line.consumer.producer)
            else:
                line.consumer.close()
                line.consumer = None
                changed = True
        for producer in wanted:
            if producer not in have:
                self._place(producer)
                changed = True
        return changed

    def _place(self, producer: Producer) -> None:
        line = next(
            (x for x in self._lines if x.consumer is None and x.kind == producer.kind), None
        )
        if line is None:
            line = MediaLine(str(len(self._lines)), producer.kind, producer.codec)
            self._lines.append(line)
        line.codec = producer.codec
        line.consumer = Consumer(self.peer, producer)

    def answer(self, text: str) -> bool:
        """Take the answer to the outstanding offer. Raises BadSdp and keeps the offer.

        False when the receiver refused a VP8 track.
        """
        description = sdp.parse(text)
        sections = {section.mid: section for section in description.sections}
        if not self.peer.fingerprints:
            self.peer.expect(
                description.fingerprints,
                description.ufrag,
                "client" if description.passive else "server",
            )
        self.outstanding = ""
        wide = any(
            s.wide and s.extensions[sdp.TRANSPORT_URI] == TRANSPORT for s in sections.values()
        )
        if wide and self.peer.departures is None:
            self.peer.departures = Departures()
        decodes = True
        for line in self._lines:
            consumer, section = line.consumer, sections.get(line.mid)
            if consumer is None:
                continue
            fits = section is not None and line.codec.name in section.encodings
            if section is not None and section.receives and fits:
                consumer.negotiated = True
                consumer.activate()
            else:
                consumer.negotiated = False
                consumer.deactivate()
                decodes = decodes and (fits or line.codec is not sdp.VP8)
        return decodes

    def connected(self) -> None:
        """Keys are there: begin to forward."""
        for line in self._lines:
            if line.consumer is not None:
                line.consumer.activate()

    @property
    def consumers(self) -> list[Consumer]:
        """Tracks on the lines."""
        return [line.consumer for line in self._lines if line.consumer is not None]

    @property
    def tracks(self) -> list[Track]:
        """Whose track is on which line."""
        return [
            Track(
                mid=line.mid,
                seat=line.consumer.producer.seat,
                source=line.consumer.producer.source,
                kind=line.kind,
            )
            for line in self._lines
            if line.consumer is not None
        ]

    def close(self) -> None:
        """End the connection and all its tracks."""
        self.outstanding = ""
        for line in self._lines:
            if line.consumer is not None:
                line.consumer.close()
                line.consumer = None
        self.peer.close()
