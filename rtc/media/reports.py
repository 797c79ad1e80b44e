"""RTCP reports (RFC 3550 section 6.4): a sender's passed on, and ours to the sender."""

import struct
from typing import Final, NamedTuple

from aiortc.rtp import (
    RTCP_SR,
    RtcpReceiverInfo,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
)

_sender_report = struct.Struct("!BBHLQLLL").pack
FEC_FOR: Final = 0.25  # share of loss for which a voice is asked to be protected, at most


class ClockPair(NamedTuple):
    """From a sender report: the sender's wall clock (NTP, 32.32) and the RTP time that it was."""

    ntp: int
    rtp: int


def describe(ssrc: int, stream: str) -> bytes:
    """SDES with the CNAME that ties a sender's tracks together (RFC 3550 section 6.5)."""
    return bytes(RtcpSdesPacket(chunks=[RtcpSourceInfo(ssrc=ssrc, items=[(1, stream.encode())])]))


def sender_report(
    ssrc: int, sender: RtcpSenderInfo, ahead: int, packets: int, octets: int
) -> bytes:
    """A sender's report in the SSRC, the times and the counts of those who receive it from us."""
    return _sender_report(
        0x80,
        RTCP_SR,
        6,  # length in 32-bit words, less one
        ssrc,
        sender.ntp_timestamp,
        (sender.rtp_timestamp + ahead) & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


class Reception:
    """What is told to a sender about one of its streams."""

    def __init__(self) -> None:
        self.clock: ClockPair | None = None
        self._clock_at = 0.0
        self._expected = self._received = 0

    def told(self, sender: RtcpSenderInfo, now: float) -> None:
        """Remember the sender's clock."""
        self.clock = ClockPair(sender.ntp_timestamp, sender.rtp_timestamp)
        self._clock_at = now

    def report(
        self, now: float, ssrc: int, highest: int, expected: int, received: int, listener: float
    ) -> RtcpReceiverInfo:
        """Loss since the last report and in total.

        A browser protects its voice (FEC) by the share that is told here. So it is the share that
        the worst `listener` loses, when that is more; the total stays that of the sender's line.
        """
        interval = expected - self._expected
        lost = interval - (received - self._received)
        self._expected, self._received = expected, received
        last = 0 if self.clock is None else (self.clock.ntp >> 16) & 0xFFFFFFFF
        delay = int((now - self._clock_at) * 65536) if last else 0
        fraction = max(0, min(255, (lost << 8) // interval)) if interval > 0 else 0
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=max(fraction, int(min(listener, FEC_FOR) * 256)),
            packets_lost=max(0, min(expected - received, 0x7FFFFF)),
            highest_sequence=highest & 0xFFFFFFFF,
            jitter=0,
            lsr=last,
            dlsr=delay & 0xFFFFFFFF,
        )
