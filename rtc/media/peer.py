"""One peer connection: its ICE path, its keys, and the streams that run over it."""

import logging
import secrets
import time
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Final, Literal

from aiortc.rtcdtlstransport import RTCDtlsFingerprint
from aiortc.rtp import AnyRtcpPacket, RtcpPacket

from rtc.media import rtcp
from rtc.media.background import in_background
from rtc.media.bandwidth import Line
from rtc.media.datagrams import DATAGRAM, SLOT, W_LEN, WORDS
from rtc.media.dtls_srtp import DtlsSrtp, srtp
from rtc.media.extensions import Extensions, elements, find
from rtc.media.identity import Identity
from rtc.media.limits import Limits
from rtc.media.mux import Path, UdpMux
from rtc.media.transport import Arrivals, Departures
from rtc.signals import Side

if TYPE_CHECKING:
    from rtc.media.consumer import Consumer
    from rtc.media.layer import Layer
    from rtc.media.producer import Producer

log = logging.getLogger(__name__)
_unprotect = srtp.unprotect
_header = Struct("!BBHLL").unpack_from

LEARNED: Final = 64  # SSRCs that one connection may announce by header extensions

PeerState = Literal["new", "connected", "interrupted", "closed"]


class Peer:
    """Either a participant's publish connection or its subscribe connection.

    `on_state` hears every change of `state`; `closed` is final.
    """

    def __init__(
        self,
        mux: UdpMux,
        identity: Identity,
        side: Side,
        on_state: Callable[["Peer", PeerState], None],
    ) -> None:
        self.mux = mux
        self.side = side
        self.state: PeerState = "new"
        self.born = time.monotonic()
        self.password = secrets.token_hex(12).encode()
        self.paths: dict[bytes, Path] = {}
        self.path: Path | None = None
        self.transactions: dict[bytes, bytes] = {}
        self.ufrag = mux.new_ufrag(self)
        self.fingerprints: list[RTCDtlsFingerprint] = []
        self.remote_ufrag = ""
        self.rtcp_ssrc = mux.new_ssrc()
        self.limits = Limits()
        self._media = self.limits.media
        self.by_ssrc: dict[int, Layer] = {}
        self.by_rtx_ssrc: dict[int, Layer] = {}
        self.by_mid: dict[str, Producer] = {}
        self.extensions = Extensions()
        self._learned = 0
        self.arrivals: Arrivals | None = None  # a publisher's packets, when it numbers them
        self._number_at, self._number_head = 4, 0
        self.departures: Departures | None = None  # ours to a receiver that tells what arrived
        self.line = Line()
        self.by_out_ssrc: dict[int, Consumer] = {}
        inbox = mux.inbox  # its memory never moves
        self._memory, self._buffer, self._headers = inbox.memory, inbox.buffer, inbox.headers
        self._pointers, self._length_pointers = inbox.pointers, inbox.length_pointers
        self._on_state = on_state
        self._role: Literal["server", "client"] = "server"
        certificate = identity.certificate()
        self.fingerprint = next(
            f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256"
        )
        self.dtls = DtlsSrtp(certificate, self._send_dtls, self._dtls_changed)

    @property
    def connecting(self) -> bool:
        """Whether there are no keys yet."""
        return self.state == "new"

    @property
    def active(self) -> bool:
        """Whether media flows or may flow again."""
        return self.state in ("connected", "interrupted")

    def expect(
        self,
        fingerprints: list[RTCDtlsFingerprint],
        ufrag: str,
        role: Literal["server", "client"],
    ) -> None:
        """Who the other side is, by its description."""
        self.fingerprints = fingerprints
        self.remote_ufrag = ufrag
        self.born = time.monotonic()
        self._role = role
        self._start()

    def restart_ice(self) -> None:
        """New credentials (RFC 8445 section 9); the old ones stay good for checks under way."""
        self.ufrag = self.mux.new_ufrag(self)

    def moved(self) -> None:
        """A check came in; the path may be a new one."""
        self._start()
        path = self.path
        if path is not None:
            for consumer in self.by_out_ssrc.values():
                consumer.redirect(path.pointer)

    def _start(self) -> None:
        if self.path is not None and self.fingerprints and not self.dtls.started:
            self.dtls.start(self._role, self.fingerprints)

    # -- DTLS

    def receive_dtls(self, data: bytes) -> None:
        """A DTLS datagram from one of the peer's paths."""
        if self.limits.dtls.take():
            self.dtls.feed(data)
        else:
            self.mux.counts["refused_dtls"] += 1

    def _send_dtls(self, data: bytes) -> None:
        if self.path is not None:
            self.mux.outbox.send(data, self.path)
            self.mux.outbox.flush()

    def _dtls_changed(self, state: str) -> None:
        if self.state == "closed":
            return
        if state == "connected":
            self._change("connected")
        else:
            self.close()

    # -- life

    def watch(self, now: float, interrupted_after: float, timeout: float, connect: float) -> None:
        """Look after the connection, some times a second (RFC 7675: no consent, no media)."""
        if self.state == "new":
            if now - self.born > connect:
                self.close()
            return
        heard = max((path.heard for path in self.paths.values()), default=self.born)
        if now - heard > timeout:
            self.close()
        elif now - heard > interrupted_after:
            self._change("interrupted")
        else:
            self._change("connected")

    def _change(self, state: PeerState) -> None:
        if state != self.state and self.state != "closed":
            self.state = state
            self._on_state(self, state)

    def close(self) -> None:
        """End the connection at once; the other side is told in the background."""
        if self.state == "closed":
            return
        self._change("closed")
        self.mux.forget(self)
        self.mux.free_ssrc(self.rtcp_ssrc)
        in_background(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        await self.dtls.close()
        self.mux.outbox.flush()  # it may name our paths
        self.paths.clear()
        self.path = None

    # -- SRTP in

    def receive_srtp(self, path: Path, slot: int) -> None:
        """An SRTP or SRTCP datagram in the inbox; what cannot be opened is counted and dropped."""
        key = self.dtls.rx_key
        if key is None:
            self.mux.counts["early_srtp"] += 1
            return
        memory = self._memory
        start = slot * SLOT
        flags, kind, sequence, timestamp, ssrc = _header(memory, start)  # plain even when sealed
        if 191 < kind < 224:  # RFC 5761 section 4
            self._receive_srtcp(path, slot)
            return
        if _unprotect(key, self._pointers[slot], self._length_pointers[slot]):
            self.mux.counts["bad_srtp"] += 1
            return
        path.heard = self.mux.now
        media = self._media
        media.left -= 1  # `take`, without a call for every packet
        if media.left < 0:
            media.left = 0
            media.refused += 1
            self.mux.counts["refused_media"] += 1
            return
        end = start + self._headers[WORDS * slot + W_LEN]
        body = start + 12 + 4 * (flags & 15)
        if flags & 16 and body + 4 <= end:
            at = body + self._number_at
            body += 4 + 4 * (memory[body + 2] << 8 | memory[body + 3])
            if self.arrivals is not None and body <= end:
                if at >= body or memory[at] != self._number_head:
                    at = find(memory, start, body, self._number_head)
                    self._number_at = at - start - 12 - 4 * (flags & 15) if at else 4
                if at:
                    self.arrivals.fresh.append((memory[at + 1] << 8 | memory[at + 2], path.heard))
        if flags & 32 and end > body:
            end -= memory[end - 1]
        if body > end or end - body > DATAGRAM:
            self.mux.counts["bad_rtp"] += 1
            return
        layer = self.by_ssrc.get(ssrc)
        if layer is None or kind & 127 != layer.payload_type:
            self._receive_other(start, body, end, kind, timestamp, sequence, ssrc)
        else:
            layer.receive(sequence, timestamp, kind & 128, self._buffer[body:end])
            if not sequence & 7 and not layer.track.video:
                layer.loudness.hear(
                    elements(memory, self._buffer, start, body).get(self.extensions.level)
                )

    def _receive_other(
        self,
        start: int,
        body: int,
        end: int,
        kind: int,
        timestamp: int,
        sequence: int,
        ssrc: int,
    ) -> None:
        """A packet of no known stream: sent again, or the first of an undeclared stream."""
        if ssrc in self.by_ssrc:
            self.mux.counts["unknown_payload_type"] += 1
            return
        if ssrc not in self.by_rtx_ssrc and not self._latch(start, body, kind & 127, ssrc):
            self.mux.counts["unknown_ssrc"] += 1
            return
        payload: bytes = self._buffer[body:end]
        layer = self.by_ssrc.get(ssrc)
        if layer is not None:
            layer.receive(sequence, timestamp, kind & 128, payload)
        else:
            self._receive_rtx(self.by_rtx_ssrc[ssrc], timestamp, kind, payload)

    def _receive_rtx(self, layer: "Layer", timestamp: int, kind: int, payload: bytes) -> None:
        """RFC 4588 section 4: the first two bytes are the lost packet's sequence number."""
        if not payload:
            return  # padding, by which the sender finds out what its line carries
        if kind & 127 != layer.rtx_payload_type or len(payload) < 3:
            self.mux.counts["bad_rtx"] += 1
            return
        layer.receive(payload[0] << 8 | payload[1], timestamp, kind & 128, payload[2:])

    def agree(self, ids: Extensions) -> None:
        """The header extensions that a publisher was answered."""
        self.extensions = ids
        self._number_head = ids.transport << 4 | 1
        if ids.transport and self.arrivals is None:
            self.arrivals = Arrivals()

    def _latch(self, start: int, body: int, payload_type: int, ssrc: int) -> bool:
        """Learn an undeclared SSRC by its MID (RFC 8843 section 9.2) and its RID (RFC 8852)."""
        ids = self.extensions
        if not ids.mid or self._learned >= LEARNED:
            return False
        values = elements(self._memory, self._buffer, start, body)
        producer = self.by_mid.get(values.get(ids.mid, b"").decode("latin-1"))
        if producer is None:
            return False
        again = payload_type == producer.rtx_payload_type
        rid = values.get(ids.repaired_rid if again else ids.rid, b"").decode("latin-1")
        layer = producer.layer(rid)
        if layer is None or not (again or payload_type == producer.payload_type):
            return False
        return self._learn(layer, ssrc, again)

    def _learn(self, layer: "Layer", ssrc: int, again: bool) -> bool:
        """A stream with a RID may begin anew under another SSRC; others may not."""
        table = self.by_rtx_ssrc if again else self.by_ssrc
        old = layer.rtx_ssrc if again else layer.ssrc
        if old is not None:
            if not layer.rid:
                return False
            table.pop(old, None)
        if again:
            layer.rtx_ssrc = ssrc
        else:
            layer.ssrc = ssrc
        table[ssrc] = layer
        self._learned += 1
        return True

    # -- RTCP

    def _receive_srtcp(self, path: Path, slot: int) -> None:
        counts = self.mux.counts
        key, start = self.dtls.rx_key, slot * SLOT
        if srtp.unprotect_rtcp(key, self._pointers[slot], self._length_pointers[slot]):
            counts["bad_srtcp"] += 1
            return
        path.heard = self.mux.now
        if not self.limits.rtcp.take():
            counts["refused_rtcp"] += 1
            return
        data = self._buffer[start : start + self.mux.inbox.length(slot)]
        if self.departures is not None and data[0] & 31 == 15 and data[1] == 205:
            data = self._take_feedback(data)
            if not data:
                return
        try:
            packets = RtcpPacket.parse(data)
        except Exception:
            counts["bad_rtcp"] += 1
            return
        for packet in packets:
            rtcp.dispatch(self, packet)

    def _take_feedback(self, data: bytes) -> bytes:
        """Transport-wide feedback comes alone, or first in a compound; answers with the rest."""
        end = 4 + 4 * (data[2] << 8 | data[3])
        try:
            if self.departures is not None and end <= len(data):
                told = self.departures.settle(data[:end])
                self.line.feedback(self.mux.now, told)
        except ValueError:
            self.mux.counts["bad_feedback"] += 1
        return data[end:]

    def send_feedback(self) -> None:
        """Tell a publisher what has arrived, some times a second."""
        arrivals = self.arrivals
        if arrivals is not None and arrivals.fresh:
            media = next(iter(self.by_ssrc), 0)
            self.send_rtcp_bytes(arrivals.feedback(self.rtcp_ssrc, media))

    def send_rtcp(self, *packets: AnyRtcpPacket) -> None:
        """Queue a compound packet; it leaves with the next flush."""
        self.send_rtcp_bytes(b"".join(bytes(packet) for packet in packets))

    def send_rtcp_bytes(self, data: bytes) -> None:
        """Queue a finished compound packet."""
        key, path = self.dtls.tx_key, self.path
        if key is not None and path is not None and len(data) < DATAGRAM:
            self.mux.outbox.send_sealed(srtp.protect_rtcp, key, data, path.pointer)
