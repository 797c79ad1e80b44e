"""Session descriptions: Chromium's are understood, everything else is refused in one way."""

import random
import re
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from rtc.media import descriptions, sdp
from rtc.media.producer import Codec

OFFER = (Path(__file__).parent / "chromium_offer.sdp").read_text()


class Local:
    ufrag = "abcd"
    password = b"0123456789abcdef01234567"
    fingerprint = ":".join(["AB"] * 32)
    rtcp_ssrc = 1


class Track:
    stream = "seat1"
    source = "camera"
    out_ssrc = 5
    out_rtx_ssrc = 6


def test_chromiums_offer_is_understood() -> None:
    offer = sdp.parse(OFFER)
    audio, video = offer.sections
    assert (audio.kind, audio.mid, audio.sends, audio.receives) == ("audio", "0", True, False)
    assert video.choose("VP8").codec is sdp.VP8
    assert video.choose("VP8").rtx_payload_type is not None
    assert video.choose("H264").codec is sdp.H264
    assert video.ssrc is not None
    assert video.rtx_ssrc is not None
    assert offer.sends_vp8
    assert not offer.passive


def test_firefoxs_bundled_lines_are_not_refused_ones() -> None:
    """Port 0 alone refuses an m-line; with `bundle-only` it offers one (RFC 8843 section 6)."""
    refused = re.sub(r"m=video \d+", "m=video 0", OFFER)
    assert [section.sends for section in sdp.parse(refused).sections] == [True, False]
    bundled = refused.replace("a=mid:1", "a=bundle-only\r\na=mid:1")
    assert bundled != refused
    audio, video = sdp.parse(bundled).sections
    assert audio.sends
    assert video.sends
    assert "VP8" in video.encodings


def test_our_answer_takes_what_was_chosen_and_no_more() -> None:
    offer = sdp.parse(OFFER)
    taken = {s.mid: s.choose("VP8") for s in offer.sections}
    text = descriptions.answer(Local(), 1, offer, taken, ["192.0.2.1", "2001:db8::1"], 40000)
    answer = SessionDescription.parse(text)
    assert [m.direction for m in answer.media] == ["recvonly", "recvonly"]
    assert [c.name for c in answer.media[1].rtp.codecs] == ["VP8", "rtx"]
    uris = {e.uri for m in answer.media for e in m.rtp.headerExtensions}
    assert uris == set(sdp.ACCEPTED)
    assert {c.ip for c in answer.media[0].ice_candidates} == {"192.0.2.1", "2001:db8::1"}
    assert "a=ice-lite" in text


def test_a_line_that_is_not_taken_is_inactive() -> None:
    offer = sdp.parse(OFFER)
    audio = offer.sections[0]
    text = descriptions.answer(Local(), 1, offer, {"0": audio.choose("VP8")}, ["192.0.2.1"], 40000)
    assert [m.direction for m in SessionDescription.parse(text).media] == ["recvonly", "inactive"]


def test_our_offer_names_each_stream_and_keeps_idle_lines() -> None:
    lines = [
        descriptions.Line("0", "video", sdp.VP8, Track()),
        descriptions.Line("1", "audio", sdp.OPUS, None),
    ]
    text = descriptions.offer(Local(), 3, lines, ["192.0.2.1"], 40000)
    offer = SessionDescription.parse(text)
    assert [m.direction for m in offer.media] == ["sendonly", "inactive"]
    assert [s.ssrc for s in offer.media[0].ssrc] == [5, 6]
    assert str(offer.media[0].ssrc_group[0]) == "FID 5 6"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        OFFER * 20,
        OFFER + "a=x\r\n" * sdp.MAX_LINES,
        OFFER + "a=" + "x" * sdp.MAX_LINE,
        OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 20,
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("a=mid:1", "a=mid:<script>"),
        OFFER.replace("a=mid:1\n", ""),
        OFFER.replace("a=fingerprint:sha-256", "a=fingerprint:md5"),
        OFFER.replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 zz"),
        OFFER.replace("a=setup:actpass", "a=setup:sideways"),
        OFFER.replace("a=rtpmap:96 VP8/90000", "a=rtpmap:x VP8/90000"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(sdp.BadSdp):
        sdp.parse(text)


def test_unknown_video_is_refused_by_name() -> None:
    offer = sdp.parse(OFFER.replace("VP8/90000", "VP7/90000").replace("H264/90000", "H261/90000"))
    with pytest.raises(sdp.NoCommonCodec):
        offer.sections[1].choose("VP8")


def test_profiles_that_not_everybody_decodes_are_left_out() -> None:
    offer = sdp.parse(OFFER.replace("profile-level-id=42", "profile-level-id=64"))
    assert "H264" not in offer.sections[1].encodings


@given(st.text(max_size=400))
def test_random_text_raises_nothing_else(text: str) -> None:
    with pytest.raises(sdp.BadSdp):
        sdp.parse(text)


@given(st.integers(0, 1 << 32))
def test_a_spoilt_offer_is_answered_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    lines = OFFER.splitlines()
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, rng.choice(lines))
            case 2:
                line = lines[at]
                cut = rng.randrange(len(line) + 1)
                lines[at] = line[:cut] + rng.choice(["", "-1", "\0", "é", " ", "99999999999"])
            case 3:
                lines[at] = "".join(rng.sample(lines[at], len(lines[at])))
            case 4:
                lines[at] = rng.choice(["a=", "m=", "a=ssrc:", "a=fmtp:96", "a=rtcp-fb:* ", "x"])
    try:
        offer = sdp.parse("\r\n".join(lines) + "\r\n")
        taken = {s.mid: s.choose("VP8") for s in offer.sections if s.encodings}
    except sdp.BadSdp:
        return
    SessionDescription.parse(descriptions.answer(Local(), 1, offer, taken, ["192.0.2.1"], 40000))


def test_payload_types_of_our_offers_never_meet() -> None:
    used: list[int] = []
    codecs: list[Codec] = [sdp.OPUS, sdp.VP8, sdp.H264]
    for codec in codecs:
        used += [codec.payload_type, codec.rtx_payload_type or 0]
    assert len({number for number in used if number}) == 5
