"""Session descriptions of the node (RFC 8866, RFC 9429), written by hand."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rtc.media.mux import ABS_SEND_TIME
from rtc.media.producer import Codec
from rtc.media.sdp import (
    FEEDBACK,
    FRAME_MS,
    OPUS,
    TIME_URI,
    TRANSPORT_URI,
    WIDE,
    Description,
    Encoding,
)
from rtc.media.transport import TRANSPORT
from rtc.signals import Kind, Source


class Local(Protocol):
    """What a description of ours says about our side."""

    ufrag: str
    password: bytes
    fingerprint: str
    rtcp_ssrc: int


def candidates(addresses: Sequence[str], port: int) -> list[str]:
    """Host candidates (RFC 8839 section 5.1), the first address preferred."""
    lines = [
        f"a=candidate:{n} 1 udp {(126 << 24) | ((65535 - n) << 8) | 255} {ip} {port} typ host"
        for n, ip in enumerate(addresses, start=1)
    ]
    return [*lines, "a=end-of-candidates"]


def _session(local: Local, version: int, mids: Iterable[str]) -> list[str]:
    return [
        "v=0",
        f"o=- {local.rtcp_ssrc} {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]


def _transport(local: Local, setup: str, where: Sequence[str]) -> list[str]:
    return [
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password.decode()}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{setup}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *where,
    ]


def _media_line(kind: str, payload_types: Sequence[int], address: str, port: int) -> list[str]:
    version = ipaddress.ip_address(address).version
    formats = " ".join(map(str, payload_types))
    return [f"m={kind} {port} UDP/TLS/RTP/SAVPF {formats}", f"c=IN IP{version} {address}"]


def _codec(
    codec: Codec, payload_type: int, rtx: int | None, parameters: str, wide: bool
) -> list[str]:
    channels = "/2" if codec is OPUS else ""
    lines = [f"a=rtpmap:{payload_type} {codec.name}/{codec.clock_rate}{channels}"]
    if parameters:
        lines.append(f"a=fmtp:{payload_type} {parameters}")
    if codec is not OPUS:
        lines += [f"a=rtcp-fb:{payload_type} {what}" for what in FEEDBACK]
    if wide:
        lines.append(f"a=rtcp-fb:{payload_type} {WIDE}")
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/{codec.clock_rate}", f"a=fmtp:{rtx} apt={payload_type}"]
    return lines


def answer(
    local: Local,
    version: int,
    offer: Description,
    taken: Mapping[str, Encoding],
    addresses: Sequence[str],
    port: int,
) -> str:
    """Our answer to a publish offer; `taken` says by mid which encoding is received."""
    where = candidates(addresses, port)
    bundled = [s.mid for s in offer.sections if s.kind != "application" and s.encodings]
    lines = _session(local, version, bundled)
    for section in offer.sections:
        if section.mid not in bundled:
            refused = "m=application 0 " + section.protocol
            if section.kind != "application":
                refused = f"m={section.kind} 0 {section.protocol}"
            formats = "webrtc-datachannel" if section.kind == "application" else "0"
            lines += [f"{refused} {formats}", "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}"]
            lines.append("a=inactive")
            continue
        encoding = taken.get(section.mid) or next(iter(section.encodings.values()))
        rtx = encoding.rtx_payload_type
        types = [encoding.payload_type] + ([rtx] if rtx is not None else [])
        lines += _media_line(section.kind, types, addresses[0], port)
        lines += [f"a=mid:{section.mid}"]
        lines += ["a=recvonly" if section.mid in taken else "a=inactive"]
        lines += _transport(local, "passive", where)
        lines += [f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()]
        if encoding.codec is OPUS:
            lines.append(f"a=ptime:{FRAME_MS}")
        lines += _codec(
            encoding.codec, encoding.payload_type, rtx, encoding.parameters, section.wide
        )
        if section.rids and section.mid in taken:
            lines += [f"a=rid:{rid} recv" for rid in section.rids]
            lines.append(f"a=simulcast:recv {';'.join(section.rids)}")
    return "\r\n".join(lines) + "\r\n"


class Outgoing(Protocol):
    """What an offer says about the track on an m-line."""

    stream: str
    source: Source
    out_ssrc: int
    out_rtx_ssrc: int


@dataclass(frozen=True)
class Line:
    """One m-line of a subscribe offer; without a track it is inactive and waits to be reused."""

    mid: str
    kind: Kind
    codec: Codec
    track: Outgoing | None


def offer(
    local: Local, version: int, lines: Sequence[Line], addresses: Sequence[str], port: int
) -> str:
    """Our offer of everything that a participant shall receive."""
    where = candidates(addresses, port)
    text = _session(local, version, [line.mid for line in lines])
    for line in lines:
        codec = line.codec
        rtx = codec.rtx_payload_type
        types = [codec.payload_type] + ([rtx] if rtx is not None else [])
        text += _media_line(line.kind, types, addresses[0], port)
        text += [f"a=mid:{line.mid}", "a=sendonly" if line.track else "a=inactive"]
        text += _transport(local, "actpass", where)
        text.append(f"a=extmap:{ABS_SEND_TIME} {TIME_URI}")
        text.append(f"a=extmap:{TRANSPORT} {TRANSPORT_URI}")
        text += _codec(codec, codec.payload_type, rtx, codec.parameters, wide=True)
        if line.track is not None:
            text += _track(line.track, rtx is not None)
    return "\r\n".join(text) + "\r\n"


def _track(track: Outgoing, rtx: bool) -> list[str]:
    lines = [f"a=msid:{track.stream} {track.stream}-{track.source}"]
    ssrcs = [track.out_ssrc, track.out_rtx_ssrc] if rtx else [track.out_ssrc]
    if rtx:
        lines.append(f"a=ssrc-group:FID {track.out_ssrc} {track.out_rtx_ssrc}")
    lines += [f"a=ssrc:{ssrc} cname:{track.stream}" for ssrc in ssrcs]
    return lines
