"""Payload descriptors of VP8 (RFC 7741) and H.264 (RFC 6184), and who speaks (RFC 6464)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc.media.loudness import Loudness, speaker
from rtc.media.pictures import begins_key_frame, renumber, vp8_numbers

KEY = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01"  # frame tag with P=0, start code, 640x480
DELTA = b"\x11" + KEY[1:]


@pytest.mark.parametrize(
    ("codec", "payload", "begins"),
    [
        ("VP8", b"\x10" + KEY, True),  # no extension
        ("VP8", b"\x10" + DELTA, False),
        ("VP8", b"\x00" + KEY, False),  # not the start of a partition
        ("VP8", b"\x11" + KEY, False),  # second partition
        ("VP8", b"\x90\x80\x85\x12" + KEY, True),  # 15-bit picture id
        ("VP8", b"\x90\x80\x05" + KEY, True),  # 7-bit
        ("VP8", b"\x90\xe0\x85\x12\x07\x20" + KEY, True),  # with TL0PICIDX and TID
        ("VP8", b"\x90\xe0\x85\x12\x07\x20" + DELTA, False),
        ("VP8", b"\x90\x80\x85", False),
        ("VP8", b"", False),
        ("H264", b"\x67\x42\xe0\x1f", True),  # SPS
        ("H264", b"\x65\x88\x84\x00", True),  # IDR
        ("H264", b"\x78\x00\x10\x67\x42", True),  # STAP-A that begins with an SPS
        ("H264", b"\x7c\x85\x88\x84", True),  # FU-A, first of an IDR
        ("H264", b"\x7c\x05\x88\x84", False),  # FU-A, in the middle of it
        ("H264", b"\x41\x9a\x00\x00", False),
        ("H264", b"\x7c", False),
    ],
)
def test_where_a_key_frame_begins(codec: str, payload: bytes, begins: bool) -> None:
    assert begins_key_frame(codec, payload) is begins


def test_numbers_go_on_and_wrap() -> None:
    payload = b"\x90\xe0\xff\xff\xff\x20" + KEY
    assert vp8_numbers(payload) == (0x7FFF, 15, 0xFF)
    again = renumber(payload, 2, 3)
    assert vp8_numbers(again) == (1, 15, 2)
    assert again[5:] == payload[5:]
    assert len(again) == len(payload)
    assert vp8_numbers(renumber(b"\x90\x80\x7f" + KEY, 1, 0)) == (0, 7, -1)


@given(st.binary(max_size=40), st.integers(0, 0x7FFF), st.integers(0, 0xFF))
def test_whatever_comes_keeps_its_length(payload: bytes, picture: int, tl0: int) -> None:
    again = renumber(payload, picture, tl0)
    assert len(again) == len(payload)
    assert renumber(again, -picture, -tl0) == payload
    begins_key_frame("VP8", payload)
    begins_key_frame("H264", payload)


def test_who_speaks_stays_it_until_another_is_clearly_louder() -> None:
    assert speaker({}, "") == ""
    assert speaker({"a": 100, "b": 120}, "") == ""
    assert speaker({"a": 40, "b": 120}, "") == "a"
    assert speaker({"a": 40, "b": 37}, "a") == "a"
    assert speaker({"a": 40, "b": 30}, "a") == "b"
    assert speaker({"a": 90, "b": 100}, "a") == "a"  # a pause for breath
    assert speaker({"b": 100}, "a") == ""  # who spoke has left
    voice = Loudness()
    for _ in range(12):
        voice.hear(b"\x1e")  # -30 dBov
    assert voice.level == pytest.approx(30, abs=3)
    voice.hear(None)
    voice.hear(b"")
