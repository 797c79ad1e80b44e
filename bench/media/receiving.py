"""A subscriber: decrypts and counts what it gets, and reports on it as a browser does."""

import struct
from collections import Counter
from typing import Any

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    pack_remb_fci,
)
from pylibsrtp._binding import ffi, lib

from bench.media.drain import Drain, stamp_arrivals
from bench.media.peer import Peer

REPORT_SECONDS = 1.0
ESTIMATE_BITS_PER_SECOND = 20_000_000
_SEQUENCE = struct.Struct("!BBHLL").unpack_from
_STAMP = struct.Struct("!Q").unpack_from
_OWN_SSRC = 1


class Stream:
    """Counters of one incoming SSRC; `highest` is the extended sequence number."""

    __slots__ = ("first", "frames", "highest", "packets")

    def __init__(self, sequence: int) -> None:
        self.first = self.highest = sequence
        self.packets = self.frames = 0


class Tally:
    """What all subscribers of a process have seen."""

    def __init__(self, *, stamps: bool) -> None:
        self.drain = Drain(ffi, stamps=stamps)
        self.stamps = stamps
        self.octets = self.undecryptable = 0
        self.delays_us: Counter[int] = Counter()
        self.length = ffi.new("int *")


class Subscriber:
    """One participant's subscribe connection."""

    def __init__(self, peer: Peer, tally: Tally) -> None:
        assert peer.receiver is not None
        self.peer, self.tally = peer, tally
        self.session: Any = peer.receiver._srtp[0]
        self.streams: dict[int, Stream] = {}
        if tally.stamps:
            stamp_arrivals(peer.sock)

    def take(self, fd: int) -> None:
        """Read everything that waits on the socket."""
        tally, session, streams = self.tally, self.session, self.streams
        drain, length, unprotect = tally.drain, tally.length, lib.srtp_unprotect
        count = drain.take(fd)
        headers, slots, pointers = drain.headers, drain.slots, drain.pointers
        for i in range(count):
            slot = slots[i]
            size = headers[i].msg_len
            if not size or not 127 < slot[0] < 192:
                if size and slot[0] < 4:
                    self.peer.on_stun(bytes(slot[:size]))
                continue
            if 191 < slot[1] < 224:
                continue
            length[0] = size
            if unprotect(session, pointers[i], length) != 0:
                tally.undecryptable += 1
                continue
            _, kind, sequence, _, ssrc = _SEQUENCE(slot, 0)
            stream = streams.get(ssrc)
            if stream is None:
                stream = streams[ssrc] = Stream(sequence)
            else:
                ahead = (sequence - stream.highest) & 0xFFFF
                if ahead < 0x8000:
                    stream.highest += ahead
            stream.packets += 1
            if kind > 127:
                stream.frames += 1
            tally.octets += size
            if tally.stamps:
                sent = _STAMP(slot, length[0] - 8)[0]
                tally.delays_us[(drain.arrived_ns(i) - sent) // 1000] += 1

    def on_report(self, due: float) -> float:
        """A receiver report on all streams and the bandwidth we could take."""
        if self.streams and self.peer.sender is not None:
            reports = [
                RtcpReceiverInfo(
                    ssrc=ssrc,
                    fraction_lost=0,
                    packets_lost=0,
                    highest_sequence=stream.highest & 0xFFFFFFFF,
                    jitter=0,
                    lsr=0,
                    dlsr=0,
                )
                for ssrc, stream in list(self.streams.items())[:31]
            ]
            estimate = RtcpPsfbPacket(
                fmt=RTCP_PSFB_APP,
                ssrc=_OWN_SSRC,
                media_ssrc=0,
                fci=pack_remb_fci(ESTIMATE_BITS_PER_SECOND, list(self.streams)),
            )
            data = bytes(RtcpRrPacket(ssrc=_OWN_SSRC, reports=reports)) + bytes(estimate)
            self.peer.send(self.peer.sender.protect_rtcp(data))
        return due + REPORT_SECONDS
