"""The session descriptions of a load-generating participant, shaped like Chromium's.

Offers to publish and answers to subscribe; no transport-wide congestion control, so that no
server under test has to answer it.
"""

import re
from dataclasses import dataclass, field

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
MID_ID, ABS_SEND_TIME_ID = 4, 3
OPUS, VP8, VP8_RTX = 111, 96, 97


@dataclass(frozen=True)
class Local:
    """Our end of one peer connection."""

    address: str
    port: int
    ufrag: str
    password: str
    fingerprint: str


@dataclass
class Line:
    """One m-line of the server's offer, as far as an answer needs it."""

    kind: str
    mid: str = ""
    direction: str = "sendrecv"
    extensions: list[str] = field(default_factory=list)
    codecs: dict[str, list[int]] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)


@dataclass
class Remote:
    """The server's end of one peer connection."""

    ufrag: str = ""
    password: str = ""
    address: str = ""
    port: int = 0
    setup: str = ""
    lite: bool = False
    lines: list[Line] = field(default_factory=list)


def parse(sdp: str) -> Remote:
    """What a description says of the server's transport and lines (bundled: the first counts)."""
    remote = Remote()
    line: Line | None = None
    for text in sdp.splitlines():
        key, _, value = text.partition(":")
        if text.startswith("m="):
            line = Line(kind=text[2:].split()[0])
            remote.lines.append(line)
        elif key == "a=ice-lite":
            remote.lite = True
        elif key == "a=ice-ufrag":
            remote.ufrag = remote.ufrag or value
        elif key == "a=ice-pwd":
            remote.password = remote.password or value
        elif key == "a=setup":
            remote.setup = remote.setup or value
        elif key == "a=candidate" and not remote.address:
            parts = value.split()
            if parts[2].lower() == "udp" and ":" not in parts[4]:
                remote.address, remote.port = parts[4], int(parts[5])
        elif line is not None:
            _parse_line(line, text, key, value)
    return remote


def _parse_line(line: Line, text: str, key: str, value: str) -> None:
    if key == "a=mid":
        line.mid = value
    elif key in ("a=sendonly", "a=recvonly", "a=sendrecv", "a=inactive"):
        line.direction = key[2:]
    elif key.startswith("a=extmap") and value.split()[1] in (MID, ABS_SEND_TIME):
        line.extensions.append(text)
    elif key == "a=rtpmap":
        number, name = value.split()
        line.codecs.setdefault(name.split("/")[0].lower(), []).append(int(number))
    elif key == "a=ssrc" and (found := re.match(r"(\d+) cname", value)):
        line.ssrcs.append(int(found[1]))


def publish_offer(local: Local, seat: str, audio_ssrc: int, video_ssrc: int) -> str:
    """An offer to send one microphone (mid 0) and one camera (mid 1)."""
    extensions = [f"a=extmap:{MID_ID} {MID}", f"a=extmap:{ABS_SEND_TIME_ID} {ABS_SEND_TIME}"]
    audio = [
        f"m=audio {local.port} UDP/TLS/RTP/SAVPF {OPUS}",
        *_transport(local, "0", "actpass"),
        *extensions,
        "a=sendonly",
        f"a=msid:{seat} {seat}-audio",
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1",
        f"a=ssrc:{audio_ssrc} cname:{seat}",
    ]
    video = [
        f"m=video {local.port} UDP/TLS/RTP/SAVPF {VP8} {VP8_RTX}",
        *_transport(local, "1", "actpass"),
        *extensions,
        "a=sendonly",
        f"a=msid:{seat} {seat}-video",
        f"a=rtpmap:{VP8} VP8/90000",
        *(f"a=rtcp-fb:{VP8} {kind}" for kind in _FEEDBACK),
        f"a=rtpmap:{VP8_RTX} rtx/90000",
        f"a=fmtp:{VP8_RTX} apt={VP8}",
        f"a=ssrc-group:FID {video_ssrc} {video_ssrc + 1}",
        f"a=ssrc:{video_ssrc} cname:{seat}",
        f"a=ssrc:{video_ssrc + 1} cname:{seat}",
    ]
    return _join([*_session(["0", "1"]), *audio, *video])


def subscribe_answer(local: Local, offer: Remote) -> str:
    """Accept every offered VP8 and Opus line."""
    lines: list[str] = []
    for line in offer.lines:
        codec = "opus" if line.kind == "audio" else "vp8"
        numbers = [line.codecs[codec][0], *line.codecs.get("rtx", [])[:1]]
        direction = "recvonly" if line.direction in ("sendonly", "sendrecv") else "inactive"
        lines += [
            f"m={line.kind} {local.port} UDP/TLS/RTP/SAVPF {' '.join(map(str, numbers))}",
            *_transport(local, line.mid, "active"),
            *line.extensions,
            f"a={direction}",
        ]
        if codec == "opus":
            lines += [f"a=rtpmap:{numbers[0]} opus/48000/2", f"a=fmtp:{numbers[0]} minptime=10"]
            continue
        lines.append(f"a=rtpmap:{numbers[0]} VP8/90000")
        lines += [f"a=rtcp-fb:{numbers[0]} {kind}" for kind in _FEEDBACK]
        lines += [
            text
            for rtx in numbers[1:]
            for text in (f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={numbers[0]}")
        ]
    return _join([*_session([line.mid for line in offer.lines]), *lines])


_FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")


def _session(mids: list[str]) -> list[str]:
    return [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=msid-semantic: WMS *",
    ]


def _transport(local: Local, mid: str, setup: str) -> list[str]:
    return [
        f"c=IN IP4 {local.address}",
        f"a=rtcp:{local.port} IN IP4 {local.address}",
        f"a=candidate:1 1 udp 2130706431 {local.address} {local.port} typ host generation 0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{setup}",
        f"a=mid:{mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]


def _join(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
