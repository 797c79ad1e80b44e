"""What is done once for many packets."""

import random

from aiortc.rtp import RtpPacket

from rtc.media.fanout import PADDING, even


def packet(size: int, sequence: int = 7) -> bytes:
    body = random.Random(sequence).randbytes(size)
    return RtpPacket(payload_type=96, sequence_number=sequence, ssrc=1, payload=body).serialize()


def test_padding_is_rfc_3550_section_5_1() -> None:
    """The last octet counts the padding, itself included; a reader gets the payload back."""
    for short in range(1, len(PADDING)):
        plain = [b"\x90" + packet(100 - short)[1:], b"\x90" + packet(100)[1:], packet(20)]
        padded = even(list(plain))
        assert len(padded[0]) == len(padded[1])
        assert padded[1:] == plain[1:]
        assert padded[0][0] == 0xB0  # version 2, padding, extension
        bare = b"\xa0" + padded[0][1:]  # aiortc would look for the extension
        assert RtpPacket.parse(bare).payload == RtpPacket.parse(packet(100 - short)).payload


def test_only_what_saves_a_message_is_padded() -> None:
    last_is_shorter = [packet(100), packet(100), packet(99)]
    assert even(list(last_is_shorter)) == last_is_shorter
    far_apart = [packet(100 - len(PADDING)), packet(100)]
    assert even(list(far_apart)) == far_apart
