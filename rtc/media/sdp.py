"""Session descriptions of browsers (RFC 8866, RFC 9429), read with suspicion.

Only what is forwarded is accepted: one video codec, Opus, NACK, RTX, PLI, FIR, REMB and
transport-wide feedback, simulcast, and a few header extensions. Nothing of theirs is repeated in
ours unless it matched a pattern here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aiortc.rtcdtlstransport import RTCDtlsFingerprint
from aiortc.sdp import MediaDescription, SessionDescription

from rtc.media.producer import Codec
from rtc.signals import Kind, Source, VideoCodec

MAX_BYTES: Final = 64_000
MAX_LINES: Final = 1200
MAX_LINE: Final = 2000
MAX_MEDIA: Final = 16
MAX_SSRC_LINES: Final = 160

MID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
TIME_URI: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
RID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_URI: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
EXTENSIONS: Final = (MID_URI, RID_URI, REPAIRED_URI, TRANSPORT_URI, LEVEL_URI)
ACCEPTED: Final = (*EXTENSIONS, TIME_URI)
MAX_RIDS: Final = 3
FEEDBACK: Final = ("nack", "nack pli", "ccm fir", "goog-remb")
WIDE: Final = "transport-cc"
KIND_OF: Final[dict[Source, Kind]] = {
    "microphone": "audio",
    "camera": "video",
    "screen": "video",
}

# 24 kbit/s are clear speech (RFC 7587 section 3.1.1); FEC mends single losses, DTX sends no silence
OPUS: Final = Codec(
    "opus", 111, None, 48000, "minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=24000"
)
FRAME_MS: Final = 40  # of sound in one packet: half the headers of the usual 20
VP8: Final = Codec("VP8", 96, 97, 90000)
H264: Final = Codec(
    "H264",
    102,
    103,
    90000,
    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
)
VIDEO: Final[dict[VideoCodec, Codec]] = {"VP8": VP8, "H264": H264}

_mid = re.compile(r"[A-Za-z0-9_-]{1,16}")
_rid = re.compile(r"[A-Za-z0-9_-]{1,16}")
_profile = re.compile(r"[0-9A-Fa-f]{6}")
_fingerprint = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){19,63}")


class BadSdp(ValueError):
    """A description that cannot be used; the text says why."""


class NoCommonCodec(BadSdp):
    """A track in codecs that this node does not forward."""


@dataclass(frozen=True)
class Encoding:
    """How one offered m-line sends a codec."""

    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    parameters: str  # as the answer repeats them


@dataclass(frozen=True)
class Section:
    """One m-line of theirs, with what matters of it."""

    kind: str
    mid: str
    sends: bool
    receives: bool
    protocol: str
    encodings: dict[str, Encoding]
    ssrc: int | None
    rtx_ssrc: int | None
    extensions: dict[str, int]
    wide: bool = False  # numbers its packets, or tells which arrived, over the whole transport
    rids: tuple[str, ...] = ()  # of simulcast layers, in the sender's order: smallest first

    def choose(self, video: VideoCodec) -> Encoding:
        """The encoding this node takes; `video` if it is there, else the other one."""
        names: Iterable[str] = ("opus",) if self.kind == "audio" else (video, *VIDEO)
        for name in names:
            if name in self.encodings:
                return self.encodings[name]
        raise NoCommonCodec(f"m-line {self.mid}: neither VP8 nor H.264 nor Opus")


@dataclass(frozen=True)
class Description:
    """Their offer or answer."""

    sections: list[Section]
    fingerprints: list[RTCDtlsFingerprint]
    ufrag: str
    passive: bool

    @property
    def sends_vp8(self) -> bool:
        """False when there is video and none of it could be VP8."""
        videos = [s for s in self.sections if s.kind == "video" and s.encodings]
        return not videos or any("VP8" in s.encodings for s in videos)


def parse(text: str) -> Description:
    """Read a description. Raises BadSdp for whatever is wrong with it."""
    lines = text.splitlines()
    if len(text) > MAX_BYTES or len(lines) > MAX_LINES or any(len(x) > MAX_LINE for x in lines):
        raise BadSdp("the description is too long")
    if sum(line.startswith("m=") for line in lines) > MAX_MEDIA:
        raise BadSdp(f"more than {MAX_MEDIA} m-lines")
    if sum(line.startswith("a=ssrc:") for line in lines) > MAX_SSRC_LINES:
        raise BadSdp("too many ssrc lines")
    text = _with_bundled(text)
    try:
        parsed = SessionDescription.parse(text)
        rids = [_rids(part) for part in re.split(r"(?m)^m=", text)[1:]]
        sections = [_section(*both) for both in zip(parsed.media, rids, strict=True)]
    except BadSdp:
        raise
    except Exception as why:  # the parser asserts, and trips over what it does not expect
        raise BadSdp(f"not a session description ({type(why).__name__})") from why
    if not sections:
        raise BadSdp("no m-line")
    if len({s.mid for s in sections}) != len(sections):
        raise BadSdp("two m-lines with one mid")
    first = next((m for m in parsed.media if m.port), parsed.media[0])
    fingerprints = first.dtls.fingerprints if first.dtls is not None else []
    strong = [f for f in fingerprints if f.algorithm.lower() in ("sha-256", "sha-384", "sha-512")]
    if not strong or not all(_fingerprint.fullmatch(f.value) for f in strong):
        raise BadSdp("no usable fingerprint")
    ufrag = (first.ice.usernameFragment or "") if first.ice is not None else ""
    passive = first.dtls is not None and first.dtls.role == "server"
    return Description(sections, strong, ufrag, passive)


def _with_bundled(text: str) -> str:
    """Port 0 with `bundle-only` is offered, not refused (RFC 8843 section 6): so Firefox offers."""
    sections = re.split(r"(?m)^(?=m=)", text)
    return "".join(
        re.sub(r"^(m=\w+) 0 ", r"\1 9 ", section)
        if re.search(r"(?m)^a=bundle-only\s*$", section)
        else section
        for section in sections
    )


def _rids(section: str) -> tuple[str, ...]:
    """RIDs of the layers that are offered (RFC 8853 section 5.1), at most `MAX_RIDS`."""
    found = re.search(r"(?m)^a=simulcast:\s*(?:recv \S+ )?send (\S+)", section)
    if found is None:
        return ()
    named = set(re.findall(r"(?m)^a=rid:(\S+) send\b", section))
    first = [part.split(",")[0].removeprefix("~") for part in found[1].split(";")]
    rids = [rid for rid in dict.fromkeys(first) if rid in named and _rid.fullmatch(rid)]
    return tuple(rids[:MAX_RIDS]) if len(rids) > 1 else ()


def _section(media: MediaDescription, rids: tuple[str, ...]) -> Section:
    mid = media.rtp.muxId
    if not isinstance(mid, str) or not _mid.fullmatch(mid):
        raise BadSdp("an m-line without a usable mid")
    if not re.fullmatch(r"[A-Z/]{3,24}", media.profile):
        raise BadSdp("a strange transport protocol")
    direction = (media.direction or "sendrecv") if media.port else "inactive"
    kind = media.kind if media.kind in ("audio", "video") else "application"
    group = next((g for g in media.ssrc_group if g.semantic == "FID"), None)
    ssrc = rtx_ssrc = None
    if group is not None and len(group.items) == 2:
        ssrc, rtx_ssrc = int(group.items[0]), int(group.items[1])
    elif media.ssrc:
        ssrc = media.ssrc[0].ssrc
    for number in (ssrc, rtx_ssrc):
        if number is not None and not 0 < number < 1 << 32:
            raise BadSdp("an SSRC out of range")
    wide = any(f.type == WIDE for codec in media.rtp.codecs for f in codec.rtcpFeedback)
    return Section(
        kind=kind,
        mid=mid,
        sends=direction in ("sendonly", "sendrecv"),
        receives=direction in ("recvonly", "sendrecv"),
        protocol=media.profile,
        encodings=_encodings(media) if kind != "application" and media.port else {},
        ssrc=ssrc if not rids else None,
        rtx_ssrc=rtx_ssrc if not rids else None,
        extensions=_extensions(media, wide),
        wide=wide and TRANSPORT_URI in _extensions(media, wide),
        rids=rids if media.kind == "video" else (),
    )


def _extensions(media: MediaDescription, wide: bool) -> dict[str, int]:
    """Ids of the header extensions that we take, by their URI."""
    left_out = {TRANSPORT_URI} if not wide else set()
    if media.kind != "audio":
        left_out.add(LEVEL_URI)
    return {
        e.uri: e.id
        for e in media.rtp.headerExtensions
        if e.uri in ACCEPTED and e.uri not in left_out and 0 < e.id < 15
    }


def _encodings(media: MediaDescription) -> dict[str, Encoding]:
    codecs = media.rtp.codecs
    rtx = {c.parameters.get("apt"): c.payloadType for c in codecs if c.name.lower() == "rtx"}
    found: dict[str, Encoding] = {}
    for theirs in codecs:
        if theirs.payloadType is None:
            continue
        for codec in (VP8, H264) if media.kind == "video" else (OPUS,):
            if theirs.name.lower() != codec.name.lower() or codec.name in found:
                continue
            if theirs.clockRate != codec.clock_rate:
                continue
            parameters = codec.parameters
            if codec is H264:
                if str(theirs.parameters.get("packetization-mode", "0")) != "1":
                    continue
                profile = str(theirs.parameters.get("profile-level-id", ""))
                if not _profile.fullmatch(profile) or not profile.lower().startswith("42"):
                    continue  # only (constrained) baseline is decoded everywhere
                parameters = parameters.replace("42e01f", profile)
            found[codec.name] = Encoding(
                codec, theirs.payloadType, rtx.get(theirs.payloadType), parameters
            )
    return found
