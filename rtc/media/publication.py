"""What one participant sends: a peer connection that the browser offers, and its tracks."""

from collections.abc import Callable, Mapping, Sequence

from rtc.media import descriptions, sdp
from rtc.media.extensions import Extensions
from rtc.media.identity import Identity
from rtc.media.mux import UdpMux
from rtc.media.peer import Peer, PeerState
from rtc.media.producer import Producer, Streams
from rtc.signals import Source, VideoCodec


class Publication:
    """One publish connection from its first offer to its end."""

    def __init__(
        self,
        mux: UdpMux,
        identity: Identity,
        seat: str,
        stream: str,
        on_state: Callable[[Peer, PeerState], None],
    ) -> None:
        self.peer = Peer(mux, identity, "publish", on_state)
        self.seat = seat
        self.stream = stream
        self._version = 0
        self._credentials = ""

    @property
    def producers(self) -> list[Producer]:
        """Tracks that are being sent."""
        return list(self.peer.by_mid.values())

    def continues(self, offer: sdp.Description) -> bool:
        """Whether the offer renegotiates this connection (same certificate) or begins another."""
        known = {f.value.upper() for f in self.peer.fingerprints}
        return self.peer.state != "closed" and known == {
            f.value.upper() for f in offer.fingerprints
        }

    def negotiate(
        self,
        offer: sdp.Description,
        sources: Mapping[str, Source],
        video: VideoCodec,
        addresses: Sequence[str],
    ) -> str:
        """Open and close tracks as offered and answer. Raises BadSdp and leaves all as it was."""
        taken: dict[str, sdp.Encoding] = {}
        for section in offer.sections:
            source = sources.get(section.mid)
            if source is None or not section.sends or not section.encodings:
                continue
            if sdp.KIND_OF[source] != section.kind:
                raise sdp.BadSdp(f"m-line {section.mid} cannot be a {source}")
            taken[section.mid] = section.choose(video)
        if len({sources[mid] for mid in taken}) != len(taken):
            raise sdp.BadSdp("one source on two m-lines")
        if not any(s.encodings for s in offer.sections):
            raise sdp.NoCommonCodec("no m-line that this node can receive")
        self._apply(offer, sources, taken)
        self._version += 1
        text = descriptions.answer(
            self.peer, self._version, offer, taken, addresses, self.peer.mux.port
        )
        if not self._credentials:
            self.peer.expect(offer.fingerprints, offer.ufrag, "server")
        self._credentials = offer.ufrag
        return text

    def _apply(
        self,
        offer: sdp.Description,
        sources: Mapping[str, Source],
        taken: Mapping[str, sdp.Encoding],
    ) -> None:
        peer = self.peer
        if self._credentials and self._credentials != offer.ufrag:
            peer.restart_ice()
        sections = {section.mid: section for section in offer.sections}
        known: dict[str, list[Streams]] = {}
        for mid, producer in list(peer.by_mid.items()):
            encoding = taken.get(mid)
            if encoding is None or not _same(producer, encoding, sections[mid], sources[mid]):
                known[mid] = [Streams(x.rid, x.ssrc, x.rtx_ssrc) for x in producer.layers]
                self._end(producer)
        for mid, encoding in taken.items():
            self._learn(sections[mid].extensions)
            if mid not in peer.by_mid:
                self._begin(sections[mid], encoding, sources[mid], known.get(mid, ()))

    def _learn(self, offered: Mapping[str, int]) -> None:
        """The ids are the same on all bundled m-lines (RFC 8285 section 6)."""
        old = self.peer.extensions
        ids = (offered.get(uri, given) for uri, given in zip(sdp.EXTENSIONS, old, strict=True))
        self.peer.agree(Extensions(*ids))

    def _begin(
        self,
        section: sdp.Section,
        encoding: sdp.Encoding,
        source: Source,
        known: Sequence[Streams],
    ) -> None:
        """Open a track. Who has told the SSRCs of its layers once does not repeat them."""
        stream = self.stream if source != "screen" else f"{self.stream}-screen"
        repairs = encoding.rtx_payload_type is not None
        streams = [Streams("", section.ssrc, section.rtx_ssrc if repairs else None)]
        if section.rids:
            told = {layer.rid: layer for layer in known}
            streams = [told.get(rid, Streams(rid, None, None)) for rid in section.rids]
        producer = Producer(
            self.peer,
            self.seat,
            stream,
            source,
            section.mid,
            encoding.codec,
            encoding.payload_type,
            encoding.rtx_payload_type,
            streams,
        )
        self.peer.by_mid[section.mid] = producer
        for layer in producer.layers:
            if layer.ssrc is not None:
                self.peer.by_ssrc[layer.ssrc] = layer
            if layer.rtx_ssrc is not None:
                self.peer.by_rtx_ssrc[layer.rtx_ssrc] = layer

    def _end(self, producer: Producer) -> None:
        producer.close()
        peer = self.peer
        del peer.by_mid[producer.mid]
        for table in (peer.by_ssrc, peer.by_rtx_ssrc):
            for ssrc in [s for s, layer in table.items() if layer.track is producer]:
                del table[ssrc]

    def close(self) -> None:
        """End the connection and all its tracks."""
        for producer in self.producers:
            self._end(producer)
        self.peer.close()


def _same(producer: Producer, encoding: sdp.Encoding, section: sdp.Section, source: Source) -> bool:
    rids = [layer.rid for layer in producer.layers]
    return (
        producer.codec is encoding.codec
        and producer.payload_type == encoding.payload_type
        and producer.source == source
        and rids == list(section.rids or ("",))
        and (section.rids != () or section.ssrc in (None, producer.layers[0].ssrc))
    )
