"""RTCP (RFC 3550, RFC 4585): who a packet concerns, and the reports the node writes itself."""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    pack_remb_fci,
    unpack_remb_fci,
)

from rtc.media.limits import HIGHEST_BITRATE

if TYPE_CHECKING:
    from rtc.media.peer import Peer
    from rtc.media.producer import Producer

LOWEST_BITRATE: Final = 100_000  # bit/s; below, video is not worth sending


def dispatch(peer: "Peer", packet: AnyRtcpPacket) -> None:
    """Hand one packet to the streams of this peer that it names; the rest means nothing."""
    if isinstance(packet, RtcpSrPacket):
        layer = peer.by_ssrc.get(packet.ssrc)
        if layer is not None:
            layer.sender_report(packet.sender_info)
    if isinstance(packet, RtcpSrPacket | RtcpRrPacket):
        for report in packet.reports:
            consumer = peer.by_out_ssrc.get(report.ssrc)
            if consumer is not None:
                consumer.fraction_lost += (report.fraction_lost / 256 - consumer.fraction_lost) / 2
    elif isinstance(packet, RtcpRtpfbPacket):
        consumer = peer.by_out_ssrc.get(packet.media_ssrc)
        if consumer is not None and packet.fmt == RTCP_RTPFB_NACK:
            consumer.retransmit(packet.lost)
    elif isinstance(packet, RtcpPsfbPacket):
        _payload_feedback(peer, packet)


def _payload_feedback(peer: "Peer", packet: RtcpPsfbPacket) -> None:
    if packet.fmt == RTCP_PSFB_APP:
        try:
            bitrate, _ = unpack_remb_fci(packet.fci)
        except (ValueError, struct.error, IndexError):
            peer.mux.counts["bad_rtcp"] += 1
            return
        if bitrate > HIGHEST_BITRATE:  # nothing goes by it (docs/adr/0010), but who lies is named
            peer.mux.counts["absurd_remb"] += 1
            peer.limits.lies += 1
    elif packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
        ssrc = packet.media_ssrc
        if packet.fmt == RTCP_PSFB_FIR and len(packet.fci) >= 4:
            (ssrc,) = struct.unpack_from("!L", packet.fci)
        consumer = peer.by_out_ssrc.get(ssrc)
        if consumer is not None:
            consumer.request_keyframe()


def allowed_bitrate(producers: Sequence["Producer"], ceiling: int) -> int:
    """What a publisher may send, in bit/s.

    Of a video in several sizes each receiver gets what it can take, so nobody limits the sender. Of
    one in a single size it is what the weakest receiver takes that is shown it at all.
    """
    total = 0
    for producer in producers:
        grants = [int(c.grant) for c in producer.consumers if c.wanted is not None and c.grant]
        total += ceiling if producer.simulcast else max(LOWEST_BITRATE, min([*grants, ceiling]))
    return total


def receiver_report(peer: "Peer", ceiling: int, now: float) -> list[AnyRtcpPacket]:
    """RR for all streams of a publisher, and REMB (draft-alvestrand-rmcat-remb) for its videos.

    Without these Chromium stays at 300 kbit/s.
    """
    producers = list(peer.by_mid.values())
    layers = [layer for producer in producers for layer in producer.layers]
    reports = [report for layer in layers if (report := layer.report(now)) is not None]
    if not reports:
        return []
    packets: list[AnyRtcpPacket] = [RtcpRrPacket(ssrc=peer.rtcp_ssrc, reports=reports[:31])]
    videos = [producer for producer in producers if producer.video]
    ssrcs = [layer.ssrc for p in videos for layer in p.layers if layer.ssrc is not None]
    if ssrcs:
        fci = pack_remb_fci(allowed_bitrate(videos, ceiling), ssrcs)
        packets.append(
            RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=peer.rtcp_ssrc, media_ssrc=0, fci=fci)
        )
    return packets
